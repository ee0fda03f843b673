"""A transform that keeps a shot's brightness: only the colours and the contrast of a look, not its exposure."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from lutnet.ops.cdl import luma

Transform = Callable[[Tensor], Tensor]
"""Colours ``[..., 3]`` to colours, encoded, 0..1."""

HALVINGS = 30
_STEEPEST = 6.0


def keeping_gamma(transform: Transform, palette: Tensor) -> float:
    """The gamma behind ``transform`` that brings the mean luma of ``palette [P, 3]`` back to what it was.

    A gamma and no gain, so that black and white stay where the look put them; it lies in 1/6..6.
    """
    graded, wanted = transform(palette).clamp(0.0, 1.0), float(luma(palette).mean())
    low, high = 1.0 / _STEEPEST, _STEEPEST
    for _ in range(HALVINGS):
        middle = (low * high) ** 0.5
        low, high = (middle, high) if float(luma(graded**middle).mean()) > wanted else (low, middle)
    return float((low * high) ** 0.5)
