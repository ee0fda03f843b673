"""One LUT for several shots: each has a CDL of its own that balances it, and the LUT holds the look of all.

A split of grades into CDLs and a LUT has a free choice: what is common to all CDLs could be in the LUT as well. It is
settled by starting from CDLs that undo each shot's own faults: the LUT is then what the shots' grades do beyond that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from lutnet.colourspace import View
from lutnet.continuity.cores import on_all_cores
from lutnet.grade import CDL, LUT3D, Grade
from lutnet.ops.difference import delta_e_rgb
from lutnet.ops.fit_lattice import Stiffness, fit_lattice
from lutnet.ops.lut3d import apply_lut3d, identity_lattice
from lutnet.ops.shaped_lattice import ShapedLattice
from lutnet.refinement.sound import ramp_of, sound_cdl, sound_lut

ROUNDS = 3
"""CDLs behind the LUT, then the LUT for them, in turn: a fourth round changes nothing that is seen."""

POINTS = 33
GENTLE = 0.1
"""Prior of a CDL that the LUT follows, and of how far a round may move it."""

COLOURS = 1024
WORTH = 4.0
"""Of one of COLOURS, in pixels: as if 4,096 of the shot had been looked at."""

GRID_POINTS, GRID_WEIGHT = 6, 0.3
"""Colours that no shot shows: enough for the LUT to be there what the grades are there."""

_FINE, _BEHIND_VIEW = 65, Stiffness(control=10)


@dataclass(frozen=True, eq=False, slots=True)
class Sharer:
    """A shot that is to share a LUT.

    colours: of the shot, ``[P, 3]`` in the grading space. grade: its own, with a LUT of its own.
    balance: the CDL that does no more than undo its faults.
    """

    colours: Tensor
    grade: Grade
    balance: CDL


def balancing(colours: Tensor, balanced: Tensor, view: View) -> CDL:
    """The CDL that brings ``colours`` of the grading space to what is seen as ``balanced``; both ``[P, 3]``."""
    return sound_cdl(colours, balanced, prior=GENTLE, through=None if view.identity else view.lattice)


def share_lut(sharers: Sequence[Sharer], view: View, fixed: LUT3D | None = None) -> tuple[LUT3D, list[CDL]]:
    """The LUT, and a CDL per shot before it, that together come nearest to every shot's own grade.

    fixed: a LUT that is there already and stays; only the CDLs are sought then.
    """
    aims = [view.show(each.grade.apply_colours(each.colours)) for each in sharers]
    cdls = [each.balance for each in sharers]
    lut = fixed or _common(sharers, cdls, view)
    for _ in range(ROUNDS):
        through = ShapedLattice.sampled(partial(_seen, lut, view))
        cdls = list(on_all_cores(partial(_led, through), zip(sharers, cdls, aims, strict=True)))
        if fixed is None:
            lut = _common(sharers, cdls, view)
    return (lut if fixed is not None else _sound(lut, cdls)), cdls


def cost_of_sharing(sharer: Sharer, shared: Grade, view: View) -> Tensor:
    """DE2000 ``[P]`` between a shot's colours with its own grade and with the shared LUT, as people see them."""
    own, common = (view.show(grade.apply_colours(sharer.colours)) for grade in (sharer.grade, shared))
    return delta_e_rgb(own, common)


def _seen(lut: LUT3D, view: View, colours: Tensor) -> Tensor:
    return view.show(lut.apply(colours))


def _led(through: ShapedLattice, sharer: Sharer, cdl: CDL, aim: Tensor) -> CDL:
    """The CDL, not far from ``cdl``, that what follows takes nearest to ``aim``; ``cdl`` where that bends neutrals."""
    found = CDL.fitted(sharer.colours, aim, prior=GENTLE, toward=cdl, through=through)
    return cdl if bool(ramp_of(found).faults().any()) else found


def _common(sharers: Sequence[Sharer], cdls: Sequence[CDL], view: View) -> LUT3D:
    """The LUT behind ``cdls`` that comes nearest to the grades of all shots at once."""
    grid = identity_lattice(GRID_POINTS).view(-1, 3)
    sources, wanted, weights = [], [], []
    for sharer, cdl in zip(sharers, cdls, strict=True):
        colours = torch.cat((sharer.colours, grid))
        sources.append(cdl.apply(colours))
        wanted.append(sharer.grade.apply_colours(colours))
        share = torch.full((len(colours),), GRID_WEIGHT / len(sharers))
        share[: len(sharer.colours)] = WORTH
        weights.append(share)
    pairs = torch.cat(sources), torch.cat(wanted), torch.cat(weights)
    return LUT3D(_fitted(*pairs, view).numpy())


def _fitted(source: Tensor, target: Tensor, weights: Tensor, view: View) -> Tensor:
    if view.identity:
        return fit_lattice(source, target, weights, size=POINTS)
    place: Callable[[Tensor], Tensor] = view.lattice.place  # there steps are as large as they are seen
    fitted = fit_lattice(place(source), place(target), weights, size=_FINE, stiffness=_BEHIND_VIEW)
    return view.lattice.unplace(apply_lut3d(place(identity_lattice(POINTS)), fitted))


def _sound(lut: LUT3D, cdls: Sequence[CDL]) -> LUT3D:
    """The LUT nearest to ``lut`` without folds, and without a fault of the neutrals behind any of ``cdls``."""
    sound = sound_lut(torch.from_numpy(lut.table.copy()), CDL())
    for cdl in 2 * list(dict.fromkeys(cdls)):  # mending for one may have spoiled it for one before
        lattice = torch.from_numpy(sound.table.copy())
        if not ramp_of(cdl).is_smooth_behind(lattice.double()):
            sound = sound_lut(lattice, cdl)
    return sound
