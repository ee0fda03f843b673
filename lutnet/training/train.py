"""Train the diagnosis network on photographs that are spoiled on the fly.

``lutnet train photos/train -o runs/first`` is its command line; ``--steps 20 --batch 8`` a tiny run. A run
resumes from its output folder when a checkpoint is there.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

import torch
from torch import Tensor, nn

from lutnet.diagnosis.heads import LEVELS
from lutnet.diagnosis.model import load_model
from lutnet.diagnosis.network import DiagnosisNetwork, NetworkConfig, Verdict
from lutnet.errors import InputError
from lutnet.ops.detune import undo
from lutnet.ops.difference import delta_e_rgb
from lutnet.training.card import RunFacts, publish
from lutnet.training.checkpoint import TrainState, load_checkpoint, save_checkpoint
from lutnet.training.imagenet import load_imagenet
from lutnet.training.photos import PhotoSet, load_photos, split_by_source
from lutnet.training.ranks import Ranks, ranks
from lutnet.training.sampling import (
    NO_CLASS,
    Faults,
    Mix,
    detune_bytes,
    draw_faults,
    draw_views,
    draw_wear,
    soft_levels,
    take_views,
    wear_out,
)

log = logging.getLogger(__name__)

CHECKPOINT = "checkpoint.pt"
_UNTOLD = ("photos", "out", "network", "mix", "save_every")
_OPTIONS = {"start": "from"}  # settings whose option on the command line has another name

ALONE = Ranks("cpu")

OnStep = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class TrainSettings:
    """One training run.

    photos: folder of photographs that are right. out: folder of checkpoint and log.
    start: weights to go on from (their own configuration holds), or None for a new ``network``.
    imagenet: torchvision model whose convolutions a new network starts from; its layers must be that model's.
    held_out: share of the photographs, by source, kept for validation and calibration.
    colour_weight: weight of the corrected frame's DE2000 against the cross entropies.
    """

    photos: Path
    out: Path
    start: Path | None = None
    imagenet: str | None = None
    network: NetworkConfig = field(default_factory=NetworkConfig)
    mix: Mix = field(default_factory=Mix)
    steps: int = 3000
    batch: int = 96
    rate: float = 3e-3
    decay: float = 0.02
    joined: float = 0.3
    worn: float = 0.6
    colour_weight: float = 0.6
    held_out: float = 0.08
    seed: int = 1
    device: str = "cpu"
    mixed_precision: bool = False
    save_every: int = 250

    def __post_init__(self) -> None:
        require_device(self.device)


@dataclass(frozen=True, eq=False, slots=True)
class Batch:
    """clean, spoiled and seen: ``[B, 3, G, G]`` in 0..1; seen is the spoiled one as a worn file holds it."""

    clean: Tensor
    spoiled: Tensor
    seen: Tensor
    faults: Faults

    def to(self, device: str) -> Batch:
        moved = Faults(self.faults.amounts.to(device), self.faults.classes.to(device))
        return Batch(self.clean.to(device), self.spoiled.to(device), self.seen.to(device), moved)


@dataclass(frozen=True, eq=False, slots=True)
class Losses:
    """Scalars of one batch: cross entropies of levels and single faults, DE2000 after correction."""

    levels: Tensor
    fault: Tensor
    colour: Tensor


def train(settings: TrainSettings, on_step: OnStep = lambda *_: None) -> DiagnosisNetwork:
    """Train, or resume, until ``settings.steps``; returns the network in evaluation mode.

    ``on_step(done, steps)`` hears of every step.
    Leaves ``checkpoint.pt``, ``log.jsonl``, ``model.safetensors`` (calibrated) and its card in
    ``settings.out``.
    """
    with ranks(settings.device) as here:
        return _trained(replace(settings, device=here.device), here, on_step)


def _trained(settings: TrainSettings, here: Ranks, on_step: OnStep) -> DiagnosisNetwork:
    photos, held_out = split_by_source(load_photos(settings.photos), settings.held_out, settings.seed)
    state = resume(settings, here)
    settings = replace(settings, network=state.network.config)
    if here.leads:
        settings.out.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    for batch in batches(photos, settings, state.step, here):
        losses = take_step(state, batch.to(settings.device), settings, here)
        on_step(state.step, settings.steps)
        if here.leads and state.step % 50 == 0:
            _report(settings, state.step, losses, time.monotonic() - started)
        if here.leads and (state.step % settings.save_every == 0 or state.step == settings.steps):
            save_checkpoint(state, settings.out / CHECKPOINT)
    network = state.network.eval().cpu()
    if here.leads:
        facts = RunFacts(_command(settings, here), settings.seed, state.step, settings.mix)
        publish(network, photos, held_out or photos, facts, settings.out)
    return network


def require_device(name: str) -> None:
    """Raise InputError unless ``name`` (``cpu``, ``cuda``, ``cuda:1``, ``mps``) is a device of this machine."""
    try:
        torch.empty(1, device=name)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise InputError(
            "no such device here",
            value=name,
            allowed="cpu, or cuda or mps where torch was built for it and has one",
            where="--device",
            fix=f"torch says: {str(error).splitlines()[0]}",
        ) from error


def batches(
    photos: PhotoSet, settings: TrainSettings, first_step: int, here: Ranks = ALONE
) -> Iterator[Batch]:
    """This rank's part of every batch.

    It depends on the seed, the batch's number and the rank alone, so a resumed run sees what an unbroken one would.
    """
    size = here.share(settings.batch)
    for step in range(first_step, settings.steps):
        generator = torch.Generator().manual_seed(here.seed(_seed(settings, step)))
        views = draw_views(size, len(photos), settings.joined, generator)
        faults = draw_faults(size, settings.mix, generator)
        pixels = take_views(photos, views, settings.network.grid)
        wear = draw_wear(size, settings.worn, generator)
        spoiled = detune_bytes(pixels, faults.amounts)
        yield Batch(pixels.float() / 255.0, spoiled, wear_out(spoiled, wear), faults)


def take_step(state: TrainState, batch: Batch, settings: TrainSettings, here: Ranks = ALONE) -> Losses:
    """One optimiser step; the learning rate warms up, then falls along a cosine to zero."""
    torch.manual_seed(
        here.seed(_seed(settings, state.step))
    )  # dropout, too, is what an unbroken run would draw
    for group in state.optimiser.param_groups:
        group["lr"] = settings.rate * _schedule(state.step, settings.steps)
    with torch.autocast(torch.device(settings.device).type, torch.bfloat16, enabled=settings.mixed_precision):
        verdict = state.joined(batch.seen)
    losses = losses_of(verdict, batch)
    total = losses.levels + 0.5 * losses.fault + settings.colour_weight * losses.colour
    state.optimiser.zero_grad(set_to_none=True)
    total.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(state.network.parameters(), 5.0)
    state.optimiser.step()
    state.step += 1
    return losses


def losses_of(verdict: Verdict, batch: Batch) -> Losses:
    """The three objectives of one batch."""
    amounts, classes = batch.faults.amounts, batch.faults.classes
    log_levels = verdict.levels.float().log_softmax(-1)
    cross_entropy = -(soft_levels(amounts) * log_levels).sum(-1).mean()
    expected = (log_levels.exp() * log_levels.new_tensor(LEVELS)).sum(-1)
    level_error = (expected - amounts).abs().mean()
    fault = nn.functional.cross_entropy(verdict.fault.float(), classes, ignore_index=NO_CLASS)
    return Losses(cross_entropy + level_error, fault, colour_loss(verdict.repair.float(), batch))


def colour_loss(repair: Tensor, batch: Batch, stride: int = 5) -> Tensor:
    """Mean DE2000 of the repaired frames to the clean ones, on every ``stride``-th row and column."""
    spoiled, clean = (
        frames[:, :, ::stride, ::stride].flatten(2).transpose(1, 2) for frames in (batch.spoiled, batch.clean)
    )
    return delta_e_rgb(undo(spoiled, repair.unsqueeze(1)), clean).mean()


def resume(settings: TrainSettings, here: Ranks = ALONE) -> TrainState:
    """The state of ``settings.out``'s checkpoint, or a fresh one."""
    torch.manual_seed(settings.seed)
    network = _network(settings).train().to(settings.device)
    optimiser = torch.optim.AdamW(network.parameters(), lr=settings.rate, weight_decay=settings.decay)
    state = TrainState(network, optimiser, network)
    path = settings.out / CHECKPOINT
    if path.is_file():
        load_checkpoint(state, path, settings.device)
    state.joined = here.joined(network)
    return state


