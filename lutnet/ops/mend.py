"""Mend a LUT along the neutral ramp: what falls or bends too sharply is moved by as little as suffices.

What a LUT makes of a ramp is linear in its points, so "this step rises" and "this corner is soft" are half
spaces. The wish that is missed most is met by the shortest move of the points, again and again.
"""

from __future__ import annotations

import torch
from torch import Tensor

from lutnet.ops.folds import as_stored
from lutnet.ops.lut3d import vertices
from lutnet.ops.ramp import BEND, FALL, Ramp, corners

MOVES = 400
"""Most moves per channel; few LUTs need fifty."""

RISE = 1e-7
"""By how much a step that fell is made to rise: more than rounding the points can take away."""

SOFT = 0.95 * BEND


def mended(lattice: Tensor, ramp: Ramp) -> Tensor:
    """``lattice [N, N, N, 3]`` (float64, as a file holds it) with the points that ``ramp`` touches moved."""
    index, weights = vertices(ramp.colours, lattice.shape[0])
    touched, place = torch.unique(index, return_inverse=True)
    mixing = weights.new_zeros(len(index), len(touched)).scatter_add_(1, place, weights)
    table = lattice.reshape(-1, 3).clone()
    points = table[touched]
    steps, turns = mixing.diff(dim=0), mixing.diff(n=2, dim=0)
    turns[corners(mixing @ points, ramp.clipped)] = 0.0
    for channel in range(3):
        points[:, channel] = _met(points[:, channel], steps, turns)
    table[touched] = points
    return as_stored(table.view(lattice.shape))


def _met(points: Tensor, steps: Tensor, turns: Tensor) -> Tensor:
    """``points [V]`` moved until ``steps @ points`` rises and ``turns @ points`` stays within what is soft."""
    for _ in range(MOVES):
        rises, bent = steps @ points, turns @ points
        lowest, sharpest = int(rises.argmin()), int(bent.abs().argmax())
        if rises[lowest] < -FALL / 4:
            wish, missing = steps[lowest], RISE - rises[lowest]
        elif bent[sharpest].abs() > BEND:
            wish, missing = turns[sharpest], bent[sharpest].sign() * SOFT - bent[sharpest]
        else:
            break
        points = (points + wish * (missing / wish.square().sum())).clamp(0.0, 1.0)
    return points
