"""Teach the describing network what grades look like, before refinement is trained on its descriptions:

    python -m lutnet.training.describer --photos photos/train --luts luts --output runs/describer --minutes 60

It starts as a copy of the shipped diagnosis network, which knows detunes, and is trained as a whole, with
the refinement network on top: every step grades fresh crops. ``match_train --describer`` goes on from it.
"""

from __future__ import annotations

import argparse
import logging
import time
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from lutnet import weights
from lutnet.refinement.network import MatchNetwork
from lutnet.training.grade_batch import DETUNE, GradeBatch, draw_grades
from lutnet.training.grades import is_for_testing, random_amounts, read_luts
from lutnet.training.looks import look_pool
from lutnet.training.match_data import COLOURS, KINDS, PairBatch, graded_crops
from lutnet.training.match_train import POOL, match_loss, new_network, started
from lutnet.training.pairs import stored
from lutnet.training.photos import PhotoSet, load_photos, split_by_source
from lutnet.training.precision import quick_look
from lutnet.training.sampling import draw_wear, wear_out

GRADES = 40
FRAMES = 2
"""Graded frames per grade; pairs are given the first, the second or both."""

SOURCES = 32
PAIRS_PER_GRADE = 8
WORN = 0.15
CHECK_EVERY = 200

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DescriberSettings:
    """minutes: of training. rate: of the new parts; the describer's own parameters learn at ``trunk_rate``."""

    photos: Path
    luts: Path
    output: Path
    start: Path | None = None
    minutes: float = 60.0
    rate: float = 1.5e-3
    trunk_rate: float = 6e-4
    seed: int = 1


@dataclass(frozen=True, eq=False, slots=True)
class PictureBatch:
    """Pictures of one step: ``graded [GRADES * FRAMES, 3, S, S]``, ``sources [SOURCES, 3, S, S]``.

    pairs: ``[K]`` each: which grade, which source; present ``[K, FRAMES]``; shown and truth ``[K, P, 3]``.
    """

    graded: Tensor
    sources: Tensor
    grade: Tensor
    source: Tensor
    present: Tensor
    shown: Tensor
    truth: Tensor


def train_describer(settings: DescriberSettings) -> Path:
    """Train and write ``describer.safetensors``, a whole refinement network; returns its path."""
    draw = torch.Generator().manual_seed(settings.seed)
    torch.manual_seed(settings.seed)
    kept, held_out = split_by_source(load_photos(settings.photos), 0.08, settings.seed)
    luts = [lut for lut in read_luts(settings.luts) if not is_for_testing(lut[0])]
    pool = look_pool(luts, POOL, draw)
    network = new_network() if settings.start is None else started(settings.start)
    network.describer.requires_grad_(True)
    check = torch.Generator().manual_seed(0)
    validation = [draw_pictures(held_out, pool, network, check, worn=0.0) for _ in range(6)]
    if settings.start is None:
        _normalise(network, validation[0])
    path = settings.output / "describer.safetensors"
    best = float("inf")
    for step, averaged in _optimise(network, kept, pool, settings, draw):
        reached = _check(averaged, validation)
        log.info("step %d DE %.3f of %.3f, worse %.3f", step, *reached)
        if reached[0] < best:
            best = reached[0]
            weights.save_network(path, averaged.state_dict(), {"match": averaged.config.as_json()})
    return path


def draw_pictures(
    photos: PhotoSet, pool: Tensor, network: MatchNetwork, draw: torch.Generator, worn: float = WORN
) -> PictureBatch:
    """Draw one step's pictures and pairs; a reference never shows its shot's own photograph."""
    size = network.config.describer.grid
    shown_photos = torch.randint(len(photos), (GRADES * FRAMES + SOURCES,), generator=draw)
    grades = draw_grades(GRADES, KINDS, pool, draw)
    of_frame = torch.arange(GRADES).repeat_interleave(FRAMES)
    graded, _ = graded_crops(
        photos, shown_photos[: len(of_frame)].tolist(), grades.select(of_frame), size, draw
    )
    faults = _faults(SOURCES, pool, draw)
    sources, colours = graded_crops(photos, shown_photos[len(of_frame) :].tolist(), faults, size, draw)
    grade = torch.arange(GRADES).repeat_interleave(PAIRS_PER_GRADE)
    source = torch.randint(SOURCES, (len(grade),), generator=draw)
    present = _present(len(grade), draw)
    own = (
        shown_photos[: len(of_frame)].view(GRADES, FRAMES)[grade]
        == shown_photos[len(of_frame) + source][:, None]
    )
    usable = ~(own & (present > 0)).any(1)
    grade, source, present = grade[usable], source[usable], present[usable]
    judged = torch.randperm(COLOURS, generator=draw)[:48]
    clean = colours[source][:, judged].float() / 255.0
    return PictureBatch(
        wear_out(graded, draw_wear(len(graded), worn, draw)),
        sources,
        grade,
        source,
        present,
        stored(faults.select(source).apply(clean)),
        grades.select(grade).apply(clean),
    )


