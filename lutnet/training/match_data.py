"""Described pictures, clean and graded in sets, from which pairs of shot and reference are drawn.

Describing a picture is the costly part of a training step and is done once; pairs are then drawn freely.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from lutnet.ops.cdl import apply_cdl
from lutnet.ops.detune import detune
from lutnet.ops.lut3d import apply_lut3d
from lutnet.refinement.network import MatchNetwork
from lutnet.training.grades import (
    OFFSET_RANGE,
    POWER_RANGE,
    SATURATION_RANGE,
    SLOPE_RANGE,
    random_amounts,
)
from lutnet.training.pairs import stored
from lutnet.training.photos import PhotoSet, sample_crop

SET_SIZE = 6
"""Pictures that share one grade: the most frames that a reference of training has."""

COLOURS = 192
DETUNE, CDL_GRADE, LUT_GRADE = range(3)


@dataclass(frozen=True, eq=False, slots=True)
class GradeBatch:
    """B grades: ``kinds [B]`` says which of ``amounts [B, 7]``, ``cdl [B, 10]``, ``looks [B]`` holds.

    pool: the lattices that ``looks`` counts.
    """

    kinds: Tensor
    amounts: Tensor
    cdl: Tensor
    looks: Tensor
    pool: Tensor

    def select(self, index: Tensor) -> GradeBatch:
        kinds, amounts, cdl, looks = self.kinds, self.amounts, self.cdl, self.looks
        return GradeBatch(kinds[index], amounts[index], cdl[index], looks[index], self.pool)

    def apply(self, colours: Tensor) -> Tensor:
        """Grade ``colours [B, P, 3]``, each row by its grade."""
        graded = torch.empty_like(colours)
        detuned, with_cdl, looked = (self.kinds == kind for kind in (DETUNE, CDL_GRADE, LUT_GRADE))
        graded[detuned] = detune(colours[detuned], self.amounts[detuned].unsqueeze(1))
        numbers = torch.split(self.cdl[with_cdl].unsqueeze(1), [3, 3, 3, 1], dim=-1)
        graded[with_cdl] = apply_cdl(colours[with_cdl], *numbers)
        if bool(looked.any()):
            graded[looked] = apply_lut3d(colours[looked], self.pool[self.looks[looked]])
        return graded


@dataclass(frozen=True, eq=False, slots=True)
class Material:
    """Described pictures.

    clean: descriptions ``[C, F]``; clean_colours ``[C, P, 3]`` uint8; clean_photo ``[C]``.
    graded: descriptions ``[G, SET_SIZE, F]``, set by set of one grade; graded_colours (before the grade)
    ``[G, SET_SIZE, P, 3]`` uint8; graded_photo ``[G, SET_SIZE]``; grades: G of them.
    """

    clean: Tensor
    clean_colours: Tensor
    clean_photo: Tensor
    graded: Tensor
    graded_colours: Tensor
    graded_photo: Tensor
    grades: GradeBatch


@dataclass(frozen=True, eq=False, slots=True)
class PairBatch:
    """What the network is given of B pairs, and the colours it is judged on: ``shown``, ``truth`` [B, P, 3]."""

    source: Tensor
    reference: Tensor
    present: Tensor
    shown: Tensor
    truth: Tensor


def draw_grades(count: int, pool: Tensor, draw: torch.Generator) -> GradeBatch:
    """``count`` grades in the protocols' ranges: 40 % detunes, 27 % CDLs, 33 % looks."""
    kinds = torch.bucketize(torch.rand(count, generator=draw), torch.tensor([0.4, 0.67]))

    def between(low: float, high: float, width: int) -> Tensor:
        return low + (high - low) * torch.rand(count, width, generator=draw)

    three = [between(*limits, 3) for limits in (SLOPE_RANGE, OFFSET_RANGE, POWER_RANGE)]
    return GradeBatch(
        kinds,
        torch.stack([random_amounts(draw) for _ in range(count)]),
        torch.cat((*three, between(*SATURATION_RANGE, 1)), dim=1),
        torch.randint(len(pool), (count,), generator=draw),
        pool,
    )


def describe_material(
    photos: PhotoSet, network: MatchNetwork, pool: Tensor, sets: int, draw: torch.Generator
) -> Material:
    """Describe every photograph once clean, and ``sets`` sets of graded ones."""
    size = network.config.describer.grid
    whole = clean_grades(1, pool)
    clean = [
        _described(network, *graded_crops(photos, [index], whole, size, draw)) for index in range(len(photos))
    ]
    grades = draw_grades(sets, pool, draw)
    graded, chosen = [], torch.randint(len(photos), (sets, SET_SIZE), generator=draw)
    for number in range(sets):
        grade = grades.select(torch.full((SET_SIZE,), number))
        pictures = graded_crops(photos, chosen[number].tolist(), grade, size, draw)
        graded.append(_described(network, *pictures))
    return Material(
        torch.cat([description for description, _ in clean]),
        torch.cat([colours for _, colours in clean]),
        torch.arange(len(photos)),
        torch.stack([description for description, _ in graded]),
        torch.stack([colours for _, colours in graded]),
        chosen,
        grades,
    )


def graded_crops(
    photos: PhotoSet, indices: list[int], grades: GradeBatch, size: int, draw: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Random crops of photographs, each by its grade and stored: ``[N, 3, size, size]``.

    Beside them some of each crop's clean colours, uint8 ``[N, COLOURS, 3]``.
    """
    crops = torch.stack([_crop(photos.images[index], size, draw) for index in indices])
    colours = crops.flatten(2).transpose(1, 2)
    kept = torch.randperm(colours.shape[1], generator=draw)[:COLOURS]
    shown = stored(grades.apply(colours.float() / 255.0))
    return shown.transpose(1, 2).reshape(crops.shape), colours[:, kept]


def _described(network: MatchNetwork, pictures: Tensor, colours: Tensor) -> tuple[Tensor, Tensor]:
    return network.describe(pictures), colours


def clean_grades(count: int, pool: Tensor) -> GradeBatch:
    """``count`` grades that change nothing."""
    whole = torch.zeros(count).long()
    return GradeBatch(whole + DETUNE, torch.zeros(count, 7), torch.zeros(count, 10), whole, pool)


def _crop(image: Tensor, size: int, draw: torch.Generator) -> Tensor:
    height, width = (0.65 + 0.35 * torch.rand(2, generator=draw)).tolist()
    top, left = torch.rand(2, generator=draw).tolist()
    box = (top * (1.0 - height), left * (1.0 - width), height, width)
    return sample_crop(image, box, size, mirrored=bool(torch.rand((), generator=draw) < 0.5))
