"""What a grade does to a neutral ramp: where it falls and how sharply it bends, as eyes see steps and bands."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from lutnet.ops.lut3d import apply_lut3d

STEPS = 1024
CLEAR = 3
"""Steps around a corner of clipping that do not count: a clip is a corner by its nature."""

FALL = 1e-7
"""By how much a step may fall: less than the last of six decimals tells apart."""

BEND = 0.0009
"""Largest second difference of a ramp of 1,024 steps, a tenth below the 0.001 that shows as a band."""

_BOUND = 1e-6


@dataclass(frozen=True, eq=False, slots=True)
class Ramp:
    """Greys as a CDL leaves them: ``colours [STEPS, 3]``, float64.

    clipped: ``[STEPS, K]`` bool, what was at its limit inside the CDL.
    """

    colours: Tensor
    clipped: Tensor

    def faults(self, graded: Tensor | None = None) -> Tensor:
        """Where the ramp, or what a LUT makes of it, falls or bends too sharply: bool ``[STEPS]``."""
        seen = self.colours if graded is None else graded
        found = torch.zeros(len(seen), dtype=torch.bool)
        falling = falls(seen) > FALL
        found[1:] |= falling
        found[:-1] |= falling
        found[1:-1] |= bends(seen, self.clipped) > BEND
        return found

    def is_smooth_behind(self, lattice: Tensor) -> bool:
        return not bool(self.faults(apply_lut3d(self.colours, lattice)).any())


def neutral_ramp() -> Tensor:
    """Greys ``[STEPS, 3]`` from 0 to 1, float64."""
    return torch.linspace(0.0, 1.0, STEPS, dtype=torch.float64).unsqueeze(-1).expand(-1, 3)


def falls(graded: Tensor) -> Tensor:
    """By how much any channel of a graded ramp ``[P, 3]`` falls at each step, ``[P - 1]``; 0 where none does."""
    return (-graded.diff(dim=0)).clamp(min=0.0).amax(-1)


def bends(graded: Tensor, clipped: Tensor | None = None) -> Tensor:
    """Largest second difference of any channel of a graded ramp ``[P, 3]`` in each of P - 2 places.

    ``clipped [P, K]``: what was at its limit on the way. Corners of clipping count as 0, see ``corners``.
    """
    return torch.where(corners(graded, clipped), 0.0, graded.diff(n=2, dim=0).abs().amax(-1))


def corners(graded: Tensor, clipped: Tensor | None = None) -> Tensor:
    """Which of P - 2 places are within ``CLEAR`` steps of where anything, or a graded channel, meets its limit."""
    limited = [graded <= _BOUND, graded >= 1.0 - _BOUND, *([] if clipped is None else [clipped])]
    corner = torch.cat(limited, dim=1).int().diff(dim=0).any(-1).double()
    return torch.nn.functional.max_pool1d(corner[None, None], 2 * CLEAR, 1, CLEAR)[0, 0, 1:-1] > 0
