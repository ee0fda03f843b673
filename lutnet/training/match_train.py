"""Train the refinement network:

    python -m lutnet.training.match_train --photos photos/train --luts luts --output runs/match --minutes 20

The describing part is a frozen copy of the shipped diagnosis network. Pairs of shot and reference never
share a photograph; half of the shots are spoiled by a detune of their own (R3d), the others clean (R3).
"""

from __future__ import annotations

import argparse
import logging
import time
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from lutnet import weights
from lutnet.diagnosis.model import default_model
from lutnet.ops.difference import delta_e_rgb
from lutnet.refinement.network import Look, MatchConfig, MatchNetwork, restored
from lutnet.training.grade_batch import DETUNE, GradeBatch
from lutnet.training.grades import is_for_testing, read_luts
from lutnet.training.looks import look_pool
from lutnet.training.match_data import SET_SIZE, Material, PairBatch, describe_material
from lutnet.training.photos import PhotoSet, load_photos, split_by_source

HARM_WEIGHT = 0.5
BEND_WEIGHT = 20.0
BATCH = 256
JUDGED_COLOURS = 64
CHECK_EVERY = 250
POOL = 1600

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MatchSettings:
    """minutes: of training after the pictures are described. sets: of graded pictures.

    start: a refinement network to go on from, its describer included (see ``describer``); None begins anew.
    """

    photos: Path
    luts: Path
    output: Path
    start: Path | None = None
    minutes: float = 20.0
    sets: int = 4000
    rate: float = 1e-3
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Progress:
    """Mean DE2000 over held-out pairs with the look and without, and the share of pairs that got worse."""

    with_look: float
    without: float
    worse: float


