"""A grade that was found on the picture people see, brought back into the space that it will be applied in."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from lutnet.colourspace import View
from lutnet.grade import CDL, Grade
from lutnet.ops.difference import delta_e_rgb
from lutnet.ops.fit_lattice import Stiffness, fit_lattice
from lutnet.ops.lut3d import apply_lut3d, identity_lattice
from lutnet.ops.pull_back import loudness, pull_back
from lutnet.ops.thin import thinned
from lutnet.refinement.fit import PALETTE, Refined
from lutnet.refinement.sound import sound_cdl, sound_lut
from lutnet.refinement.split import GENTLE, PRIOR, SUFFICIENT
from lutnet.result import Basis, DeltaE
from lutnet.shot import Frames

POINTS = 33
GRID_POINTS, GRID_WEIGHT = 11, 0.02
"""Colours that the shot does not show: enough for the LUT to be the transform there too."""

QUIET = 0.2
"""Share of the loudness of the shot's own colours below which a colour says little about the LUT: the view cuts it
off, before the grade or after it. There the LUT leaves alone what the CDL did, so that no highlight is lost."""

STIFFNESS = Stiffness(control=10)
_FINE = 65
_WIDEST = (-0.5, 1.5)  # what a CDL may be undone to: beyond lies nothing that a camera records


def behind_view(
    refined: Refined,
    frames: Frames,
    view: View,
    strength: float = 1.0,
    *,
    cdl_only: bool = False,
    balance: Grade | None = None,
) -> Refined:
    """``refined`` as a grade of the space of ``view``: seen through it, it looks the same.

    ``frames`` are in that space; ``refined`` was made of what ``view`` shows of them, at ``strength``.
    The CDL carries all that a CDL can there, the LUT the rest; cdl_only: the best CDL alone.
    balance: the part of the grade that the CDL is to hold, where a look comes behind it; None is all of it.
    Its differences are those of OpenColorIO's own view.
    """
    if view.identity or refined.grade.is_identity:
        return refined
    palette = _palette(frames)
    if balance is None or refined.grade.lut is None:
        grade = _grade(refined.grade, palette, view, cdl_only=cdl_only)
    else:
        aim = balance.cdl.apply(view.show(palette))
        cdl = sound_cdl(palette, aim, prior=GENTLE, through=view.lattice)
        grade = Grade(cdl, sound_lut(_residual(refined.grade, cdl, palette, view), cdl))
    return replace(refined, grade=grade, delta_e=_difference(refined, grade, palette, view, strength))


def _grade(seen: Grade, palette: Tensor, view: View, *, cdl_only: bool) -> Grade:
    aim = seen.apply_colours(view.show(palette))
    cdl = sound_cdl(palette, aim, prior=PRIOR, through=view.lattice)
    if cdl_only or delta_e_rgb(view.show(cdl.apply(palette)), aim).quantile(0.95) <= SUFFICIENT:
        return Grade(cdl)
    gentle = sound_cdl(palette, aim, prior=GENTLE, start=cdl, through=view.lattice)
    return Grade(gentle, sound_lut(_residual(seen, gentle, palette, view), gentle))


def _residual(seen: Grade, cdl: CDL, palette: Tensor, view: View) -> Tensor:
    """The lattice that, after ``cdl``, is seen as ``seen`` is on what the view shows without a grade.

    It is fitted behind the view's shaper: there steps are as large as they are seen, and no point is wasted.
    """
    lattice = view.lattice
    grid = lattice.unplace(identity_lattice(GRID_POINTS).view(-1, 3))
    ungraded = torch.cat((palette, cdl.undo(grid).clamp(*_WIDEST)))
    graded = torch.cat((cdl.apply(palette), grid))
    wanted = pull_back(lattice, graded, seen.apply_colours(view.show(ungraded)))
    heard = torch.minimum(loudness(lattice, ungraded.clamp(0.0, 1.0)), loudness(lattice, wanted))
    weights = (heard / (QUIET * heard[: len(palette)].median())).clamp(1e-6, 1.0)
    weights[len(palette) :] *= GRID_WEIGHT
    fitted = fit_lattice(
        lattice.place(graded), lattice.place(wanted), weights, size=_FINE, stiffness=STIFFNESS
    )
    return lattice.unplace(apply_lut3d(lattice.place(identity_lattice(POINTS)), fitted))


def _difference(refined: Refined, grade: Grade, palette: Tensor, view: View, strength: float) -> DeltaE:
    basis, pixels, colours, seen = Basis.PREDICTED, None, palette, view.show(palette)
    aim = refined.grade.apply_colours(seen)
    if refined.shared is not None:
        shared = refined.shared
        basis, pixels, seen = Basis.ALIGNED, len(shared), thinned(shared.source, PALETTE)
        aim = torch.lerp(seen, thinned(shared.target, PALETTE), strength)
        colours = _recorded(seen, palette, view)

    def off(shown: Tensor) -> float:
        return float(delta_e_rgb(shown, aim).mean())

    cdl = off(view.show(grade.cdl.apply(colours)))
    return DeltaE(off(seen), cdl, off(view.show(grade.apply_colours(colours))), basis, pixels)


def _recorded(seen: Tensor, palette: Tensor, view: View) -> Tensor:
    """What was recorded of colours that are ``seen``, as corresponding pixels were averaged after the view."""
    nearest = torch.cdist(seen, view.show(palette)).argmin(1)
    return pull_back(view.lattice, palette[nearest].clamp(0.0, 1.0), seen)


def _palette(frames: Frames) -> Tensor:
    colours = frames.pixels.movedim(1, -1).reshape(-1, 3).float()
    return thinned(colours, PALETTE)
