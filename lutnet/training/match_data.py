"""Described pictures, clean and graded in sets, from which pairs of shot and reference are drawn.

Describing a picture is the costly part of a training step and is done once; pairs are then drawn freely.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from lutnet.refinement.network import MatchNetwork
from lutnet.training.grade_batch import DETUNE, GradeBatch, draw_grades
from lutnet.training.pairs import stored
from lutnet.training.photos import PhotoSet, sample_crop

SET_SIZE = 6
"""Pictures that share one grade: the most frames that a reference of training has."""

COLOURS = 192
KINDS = (0.4, 0.27, 0.33)
"""Shares of the sets with a detune, a CDL and a film look."""


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


def describe_material(
    photos: PhotoSet, network: MatchNetwork, pool: Tensor, sets: int, draw: torch.Generator
) -> Material:
    """Describe every photograph once clean, and ``sets`` sets of graded ones."""
    size = network.config.describer.grid
    whole = clean_grades(1, pool)
    clean = [
        _described(network, *graded_crops(photos, [index], whole, size, draw)) for index in range(len(photos))
    ]
    grades = draw_grades(sets, KINDS, pool, draw)
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
