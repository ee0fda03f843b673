"""Fit a 3D LUT to colour pairs: a regularised least-squares solve, since a LUT is linear in its lattice.

The change the LUT makes is a cubic B-spline with few control points per axis, bent as little as the pairs
allow (second differences) and drawn to no change where there are none. A spline has no kinks to show as
banding, and its small banded system solves in milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from lutnet.errors import InputError
from lutnet.ops.finite import require_colours, require_finite
from lutnet.ops.lut3d import identity_lattice
from lutnet.ops.spline import banded, normal_equations, sampled, solved

BINS = 48
"""Pairs are averaged in colour cells of 1/48: a large even surface is one observation, not ten thousand."""


@dataclass(frozen=True, slots=True)
class Stiffness:
    """How much the pairs have to say before the LUT moves.

    control: spline control points per axis, >= 4. bend: cost of second differences. rest: cost of any
    change. noise: what one averaged cell may be off by (encoded, 0..1); cells of few pairs more.
    """

    control: int = 9
    bend: float = 0.0001
    rest: float = 0.0004
    noise: float = 0.004
    pair_noise: float = 0.03


@dataclass(frozen=True, eq=False, slots=True)
class Cells:
    """Pairs averaged by source colour: ``source``, ``target`` ``[C, 3]``, ``count [C]`` (summed weights)."""

    source: Tensor
    target: Tensor
    count: Tensor


def fit_lattice(
    source: Tensor,
    target: Tensor,
    weights: Tensor | None = None,
    *,
    size: int = 33,
    stiffness: Stiffness | None = None,
) -> Tensor:
    """The lattice ``[size, size, size, 3]`` (float32, axes r, g, b, domain 0..1) taking source to target.

    Parameters
    ----------
    source, target: ``[P, 3]``, P >= 1, in 0..1. weights: ``[P]``, >= 0, about 1 for one clean pixel.

    Values lie in 0..1. Deterministic. Folds are possible where the pairs ask for them; see ``unfold``.
    Raises InputError for NaN or shapes that do not fit.
    """
    stiffness = stiffness or Stiffness()
    cells = colour_cells(source, target, weights)
    control = stiffness.control
    variance = stiffness.noise**2 + stiffness.pair_noise**2 / cells.count
    precision = stiffness.noise**2 / variance
    system, change = normal_equations(cells.source, cells.target - cells.source, precision, control)
    system += _penalty(control, stiffness.bend, stiffness.rest)
    moved = identity_lattice(size, dtype=torch.float64) + sampled(solved(system, change), size)
    return moved.clamp(0.0, 1.0).float()


def colour_cells(source: Tensor, target: Tensor, weights: Tensor | None = None, bins: int = BINS) -> Cells:
    """Average the pairs within each occupied cell of a ``bins`` cubed grid of the source colours; float64."""
    require_colours("source colours", source)
    require_colours("target colours", target)
    if source.ndim != 2 or source.shape != target.shape or len(source) == 0:
        shapes = (tuple(source.shape), tuple(target.shape))
        raise InputError("colour pairs have the wrong shape", value=shapes, allowed="[P, 3] twice, P >= 1")
    weights = source.new_ones(len(source)) if weights is None else weights
    require_finite("weights", weights)
    kept = weights > 0
    start, end, weight = source[kept].double(), target[kept].double(), weights[kept].double()
    steps = start.new_tensor([bins * bins, bins, 1])
    cell = ((start * bins).floor().clamp(0, bins - 1) * steps).sum(-1).long()
    index, member = torch.unique(cell, return_inverse=True)
    total = start.new_zeros(len(index)).index_add_(0, member, weight)

    def mean(values: Tensor) -> Tensor:
        summed = values.new_zeros(len(index), 3).index_add_(0, member, values * weight.unsqueeze(-1))
        return summed / total.unsqueeze(-1)

    return Cells(mean(start), mean(end), total)


@lru_cache(maxsize=8)
def _penalty(control: int, bend: float, rest: float) -> Tensor:
    """Bending along the three axes and across them, and any change at all, as the band of one quadratic form."""
    one = torch.eye(control, dtype=torch.int8)  # whole numbers, exact in a byte
    first = one.diff(dim=0)
    second = first.diff(dim=0)
    slopes, bends = first.T @ first, second.T @ second
    along = _kron(bends, one, one) + _kron(one, bends, one) + _kron(one, one, bends)
    across = _kron(slopes, slopes, one) + _kron(slopes, one, slopes) + _kron(one, slopes, slopes)
    band = bend * banded(along + 2 * across, control).double()
    band[0] += rest
    return band


def _kron(red: Tensor, green: Tensor, blue: Tensor) -> Tensor:
    return torch.kron(torch.kron(red, green), blue)
