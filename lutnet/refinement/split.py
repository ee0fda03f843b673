"""The split of a transform: the CDL carries all that a CDL can, the LUT only what is left."""

from __future__ import annotations

import torch
from torch import Tensor

from lutnet.grade import CDL, LUT3D, Grade
from lutnet.ops.difference import delta_e_rgb
from lutnet.ops.fit_lattice import Stiffness, fit_lattice
from lutnet.ops.folds import smallest_volume
from lutnet.ops.lut3d import identity_lattice
from lutnet.ops.skin import hue_held, hue_turn, skin_tones
from lutnet.ops.thin import thinned
from lutnet.refinement.brightness import Transform
from lutnet.refinement.correspond import Correspondence
from lutnet.refinement.sound import is_sound, sound_cdl, sound_lut

SUFFICIENT = 0.5
"""DE within which the CDL alone has to bring 95 % of the colours, or a LUT is written."""

NO_GAIN, FULL_GAIN = 0.95, 0.80
"""What share of the CDL's error a LUT has to leave on pairs it was not fitted to, to be disbelieved or believed
in full: on moved, noisy pairs a LUT also fits their errors, which elsewhere in the picture are others."""

STRIPES = 8
"""Parts of the picture, of which every other one is kept from the LUT that is put to the test."""

EXACT = Stiffness(control=12, bend=1e-5, rest=3e-5)
"""Of a LUT between the very same pixels, which err by no more than their rounding."""

PRIOR = 1e-3
"""Prior of a CDL that stands alone: it only decides what the colours leave open."""

GENTLE = 0.1
"""Prior of a CDL that a LUT follows: it stays clear of crushing what the LUT would have to bring back."""

MEASURED = 8192
"""Pairs by which a difference is told: more of them change it by less than can be seen."""

HUE_TURN = 1.0
"""Median turn of the hue of skin, degrees, that is left where its hue is to be held."""

HOLDS = (1.0, 0.8, 0.6, 0.45, 0.3)
TORN = 0.05
"""How far the hue of skin is held, tried in turn, and the share of folded cells that can still be eased out."""

_GRID_POINTS = 11
_GRID_WEIGHT = 0.05  # colours the shot does not show: enough for the LUT to be the transform there too


def split_pairs(pairs: Correspondence, *, cdl_only: bool = False) -> tuple[Grade, float]:
    """The grade that takes the pairs' source to their target, and the median difference left by CDL and LUT.

    cdl_only: the grade is the best CDL alone.
    """
    source, target = (thinned(values, MEASURED) for values in (pairs.source, pairs.target))
    cdl = sound_cdl(pairs.source, pairs.target, pairs.weights, prior=PRIOR)
    if _suffices(cdl.apply(source), target):
        return Grade(cdl), _median(cdl.apply(source), target)
    gentle = sound_cdl(pairs.source, pairs.target, pairs.weights, prior=GENTLE, start=cdl)
    graded = gentle.apply(pairs.source)
    off = delta_e_rgb(graded, pairs.target)
    weights = pairs.weights / (1.0 + (off / (3.0 * off.median() + 1.0)) ** 2)
    belief = 1.0 if pairs.exact else _belief(graded, pairs.target, weights)
    if belief == 0.0:
        return Grade(cdl), _median(cdl.apply(source), target)
    lattice = fit_lattice(graded, pairs.target, weights, stiffness=EXACT if pairs.exact else None)
    lut = sound_lut(torch.lerp(identity_lattice(lattice.shape[0]), lattice, belief), gentle)
    behind = gentle.apply(source)
    grade = Grade(cdl) if _suffices(behind, lut.apply(behind)) else Grade(gentle, lut)
    return Grade(cdl) if cdl_only else grade, _median(grade.apply_colours(source), target)


def split_transform(
    transform: Transform,
    palette: Tensor,
    strength: float = 1.0,
    full: CDL | None = None,
    *,
    start: CDL | None = None,
    cdl_only: bool = False,
    hold_skin: bool = False,
) -> Grade:
    """``x + strength * (transform(x) - x)`` as CDL and LUT.

    ``palette [P, 3]`` holds the shot's colours. ``full`` is the CDL of the whole transform where it is known
    (and used where it keeps neutrals sound); the CDL written is that at ``strength``. start: a CDL near to it, from
    which it is sought. cdl_only: the best CDL alone.
    hold_skin: the LUT keeps the hue that skin had, where the CDL turns it.
    """
    if strength == 0.0:
        return Grade()
    full = full if full is not None and is_sound(full) else None
    colours = torch.cat((palette, identity_lattice(_GRID_POINTS).view(-1, 3)))
    changed = transform(colours)
    aim = torch.lerp(colours, changed, strength).clamp(0.0, 1.0)
    alone = full or sound_cdl(palette, changed[: len(palette)], prior=PRIOR, start=start)
    cdl = alone.scaled(strength)
    turned = (
        hold_skin and float(hue_turn(skin_tones(), transform(skin_tones().float())).abs().median()) > HUE_TURN
    )
    if cdl_only or (not turned and _suffices(cdl.apply(palette), aim[: len(palette)])):
        return Grade(cdl)
    gentle = full or sound_cdl(palette, changed[: len(palette)], prior=GENTLE, start=alone)
    cdl = gentle.scaled(strength)
    graded = cdl.apply(colours)
    weights = torch.full((len(colours),), _GRID_WEIGHT)
    weights[: len(palette)] = 1.0
    lattice = fit_lattice(graded, aim, weights)
    if turned:
        lattice = _held(lattice, cdl)
    return Grade(cdl, sound_lut(lattice, cdl))


def _belief(graded: Tensor, target: Tensor, weights: Tensor) -> float:
    """How far a LUT behind the CDL is to be believed, 0..1: by what it leaves in parts it has not seen."""
    stripe = torch.arange(len(graded)) * STRIPES // len(graded)
    seen = stripe % 2 == 0
    if not bool((weights[seen] > 0).any()):
        return 0.0
    lattice = fit_lattice(graded[seen], target[seen], weights[seen])
    unseen, aim, weight = (thinned(values[~seen], MEASURED) for values in (graded, target, weights))
    off = (delta_e_rgb(unseen, aim) * weight).sum()
    left = (delta_e_rgb(LUT3D(lattice.numpy()).apply(unseen), aim) * weight).sum()
    share = float(left / off.clamp(min=1e-6))
    return min(1.0, max(0.0, (NO_GAIN - share) / (NO_GAIN - FULL_GAIN)))


def _held(lattice: Tensor, cdl: CDL) -> Tensor:
    """``lattice`` behind ``cdl`` with the hue of skin held, as far as it does not tear the LUT."""
    shown = cdl.undo(identity_lattice(lattice.shape[0])).clamp(0.0, 1.0)
    held = hue_held(shown, lattice, HUE_TURN)
    for share in HOLDS:
        mixed = torch.lerp(lattice, held, share)
        if float((smallest_volume(mixed) < 0).double().mean()) <= TORN:
            return mixed
    return lattice


def _suffices(graded: Tensor, aim: Tensor) -> bool:
    return bool(delta_e_rgb(graded, aim).quantile(0.95) <= SUFFICIENT)


def _median(graded: Tensor, aim: Tensor) -> float:
    return float(delta_e_rgb(graded, aim).median())
