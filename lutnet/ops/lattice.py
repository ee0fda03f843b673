"""Measures of a 3D LUT's lattice ``[N, N, N, 3]`` (axes r, g, b; inputs 0..1): clipping and steepness.

Folds are measured in ``lutnet.ops.folds``.
"""

from __future__ import annotations

import torch
from torch import Tensor

from lutnet.ops.folds import ROUNDS, as_stored, eased_at, smallest_volume

FOLD_TOLERANCE = 1e-3
"""A cell counts as folded below minus this volume: rounding to six decimals alone makes flat cells negative."""

_BOUND = 1e-6
_COLLAPSE = 3e-3


def folded_cells(lattice: Tensor, tolerance: float = FOLD_TOLERANCE) -> Tensor:
    """Cells whose smallest Jacobian is below ``-tolerance``, as bool ``[N-1, N-1, N-1]``."""
    return smallest_volume(lattice) < -tolerance


def eased(lattice: Tensor) -> Tensor:
    """``lattice`` without the folds that sampling a clip and a LUT behind it together may leave.

    Only their surroundings are smoothed, round by round and slowly wider; cells that clipping cut through stay. A
    lattice without such folds is returned as it is.
    """
    easing = lattice
    for number in range(ROUNDS):
        folded = folded_cells(easing, tolerance=0.0) & ~cut_cells(easing)
        if not bool(folded.any()):
            return easing
        easing = eased_at(as_stored(easing.double()), folded.double(), number).to(lattice)
    return easing


def touches_bound(lattice: Tensor) -> Tensor:
    """Cells with a corner that has a channel at or beyond 0 or 1: what lies there may have been cut off."""
    bound = ((lattice <= _BOUND) | (lattice >= 1 - _BOUND)).any(-1)
    return _any_corner(bound)


def near_collapse(lattice: Tensor) -> Tensor:
    """Cells within two of one that is flat: there some gamut, though not that of the values, was clipped to.

    A true fold passes through 0 steeply; behind a clip the volume is 0 to the precision of the numbers.
    """
    sides = _mean_edges(lattice.double())
    volume = (sides[0] * torch.linalg.cross(sides[1], sides[2])).sum(-1).abs()
    lengths = [side.norm(dim=-1) for side in sides]
    flat = volume < _COLLAPSE * lengths[0] * lengths[1] * lengths[2]
    return torch.nn.functional.max_pool3d(flat[None, None].float(), 5, 1, 2)[0, 0] > 0


def _mean_edges(lattice: Tensor) -> list[Tensor]:
    """Per axis the mean of each cell's four parallel edges, ``[N-1, N-1, N-1, 3]``."""
    last = lattice.shape[0] - 1
    edges = []
    for axis in range(3):
        edge = lattice.diff(dim=axis)
        for other in {0, 1, 2} - {axis}:
            edge = (edge.narrow(other, 0, last) + edge.narrow(other, 1, last)) / 2
        edges.append(edge)
    return edges


def cut_cells(lattice: Tensor) -> Tensor:
    """Cells that clipping may have cut through: a fold in them means no more than that colours met."""
    return touches_bound(lattice) | near_collapse(lattice)


def clipped_cells(lattice: Tensor) -> Tensor:
    """Cells in which a channel is at or beyond 0, or at or beyond 1, in every corner: detail is lost there."""
    low = _every_corner(lattice <= _BOUND)
    high = _every_corner(lattice >= 1 - _BOUND)
    return (low | high).any(-1)


def largest_step(lattice: Tensor) -> float:
    """Largest change of a channel from one lattice point to the next, in steps of the identity (1)."""
    steps = [lattice.diff(dim=axis).abs().max() for axis in range(3)]
    return float(torch.stack(steps).max()) * (lattice.shape[0] - 1)


def _corners(points: Tensor) -> list[Tensor]:
    ends = (slice(None, -1), slice(1, None))
    return [points[r, g, b] for r in ends for g in ends for b in ends]


def _any_corner(points: Tensor) -> Tensor:
    return torch.stack(_corners(points)).any(0)


def _every_corner(points: Tensor) -> Tensor:
    return torch.stack(_corners(points)).all(0)