def train_match(settings: MatchSettings) -> Path:
    """Train and write ``refinement.safetensors``; returns its path. The best held-out score is kept."""
    draw = torch.Generator().manual_seed(settings.seed)
    torch.manual_seed(settings.seed)
    network = new_network() if settings.start is None else started(settings.start)
    kept, held_out = split_by_source(load_photos(settings.photos), 0.08, settings.seed)
    train, validation = (
        _material(part, sets, network, settings, draw)
        for part, sets in ((kept, settings.sets), (held_out, settings.sets // 12))
    )
    if settings.start is None:
        normalise(network, train)
    trained = _optimise(network, train, validation, settings, draw)
    path = settings.output / "refinement.safetensors"
    # Half precision: half the size, and far finer than what the looks can be told apart by.
    halves = {
        name: value.half() if value.is_floating_point() else value
        for name, value in trained.state_dict().items()
    }
    weights.save_network(path, halves, {"match": trained.config.as_json()})
    return path


def new_network() -> MatchNetwork:
    """An untrained refinement network around a copy of the shipped diagnosis network."""
    describer = default_model().network
    network = MatchNetwork(MatchConfig(describer.config))
    network.describer.load_state_dict(describer.state_dict())
    return network.eval()


def started(path: Path) -> MatchNetwork:
    """The stored network at ``path``; raises WeightsError where it is no refinement network."""
    return restored(weights.load_network(path))


def normalise(network: MatchNetwork, material: Material) -> None:
    """Set the mean and deviation of descriptions from ``material``."""
    seen = torch.cat((material.clean, material.graded.flatten(0, 1)))
    network.mean.copy_(seen.mean(0))
    network.deviation.copy_(seen.std(0).clamp(min=1e-3))


def draw_pairs(material: Material, count: int, draw: torch.Generator) -> PairBatch:
    """Draw pairs: a clean or detuned shot, and 1 to SET_SIZE graded frames of other photographs."""
    chosen = torch.randint(len(material.graded), (count,), generator=draw)
    grades = material.grades.select(chosen)
    size = 1 + (torch.rand(count, generator=draw) ** 3 * SET_SIZE).long().clamp(max=SET_SIZE - 1)
    present = (torch.rand(count, SET_SIZE, generator=draw).argsort(1) < size.unsqueeze(1)).float()
    source, colours, photo, spoil = _draw_shots(material, count, draw)
    # A reference that shows the shot's own photograph would teach copying.
    own = material.graded_photo[chosen] == photo.unsqueeze(1)
    present = torch.where(own, 0.0, present)
    alone = present.sum(1, keepdim=True) == 0
    present = torch.where(alone & ~own, 1.0, present)
    usable = present.sum(1) > 0
    judged = torch.randperm(colours.shape[1], generator=draw)[:JUDGED_COLOURS]
    clean = colours[:, judged].float() / 255.0
    shown, truth = _stored(spoil.apply(clean)), grades.apply(clean)
    batch = (source, material.graded[chosen], present, shown, truth)
    return PairBatch(*(values[usable] for values in batch))


def _draw_shots(
    material: Material, count: int, draw: torch.Generator
) -> tuple[Tensor, Tensor, Tensor, GradeBatch]:
    """Descriptions, clean colours, photographs and faults (amounts 0: none) of ``count`` shots."""
    is_clean = torch.rand(count, generator=draw) < 0.5
    clean = torch.randint(len(material.clean), (count,), generator=draw)
    detuned = (material.grades.kinds == DETUNE).nonzero()[:, 0]
    row = detuned[torch.randint(len(detuned), (count,), generator=draw)]
    member = torch.randint(SET_SIZE, (count,), generator=draw)
    faults = material.grades.select(row)
    amounts = torch.where(is_clean.unsqueeze(1), 0.0, faults.amounts)
    one, three = is_clean.unsqueeze(1), is_clean.view(-1, 1, 1)
    return (
        torch.where(one, material.clean[clean], material.graded[row, member]),
        torch.where(three, material.clean_colours[clean], material.graded_colours[row, member]),
        torch.where(is_clean, material.clean_photo[clean], material.graded_photo[row, member]),
        GradeBatch(faults.kinds, amounts, faults.cdl, faults.looks, faults.pool),
    )


def match_loss(look: Look, pairs: PairBatch) -> tuple[Tensor, Tensor, Tensor]:
    """Loss, and per pair the difference to the truth with the look and without, ``[B]`` each."""
    with_look = delta_e_rgb(look.apply(pairs.shown), pairs.truth).mean(1)
    without = delta_e_rgb(pairs.shown, pairs.truth).mean(1)
    harm = (with_look - without).clamp(min=0.0).mean()
    actual = torch.stack((with_look, without), dim=1).detach()
    expectation = (look.expected.clamp(min=1e-3).log() - actual.clamp(min=0.1).log()).abs().mean()
    bend = sum(look.lattice.diff(n=2, dim=axis).square().mean() for axis in (1, 2, 3))
    loss = with_look.mean() + HARM_WEIGHT * harm + 0.3 * expectation + BEND_WEIGHT * bend
    return loss, with_look.detach(), without


def _material(
    photos: PhotoSet, sets: int, network: MatchNetwork, settings: MatchSettings, draw: torch.Generator
) -> Material:
    luts = [lut for lut in read_luts(settings.luts) if not is_for_testing(lut[0])]
    return describe_material(photos, network, look_pool(luts, POOL, draw), sets, draw)


def _optimise(
    network: MatchNetwork,
    material: Material,
    validation: Material,
    settings: MatchSettings,
    draw: torch.Generator,
) -> MatchNetwork:
    parameters = [parameter for parameter in network.parameters() if parameter.requires_grad]
    optimiser = torch.optim.AdamW(parameters, lr=settings.rate, weight_decay=0.05)
    averaged, start, step = deepcopy(network), time.monotonic(), 0
    best, best_network = Progress(float("inf"), 0.0, 0.0), averaged
    while (spent := (time.monotonic() - start) / 60.0 / settings.minutes) < 1.0:
        for group in optimiser.param_groups:
            group["lr"] = settings.rate * min(1.0, step / 200) * (1.0 - spent) ** 0.9
        network.train()
        pairs = draw_pairs(material, BATCH, draw)
        loss, _, _ = match_loss(network(pairs.source, pairs.reference, pairs.present), pairs)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        _average(averaged, network, min(0.995, step / (step + 10)))
        step += 1
        if step % CHECK_EVERY == 0:
            reached = _progress(averaged, validation)
            log.info("step %d loss %.3f %s", step, loss.item(), reached)
            if reached.with_look < best.with_look:
                best, best_network = reached, deepcopy(averaged)
    return best_network.eval()


@torch.no_grad()
def _average(averaged: MatchNetwork, network: MatchNetwork, share: float) -> None:
    for ours, theirs in zip(averaged.parameters(), network.parameters(), strict=True):
        ours.lerp_(theirs, 1.0 - share)


@torch.no_grad()
def _progress(network: MatchNetwork, material: Material) -> Progress:
    network.eval()
    pairs = draw_pairs(material, 1500, torch.Generator().manual_seed(0))
    look = network(pairs.source, pairs.reference, pairs.present)
    _, with_look, without = match_loss(look, pairs)
    worse = (with_look > without).float().mean()
    return Progress(with_look.mean().item(), without.mean().item(), worse.item())


def _stored(colours: Tensor) -> Tensor:
    return (colours * 255.0).round() / 255.0


def main() -> None:
    """The command line of the module docstring."""
    parser = argparse.ArgumentParser(description="Train the refinement network.")
    for name in ("--photos", "--luts", "--output"):
        parser.add_argument(name, type=Path, required=True)
    parser.add_argument("--start", type=Path, help="a network whose describer is kept")
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--sets", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    settings = MatchSettings(**vars(parser.parse_args()))
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    settings.output.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    log.info("wrote %s", train_match(settings))


if __name__ == "__main__":
    main()
