"""Photographs that share one unknown detune, as shots of one camera: diagnosed together, beside one by one.

    LUTNET_SHARED=... python -m benchmarks.pooling [--seed 1] [--scenes 60] [--shots 2 4 8]
    LUTNET_SHARED=... python -m benchmarks.pooling --fit [--seed 11] [--scenes 240]

Photographs are those of ``photos/test``, each scene's are drawn without repetition, its detune is one of protocol M
(seven at once). Level error is the mean distance of the seven levels to the truth, DE is CIE DE2000 after the CDL.
``--fit`` finds the numbers of ``lutnet.diagnosis.pooling.POOLING`` on the photographs of ``photos/train`` whose
sources the network was not trained with; half of its detunes are of protocol M, half of the training mix.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor

from lutnet.diagnosis.heads import HEADS, LEVELS
from lutnet.diagnosis.model import default_model
from lutnet.diagnosis.pooling import POOLING, Pooling, pooled_levels
from lutnet.diagnosis.predict import diagnose, seen
from lutnet.diagnosis.scene import diagnose_scene
from lutnet.grade import Diagnosis
from lutnet.ops.difference import delta_e_rgb
from lutnet.training.photos import PhotoSet, load_photos, sample_crop, split_by_source
from lutnet.training.sampling import (
    Mix,
    detune_bytes,
    draw_faults,
    quantised,
    seven_amounts,
    soft_levels,
)

HELD_OUT, SPLIT_SEED = 0.08, 1
"""The split with which the weights that ship were trained (see their card)."""

SHOTS_TO_FIT = 16
COUNTS = (2, 4, 8, 8, 16)
FIT_STEPS, FIT_RATE, FIT_BATCH = 400, 0.03, 96
LEVEL_WEIGHT = 3.0
"""Of the levels' absolute error beside their cross entropy."""


@dataclass(frozen=True, eq=False, slots=True)
class Scene:
    """clean and spoiled: ``[N, 3, G, G]`` in 0..1, one photograph a shot. amounts: ``[7]``, of all of them."""

    clean: Tensor
    spoiled: Tensor
    amounts: Tensor


def scenes(photos: PhotoSet, amounts: Tensor, shots: int, draw: torch.Generator) -> Iterator[Scene]:
    """One scene of ``shots`` different photographs per row of ``amounts [S, 7]``."""
    grid = default_model().network.config.grid
    pixels = torch.stack([sample_crop(image, (0.0, 0.0, 1.0, 1.0), grid) for image in photos.images])
    for row in amounts:
        clean = pixels[torch.randperm(len(pixels), generator=draw)[:shots]]
        yield Scene(clean.float() / 255.0, quantised(detune_bytes(clean, row.expand(shots, -1))), row)


@dataclass(slots=True)
class Errors:
    """Level errors and DE, one per scene."""

    levels: list[float]
    differences: list[float]

    def add(self, scene: Scene, found: list[Diagnosis]) -> None:
        said = torch.tensor([[each.corrections[head.name].level for head in HEADS] for each in found])
        self.levels.append(float((said - scene.amounts).abs().mean()))
        graded = torch.cat(
            [each.cdl.apply(shot) for each, shot in zip(found, _colours(scene.spoiled), strict=True)]
        )
        self.differences.append(float(delta_e_rgb(graded, torch.cat(list(_colours(scene.clean)))).mean()))

    @property
    def mean(self) -> tuple[float, float]:
        return sum(self.levels) / len(self.levels), sum(self.differences) / len(self.differences)


def measure(photos: PhotoSet, count: int, shots: list[int], seed: int) -> dict[str, Errors]:
    """Errors of every way, by its name."""
    draw = torch.Generator().manual_seed(seed)
    errors = {name: Errors([], []) for name in ("nothing", "one by one", *map(_together, shots))}
    for scene in scenes(photos, seven_amounts(count, draw), max(shots), draw):
        alone = [diagnose(shot[None]) for shot in scene.spoiled]
        errors["one by one"].add(scene, alone)
        errors["nothing"].differences.append(
            float(
                delta_e_rgb(
                    torch.cat(list(_colours(scene.spoiled))), torch.cat(list(_colours(scene.clean)))
                ).mean()
            )
        )
        errors["nothing"].levels.append(float(scene.amounts.abs().mean()))
        for number in shots:
            groups = scene.spoiled.split(number)
            found = [each for group in groups for each in diagnose_scene([shot[None] for shot in group])]
            errors[_together(number)].add(scene, found)
    return errors


