"""Stills in sets under known grades, and what the diagnosis makes of each.

A set is SET_SIZE photographs under one grade: a detune of protocol M, a CDL, a film look (LUTs, mixtures of them and
made-up ones), or none at all. A quarter of the stills are worn, and most are reduced as frames are, every pixel the
mean of several. Half have twice as many pixels a side as the sampling grid, so that the mirrored view sees other ones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d

from lutnet.diagnosis.content import content_of
from lutnet.diagnosis.model import default_model
from lutnet.diagnosis.predict import views_of
from lutnet.diagnosis.shipped import fingerprint
from lutnet.refinement.still_evidence import features_of
from lutnet.training.alone_material import AT_ONCE, PER_FILE, both_looks_each
from lutnet.training.grade_batch import NOTHING, GradeBatch, draw_grades
from lutnet.training.kept import in_parts
from lutnet.training.pairs import stored
from lutnet.training.photos import PhotoSet
from lutnet.training.sampling import draw_views, draw_wear, take_views, wear_out

SET_SIZE = 4
KINDS = (0.33, 0.27, 0.2, 0.2)
"""Shares of the sets with a detune, a CDL, a film look, and nothing."""

COLOURS = 128
WHOLE, WORN, WORN_SHARE = 0.4, 0.25, 0.8
REDUCED, REDUCED_BY = 0.65, 3
"""Share of the stills that are reduced before they are graded, by so many pixels a side."""

_WHOLE_BOX = (0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, eq=False, slots=True)
class Stills:
    """S stills. features: ``[S, F]`` in half precision. amounts: ``[S, 7]``, what the diagnosis would undo. colours:
    ``[S, COLOURS, 3]`` uint8, of the photograph before its grade. photos, sets: ``[S]``, the number of its photograph
    and of its set. kinds ``[S]``, detunes ``[S, 7]``, cdl ``[S, 10]``, looks ``[S]``: its grade (see GradeBatch)."""

    features: Tensor
    amounts: Tensor
    colours: Tensor
    photos: Tensor
    sets: Tensor
    kinds: Tensor
    detunes: Tensor
    cdl: Tensor
    looks: Tensor

    def __len__(self) -> int:
        return len(self.kinds)

    def some(self, rows: Tensor) -> Stills:
        """Those of ``rows``, numbers or bool."""
        return Stills(**{name: values[rows] for name, values in _as_tensors(self).items()})

    def grades(self, rows: Tensor, pool: Tensor) -> GradeBatch:
        """Of ``rows``."""
        return GradeBatch(self.kinds[rows], self.detunes[rows], self.cdl[rows], self.looks[rows], pool)


def make_up(
    photos: PhotoSet, pool: Tensor, count: int, *, seed: int, worn: float = WORN, keep: Path | None = None
) -> Stills:
    """``count`` stills of ``photos`` (less those of which nothing can be told), diagnosed by the weights that ship.

    pool: film looks (see GradeBatch). keep: a folder where finished parts are left, and taken from where those of this
    diagnosis are there already.
    """
    judge = fingerprint(default_model().network)
    asked = hashlib.sha256(repr((worn, REDUCED)).encode() + pool.numpy().tobytes()).hexdigest()
    name = f"pair_{photos.digest[:12]}_{judge[:12]}_{asked[:12]}_{seed}"

    def made(first: int, last: int) -> Mapping[str, Tensor]:
        numbers = range(first // AT_ONCE, -(-last // AT_ONCE))
        return _as_tensors(joined(_group(photos, pool, seed, number, worn) for number in numbers))

    return joined(Stills(**part) for part in in_parts(made, count, PER_FILE, name, keep))


def joined(parts: Iterable[Stills]) -> Stills:
    whole = [_as_tensors(part) for part in parts]
    return Stills(**{name: torch.cat([part[name] for part in whole]) for name in whole[0]})


def graded(stills: Stills) -> Stills:
    """Those of ``stills`` that have a grade."""
    return stills.some(stills.kinds != NOTHING)


@torch.inference_mode()
def _group(photos: PhotoSet, pool: Tensor, seed: int, number: int, worn: float) -> Stills:
    """AT_ONCE stills."""
    draw = torch.Generator().manual_seed(seed * 1_000_003 + number)
    model = default_model()
    count = AT_ONCE // SET_SIZE
    sets = torch.arange(AT_ONCE) // SET_SIZE
    grades = draw_grades(count, KINDS, pool, draw).select(sets)
    views = draw_views(AT_ONCE, len(photos), 0.0, draw)
    boxes = views.boxes.clone()
    boxes[torch.rand(AT_ONCE, generator=draw) < WHOLE] = torch.tensor(_WHOLE_BOX)
    size = model.network.config.grid * (1 + number % 2)
    by = REDUCED_BY if float(torch.rand((), generator=draw)) < REDUCED else 1
    clean = reduced(take_views(photos, replace(views, boxes=boxes), size * by), by)
    colours = clean.flatten(2).transpose(1, 2)
    places = torch.randperm(colours.shape[1], generator=draw)[:COLOURS]
    frames = stored(grades.apply(colours.float() / 255.0)).transpose(1, 2).reshape(clean.shape)
    wearing = torch.rand(AT_ONCE, generator=draw) < worn
    if bool(wearing.any()):
        frames[wearing] = wear_out(frames[wearing], draw_wear(int(wearing.sum()), WORN_SHARE, draw))
    straight, mirrored = views_of(frames, model)
    content = content_of(straight)
    tell = content.telling & content.coloured
    alone = both_looks_each(straight[tell], mirrored[tell], model)
    return Stills(
        features_of(straight[tell], alone).half(),
        alone.first.repair,
        colours[:, places][tell],
        views.indices[tell],
        (number * count + sets)[tell],
        *(values[tell] for values in (grades.kinds, grades.amounts, grades.cdl, grades.looks)),
    )


def reduced(pictures: Tensor, by: int) -> Tensor:
    """``pictures`` uint8 ``[B, 3, H, W]`` with a pixel for every ``by`` x ``by``, their mean."""
    return avg_pool2d(pictures.float(), by).round().byte()


def _as_tensors(stills: Stills) -> dict[str, Tensor]:
    return {part.name: getattr(stills, part.name) for part in fields(Stills)}
