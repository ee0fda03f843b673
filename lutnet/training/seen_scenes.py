"""Protocols G and G-block: single faults in shots that were seen, as the paper had it.

A small network learns to name the fault from what the diagnosis reads of a frame: its tonal and chroma statistics
("histograms"), and with the trunk's view of the picture ("trunk"). In G, frames of 15 shots are split at random,
so that a test frame's neighbours were trained on; in G-block the middle third of every shot is left out as one
block, GAP frames from any frame that is trained on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from lutnet.diagnosis.features import chroma_histogram, tonal_statistics
from lutnet.diagnosis.heads import CLEAN, FAULTS, class_amounts
from lutnet.diagnosis.model import default_model
from lutnet.diagnosis.network import sample_grid
from lutnet.errors import InputError
from lutnet.frames.readers import is_readable, reader_of
from lutnet.frames.record import Span
from lutnet.ops.detune import NAMES
from lutnet.training.report import Report, percent
from lutnet.training.sampling import detune_bytes, quantised
from lutnet.training.spoil import PAPER_DIRECTIONS

SHOTS, FRAMES = 15, 45
GAP = 8
GRID, HEIGHT = 128, 256
EDITED = ("tos_1080p_V1-0003", "tos_battle_clip")
"""Clips with cuts inside are no shots."""

_EPOCHS, _BATCH, _HIDDEN, _RATE = 40, 256, 256, 2e-3


@dataclass(frozen=True, eq=False, slots=True)
class Samples:
    """features: ``[S, F]``. classes: ``[S]``, of 43. frame: ``[S]``, 0..FRAMES-1 inside its shot."""

    features: Tensor
    classes: Tensor
    frame: Tensor

    def of(self, classes: Tensor) -> Samples:
        kept = torch.isin(self.classes, classes)
        return Samples(self.features[kept], self.classes[kept], self.frame[kept])


@dataclass(frozen=True, slots=True)
class SeenScore:
    """Of one split: frames tested, how many were named exactly, how many beyond the neighbouring level."""

    frames: int
    exact: int
    beyond: int


def paper_classes() -> Tensor:
    """Numbers of the paper's 24 classes among the 43."""
    wanted = {(name, sign) for name, sign in PAPER_DIRECTIONS}
    return torch.tensor(
        [n for n, (name, level) in enumerate(FAULTS) if (name, 1 if level > 0 else -1) in wanted]
    )


def shots(folder: Path) -> list[Tensor]:
    """The first FRAMES frames of SHOTS clips of ``folder``, in order of their names: uint8 ``[45, 3, GRID, GRID]``.

    Raises InputError where there are fewer clips that long.
    """
    found: list[Tensor] = []
    for path in sorted(folder.iterdir()):
        if len(found) == SHOTS:
            break
        if path.suffix == ".csv" or path.name.startswith(EDITED) or not is_readable(path):
            continue
        reader = reader_of(path)
        if reader.probe(path).frame_count < FRAMES:
            continue
        pictures = list(reader.read(path, Span(0, FRAMES), FRAMES, HEIGHT))
        by_index = {picture.index: picture.pixels for picture in pictures}
        if len(by_index) < FRAMES:
            continue
        stacked = np.stack([by_index[index] for index in sorted(by_index)][:FRAMES])
        found.append((sample_grid(torch.from_numpy(stacked).movedim(-1, 1), GRID) * 255.0).round().byte())
    if len(found) < SHOTS:
        raise InputError(
            "too few clips for protocol G",
            value=len(found),
            allowed=f"{SHOTS} of {FRAMES} frames",
            where=folder,
        )
    return found


def samples(clips: Sequence[Tensor], classes: Tensor, *, trunk: bool) -> Samples:
    """Every frame of ``clips`` with every fault of ``classes``."""
    amounts = class_amounts()[classes]
    features, frames = [], []
    for clip in clips:
        for index, frame in enumerate(clip):
            spoiled = quantised(detune_bytes(frame.expand(len(classes), -1, -1, -1), amounts))
            features.append(_features(spoiled, trunk))
            frames.append(torch.full((len(classes),), index))
    return Samples(torch.cat(features), classes.repeat(len(features)), torch.cat(frames))