def _network(settings: TrainSettings) -> DiagnosisNetwork:
    if settings.start is not None:
        return load_model(settings.start).network
    network = DiagnosisNetwork(settings.network)
    if settings.imagenet is not None:
        load_imagenet(network.trunk, settings.imagenet)
    return network


def _command(settings: TrainSettings, here: Ranks) -> str:
    """The command line that makes this run again."""
    program = "lutnet" if here.count == 1 else f"torchrun --nproc-per-node {here.count} -m lutnet"
    words = [f"{program} train {settings.photos.parent.name}/{settings.photos.name} -o {settings.out.name}"]
    for setting in fields(settings):
        value = getattr(settings, setting.name)
        if setting.name in _UNTOLD or value == setting.default:
            continue
        words.append(f"--{_OPTIONS.get(setting.name, setting.name).replace('_', '-')}")
        words += [] if value is True else [str(getattr(value, "name", value))]
    return " ".join(words)


def _seed(settings: TrainSettings, step: int) -> int:
    return settings.seed * 1_000_003 + step


def _schedule(step: int, steps: int) -> float:
    warm = min(1.0, (step + 1) / 100)
    return warm * 0.5 * (1.0 + float(torch.cos(torch.tensor(torch.pi * step / steps))))


def _report(settings: TrainSettings, step: int, losses: Losses, seconds: float) -> None:
    line = {
        "step": step,
        **{f.name: round(float(getattr(losses, f.name).detach()), 4) for f in fields(losses)},
        "seconds": round(seconds, 1),
    }
    with (settings.out / "log.jsonl").open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(line) + "\n")
    log.info("%s", line)