def fit(photos: PhotoSet, count: int, seed: int) -> Pooling:
    """The pooling that makes the true levels of ``count`` scenes most likely."""
    draw = torch.Generator().manual_seed(seed)
    half = count // 2
    amounts = torch.cat((seven_amounts(half, draw), draw_faults(count - half, Mix(), draw).amounts))
    model = default_model()
    levels = torch.stack(
        [
            torch.stack([seen(shot[None], model).evidence.levels for shot in scene.spoiled])
            for scene in scenes(photos, amounts, SHOTS_TO_FIT, draw)
        ]
    )
    targets = soft_levels(amounts)
    prior = targets.mean(0)
    prior = ((prior + prior.flip(-1)) / 2).clamp(min=1e-3)
    return _descend(levels, amounts, targets, prior / prior.sum(-1, keepdim=True), draw)


def _descend(
    levels: Tensor, amounts: Tensor, targets: Tensor, prior: Tensor, draw: torch.Generator
) -> Pooling:
    free = torch.zeros(3, len(HEADS)) + torch.tensor([[0.0], [-3.0], [-1.0]])
    free.requires_grad_()
    descent = torch.optim.Adam([free], FIT_RATE)
    for step in range(FIT_STEPS):
        shots = COUNTS[step % len(COUNTS)]
        rows = torch.randint(len(levels), (FIT_BATCH, 1), generator=draw)
        chosen = torch.rand(FIT_BATCH, SHOTS_TO_FIT, generator=draw).argsort(1)[:, :shots]
        said = pooled_levels(
            levels[rows, chosen], torch.ones(FIT_BATCH, shots, len(HEADS)).bool(), prior, **_bounded(free)
        )
        expected = (said.exp() * said.new_tensor(LEVELS)).sum(-1)
        entropy = -(targets[rows[:, 0]] * said).sum(-1).mean()
        loss = entropy + LEVEL_WEIGHT * (expected - amounts[rows[:, 0]]).abs().mean()
        descent.zero_grad()
        loss.backward()
        descent.step()
    numbers = {name: tuple(row.tolist()) for name, row in _bounded(free.detach()).items()}
    return replace(
        POOLING,
        prior=tuple(tuple(row) for row in prior.tolist()),
        **numbers,
    )


def _bounded(free: Tensor) -> dict[str, Tensor]:
    return {"sharpness": free[0].exp(), "doubt": free[1].exp(), "shared": free[2].sigmoid()}


def _colours(frames: Tensor) -> Iterator[Tensor]:
    """Colours ``[P, 3]`` of every frame; every other pixel of every other row."""
    for frame in frames:
        yield frame[:, ::2, ::2].flatten(1).T


def _together(shots: int) -> str:
    return f"{shots} together"


def main() -> None:
    """The command line of the module docstring."""
    parser = argparse.ArgumentParser(description="Shots that share a fault, diagnosed together.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scenes", type=int, default=60)
    parser.add_argument("--shots", type=int, nargs="+", default=[2, 4, 8])
    parser.add_argument("--fit", action="store_true", help="fit the pooling instead")
    parser.add_argument("--held-out", action="store_true", help="measure where the pooling was fitted")
    options = parser.parse_args()
    shared = Path(os.environ["LUTNET_SHARED"]) / "photos"
    held_out = None
    if options.fit or options.held_out:
        held_out = split_by_source(load_photos(shared / "train"), HELD_OUT, SPLIT_SEED)[1]
    if options.fit and held_out is not None:
        print(fit(held_out, options.scenes, options.seed))
        return
    photos = held_out or load_photos(shared / "test")
    errors = measure(photos, options.scenes, options.shots, options.seed)
    single = errors["one by one"].mean
    print("| | level error | of one by one | DE | of one by one |\n|---|---|---|---|---|")
    for name, each in errors.items():
        level, difference = each.mean
        print(
            f"| {name} | {level:.3f} | {level / single[0]:.0%} | {difference:.2f} | {difference / single[1]:.0%} |"
        )


if __name__ == "__main__":
    main()