def random_split(count: int, seed: int) -> Iterator[Tensor]:
    """Masks of training and test frames: two thirds, one sixth for validation (unused), one sixth."""
    order = torch.randperm(count, generator=torch.Generator().manual_seed(seed))
    place = torch.empty(count)
    place[order] = torch.arange(count) / count
    yield place < 2 / 3
    yield place >= 5 / 6


def block_split(frame: Tensor) -> Iterator[Tensor]:
    """The middle third tests; what is GAP frames or more away from it trains."""
    first, end = FRAMES // 3, 2 * FRAMES // 3
    yield (frame <= first - GAP) | (frame >= end - 1 + GAP)
    yield (frame >= first) & (frame < end)


def learned(data: Samples, train: Tensor, test: Tensor, seed: int) -> SeenScore:
    """Train a small network on ``train`` and name ``test``."""
    torch.manual_seed(seed)
    mean, deviation = data.features[train].mean(0), data.features[train].std(0).clamp(min=1e-3)
    inputs = (data.features - mean) / deviation
    network = nn.Sequential(
        nn.Linear(inputs.shape[1], _HIDDEN), nn.ReLU(), nn.Dropout(0.2), nn.Linear(_HIDDEN, CLEAN + 1)
    )
    rows = train.nonzero().flatten()
    steps = _EPOCHS * -(-len(rows) // _BATCH)
    optimiser = torch.optim.AdamW(network.parameters(), lr=_RATE, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    for _ in range(_EPOCHS):
        for batch in torch.split(rows[torch.randperm(len(rows))], _BATCH):
            loss = nn.functional.cross_entropy(
                network(inputs[batch]), data.classes[batch], label_smoothing=0.02
            )
            optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            schedule.step()
    known = torch.isin(torch.arange(CLEAN + 1), data.classes)
    with torch.inference_mode():
        logits = network.eval()(inputs[test]).masked_fill(~known, -torch.inf)
    answers, truths = logits.argmax(1), data.classes[test]
    return SeenScore(len(truths), int((answers == truths).sum()), int((~_near(answers, truths)).sum()))


def protocol(
    folder: Path, seeds: Sequence[int], *, block: bool, trunk: bool, paper_only: bool = False
) -> Report:
    """G, or G-block, of the clips in ``folder``: the paper's classes, then all 43, for every split seed."""
    asked = {"24": paper_classes()}
    if not paper_only:
        asked["42 and clean"] = torch.arange(CLEAN + 1)
    data = samples(shots(folder), list(asked.values())[-1], trunk=trunk)
    rows = []
    for name, classes in asked.items():
        chosen = data.of(classes)
        scores = []
        for seed in seeds:
            train, test = block_split(chosen.frame) if block else random_split(len(chosen.frame), seed)
            scores.append(learned(chosen, train, test, seed))
            rows.append((name, str(seed), *_cells(scores[-1])))
        together = SeenScore(
            *(sum(getattr(score, part) for score in scores) for part in ("frames", "exact", "beyond"))
        )
        rows.append((name, "all", *_cells(together)))
    kind = "trunk and histograms" if trunk else "histograms alone"
    aim = "98.5 % exact" if block else "99.5 % exact, at most 3 of 8,100 beyond the neighbouring level"
    return Report(
        f"{'G-block' if block else 'G'}  single faults in shots that were seen, {kind}",
        ("classes", "seed", "frames", "exact", "beyond the neighbour"),
        tuple(rows),
        (f"Aims for the 24 classes: {aim}.",),
    )


def _cells(score: SeenScore) -> tuple[str, str, str]:
    return str(score.frames), percent(score.exact / score.frames), str(score.beyond)


def _near(answers: Tensor, truths: Tensor) -> Tensor:
    """Whether each answer is exact, or the right correction one level off (across zero is two off)."""
    table = class_amounts()
    head = torch.where(torch.arange(CLEAN + 1) == CLEAN, len(NAMES), table.abs().argmax(1))
    apart = (table.sum(1)[answers] - table.sum(1)[truths]).abs()
    return (answers == truths) | ((head[answers] == head[truths]) & (apart < 0.5))


@torch.inference_mode()
def _features(frames: Tensor, trunk: bool) -> Tensor:
    histograms = torch.cat((tonal_statistics(frames), chroma_histogram(frames).flatten(1)), dim=1)
    return (
        torch.cat((histograms, default_model().network.trunk(frames).vector), dim=1) if trunk else histograms
    )
