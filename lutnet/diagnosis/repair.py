"""From the amounts that spoiled a shot to the grade that undoes them on the shot's own colours."""

from __future__ import annotations

import torch
from torch import Tensor

from lutnet.grade import CDL, Grade
from lutnet.ops.detune import undo
from lutnet.ops.fit_cdl import CDLNumbers, fit_cdl
from lutnet.ops.lut3d import identity_lattice

PIXELS = 1024
"""Colours of the shot that the fit sees."""

CUT_WHITE = 253 / 255
"""All channels from here on: what was brighter is not known, and was hardly coloured. See ``docs/experiments.md``."""

SCENERY_SHARE = 0.05
"""Weight of a coarse lattice of all colours: a shot of few colours must not give wild numbers elsewhere."""


def repair_grade(frames: Tensor, amounts: Tensor, look: Grade) -> Grade:
    """``undo(frames, amounts)``, then a show's ``look``: all that a CDL can, and the look's LUT after it."""
    return Grade(repair_cdl(frames, amounts, look.cdl), look.lut)


def repair_cdl(frames: Tensor, amounts: Tensor, look: CDL | None = None) -> CDL:
    """The CDL nearest to ``undo(frames, amounts)``, then ``look``; nearer to neutral where white was cut off.

    frames: ``[N, 3, H, W]`` in 0..1. amounts: ``[7]``.
    """
    look = look or CDL()
    if not bool(amounts.any()):
        return look
    seen = frames.movedim(1, -1).reshape(-1, 3)
    seen = seen[torch.linspace(0, len(seen) - 1, min(PIXELS, len(seen))).long()]
    lattice = identity_lattice(4).reshape(-1, 3)
    colours = torch.cat((seen, lattice))
    weights = torch.cat(
        (
            torch.full((len(seen),), (1.0 - SCENERY_SHARE) / len(seen)),
            torch.full((len(lattice),), SCENERY_SHARE / len(lattice)),
        )
    )
    meant = look.apply(_neutral_where_cut(colours, undo(colours, amounts)))
    return _record(fit_cdl(colours, meant, weights))


def _neutral_where_cut(colours: Tensor, undone: Tensor) -> Tensor:
    """``undone [P, 3]`` without colour where ``colours`` are cut-off white: it has that of the correction alone."""
    cut = colours.amin(-1, keepdim=True) >= CUT_WHITE
    return torch.where(cut, undone.amax(-1, keepdim=True), undone)


def _record(numbers: CDLNumbers) -> CDL:
    return CDL(
        _triple(numbers.slope), _triple(numbers.offset), _triple(numbers.power), float(numbers.saturation)
    )


def _triple(values: Tensor) -> tuple[float, float, float]:
    red, green, blue = values.tolist()
    return (red, green, blue)
