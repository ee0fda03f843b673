"""One LUT for several shots: each has a CDL of its own that balances it, and the LUT holds the look of all.

A split of grades into CDLs and a LUT has a free choice: what is common to all CDLs could be in the LUT as well. It is
settled by starting from CDLs that undo each shot's own faults: the LUT is then what the shots' grades do beyond that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import torch
from torch import Tensor

from lutnet.colourspace import View
from lutnet.continuity.cores import on_threads
from lutnet.grade import CDL, LUT3D, Grade
from lutnet.ops.difference import delta_e_rgb
from lutnet.ops.fit_lattice import Stiffness, fit_lattice
from lutnet.ops.folds import drawn_to_identity, is_folded, unfold
from lutnet.ops.lut3d import apply_lut3d, identity_lattice
from lutnet.ops.mend import mended
from lutnet.ops.shaped_lattice import ShapedLattice
from lutnet.refinement.sound import ramp_of, sound_cdl

ROUNDS = 3
"""CDLs behind the LUT, then the LUT for them, in turn: a fourth round changes nothing that is seen."""

POINTS = 33
GENTLE = 0.1
"""Prior of a CDL that the LUT follows, and of how far a round may move it."""

COLOURS = 1024
WORTH = 4.0
"""Of one of COLOURS, in pixels: as if 4,096 of the shot had been looked at."""

STIFFER = (1.0, 10.0, 100.0)
"""How much more bending costs where the LUT would fold, tried in turn."""

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
    if fixed is not None:
        cdls = [each.balance for each in sharers]
        for _ in range(ROUNDS):
            cdls = _led(sharers, cdls, fixed, view)
        return fixed, cdls
    for stiffer in STIFFER:
        lut, cdls = _alternated(sharers, view, stiffer)
        if not is_folded(_lattice(lut)):
            break
    return _sound(lut, cdls), cdls


def cost_of_sharing(sharer: Sharer, shared: Grade, view: View) -> Tensor:
    """DE2000 ``[P]`` between a shot's colours with its own grade and with the shared LUT, as people see them."""
    own, common = (view.show(grade.apply_colours(sharer.colours)) for grade in (sharer.grade, shared))
    return delta_e_rgb(own, common)


def _seen(lut: LUT3D, view: View, colours: Tensor) -> Tensor:
    return view.show(lut.apply(colours))


def _alternated(sharers: Sequence[Sharer], view: View, stiffer: float) -> tuple[LUT3D, list[CDL]]:
    """CDLs behind the LUT, then the LUT for them, in turn. The LUT may fold: shots' grades need not agree."""
    cdls = [each.balance for each in sharers]
    lut = _common(sharers, cdls, view, stiffer)
    for _ in range(ROUNDS):
        cdls = _led(sharers, cdls, lut, view)
        lut = _common(sharers, cdls, view, stiffer)
    return lut, cdls


def _led(sharers: Sequence[Sharer], cdls: Sequence[CDL], lut: LUT3D, view: View) -> list[CDL]:
    """CDLs, not far from ``cdls``, that ``lut`` takes nearest to the shots' own grades."""
    through = ShapedLattice.sampled(partial(_seen, lut, view))

    def one(sharer: Sharer, cdl: CDL) -> CDL:
        aim = view.show(sharer.grade.apply_colours(sharer.colours))
        found = CDL.fitted(sharer.colours, aim, prior=GENTLE, toward=cdl, through=through)
        return cdl if bool(ramp_of(found).faults().any()) else found  # it would bend the neutrals

    return list(on_threads(one, zip(sharers, cdls, strict=True)))


def _common(sharers: Sequence[Sharer], cdls: Sequence[CDL], view: View, stiffer: float) -> LUT3D:
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
    return LUT3D(_fitted(*pairs, view, stiffer).numpy())


def _fitted(source: Tensor, target: Tensor, weights: Tensor, view: View, stiffer: float) -> Tensor:
    usual = Stiffness() if view.identity else _BEHIND_VIEW
    stiffness = replace(usual, bend=usual.bend * stiffer)
    if view.identity:
        return fit_lattice(source, target, weights, size=POINTS, stiffness=stiffness)
    place: Callable[[Tensor], Tensor] = view.lattice.place  # there steps are as large as they are seen
    fitted = fit_lattice(place(source), place(target), weights, size=_FINE, stiffness=stiffness)
    return view.lattice.unplace(apply_lut3d(place(identity_lattice(POINTS)), fitted))


def _sound(lut: LUT3D, cdls: Sequence[CDL]) -> LUT3D:
    """``lut`` without folds, with neutrals that rise smoothly behind each of ``cdls`` as far as moving a few points
    makes them."""
    sound = unfold(_lattice(lut))
    ramps = [ramp for ramp in map(ramp_of, dict.fromkeys(cdls)) if not bool(ramp.faults().any())]
    for ramp in 2 * ramps:  # mending for one may have spoiled it for one before
        if not ramp.is_smooth_behind(sound):
            moved = mended(sound, ramp)
            sound = sound if is_folded(moved) else moved
    return LUT3D((drawn_to_identity(sound, is_folded) if is_folded(sound) else sound).numpy())


def _lattice(lut: LUT3D) -> Tensor:
    return torch.from_numpy(lut.table.copy()).double()