def _present(count: int, draw: torch.Generator) -> Tensor:
    kinds = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    return kinds[torch.randint(len(kinds), (count,), generator=draw)]


def _faults(count: int, pool: Tensor, draw: torch.Generator) -> GradeBatch:
    """Faults of shots: detunes, the first half of them none."""
    amounts = torch.stack([random_amounts(draw) for _ in range(count)])
    amounts[: count // 2] = 0.0
    none = torch.zeros(count, 10)
    return GradeBatch(torch.full((count,), DETUNE), amounts, none, torch.zeros(count).long(), pool)


def _pairs(network: MatchNetwork, batch: PictureBatch) -> PairBatch:
    with quick_look("cpu"):
        described = network.described(torch.cat((batch.graded, batch.sources)))
    described = described.float()
    graded, sources = described[: len(batch.graded)], described[len(batch.graded) :]
    reference = graded.view(-1, FRAMES, graded.shape[-1])[batch.grade]
    return PairBatch(sources[batch.source], reference, batch.present, batch.shown, batch.truth)


def _optimise(
    network: MatchNetwork,
    photos: PhotoSet,
    pool: Tensor,
    settings: DescriberSettings,
    draw: torch.Generator,
) -> Iterator[tuple[int, MatchNetwork]]:
    """Train; yields the running mean of the network now and then."""
    own = {id(parameter) for parameter in network.describer.parameters()}
    trunk = [parameter for parameter in network.parameters() if id(parameter) in own]
    new = [parameter for parameter in network.parameters() if id(parameter) not in own]
    rates = (settings.rate, settings.trunk_rate)
    optimiser = torch.optim.AdamW([{"params": new}, {"params": trunk}], weight_decay=0.03)
    averaged, start, step = deepcopy(network), time.monotonic(), 0
    while (spent := (time.monotonic() - start) / 60.0 / settings.minutes) < 1.0:
        for group, rate in zip(optimiser.param_groups, rates, strict=True):
            group["lr"] = rate * min(1.0, step / 100) * (1.0 - spent) ** 0.9
        network.train()
        network.describer.train()
        pairs = _pairs(network, draw_pictures(photos, pool, network, draw))
        loss, _, _ = match_loss(network(pairs.source, pairs.reference, pairs.present), pairs)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_([*new, *trunk], 2.0)
        optimiser.step()
        _average(averaged, network, min(0.99, step / (step + 10)))
        step += 1
        if step % 20 == 0:
            log.info("step %d loss %.3f %.2f s", step, loss.item(), (time.monotonic() - start) / step)
        if step % CHECK_EVERY == 0:
            yield step, averaged
    yield step, averaged


@torch.no_grad()
def _average(averaged: MatchNetwork, network: MatchNetwork, share: float) -> None:
    for ours, theirs in zip(averaged.state_dict().values(), network.state_dict().values(), strict=True):
        if ours.is_floating_point():
            ours.lerp_(theirs, 1.0 - share)


@torch.no_grad()
def _normalise(network: MatchNetwork, batch: PictureBatch) -> None:
    seen = network.describe(torch.cat((batch.graded, batch.sources)))
    network.mean.copy_(seen.mean(0))
    network.deviation.copy_(seen.std(0).clamp(min=1e-2))


@torch.no_grad()
def _check(network: MatchNetwork, validation: list[PictureBatch]) -> tuple[float, float, float]:
    """Mean DE2000 with the look and without over pairs of held-out sources; share that got worse."""
    network.eval()
    told = []
    for batch in validation:
        pairs = _pairs(network, batch)
        told.append(match_loss(network(pairs.source, pairs.reference, pairs.present), pairs)[1:])
    with_look, without = (torch.cat(values) for values in zip(*told, strict=True))
    return float(with_look.mean()), float(without.mean()), float((with_look > without).float().mean())


def main() -> None:
    """The command line of the module docstring."""
    parser = argparse.ArgumentParser(description="Teach the describing network what grades look like.")
    for name in ("--photos", "--luts", "--output"):
        parser.add_argument(name, type=Path, required=True)
    parser.add_argument("--start", type=Path, help="a network to go on from")
    parser.add_argument("--rate", type=float, default=1.5e-3)
    parser.add_argument("--trunk-rate", type=float, default=6e-4)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    settings = DescriberSettings(**vars(parser.parse_args()))
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    settings.output.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    log.info("wrote %s", train_describer(settings))


if __name__ == "__main__":
    main()
