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

CUT_WHITE, CUT_BLACK = 253 / 255, 2 / 255
"""Values from and up to which a recording was cut off."""

DARKER = 0.3
"""Share by which cut-off black was darker than the correction makes it. See ``docs/experiments.md``."""

SCENERY_SHARE = 0.05
"""Weight of a coarse lattice of all colours: a shot of few colours must not give wild numbers elsewhere."""


def repair_grade(frames: Tensor, amounts: Tensor, look: Grade) -> Grade:
    """``undo(frames, amounts)``, then a show's ``look``: all that a CDL can, and the look's LUT after it."""
    return Grade(repair_cdl(frames, amounts, look.cdl), look.lut)


def repair_cdl(frames: Tensor, amounts: Tensor, look: CDL | None = None) -> CDL:
    """The CDL nearest to ``undo(frames, amounts)``, then ``look``; less where something was cut off.

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
    undone = undo(colours, amounts)
    meant = look.apply(torch.cat((_where_cut(seen, undone[: len(seen)]), undone[len(seen) :])))
    return _record(fit_cdl(colours, meant, weights))


def _where_cut(colours: Tensor, undone: Tensor) -> Tensor:
    """``undone [P, 3]``, but for what was cut off in ``colours``, of which the correction knows nothing: white has no
    colour there, and what is black was darker."""
    white = colours.amin(-1, keepdim=True) >= CUT_WHITE
    darker = torch.where(colours <= CUT_BLACK, (1.0 - DARKER) * undone, undone)
    return torch.where(white, darker.amax(-1, keepdim=True), darker)


def _record(numbers: CDLNumbers) -> CDL:
    return CDL(
        _triple(numbers.slope), _triple(numbers.offset), _triple(numbers.power), float(numbers.saturation)
    )


def _triple(values: Tensor) -> tuple[float, float, float]:
    red, green, blue = values.tolist()
    return (red, green, blue)
