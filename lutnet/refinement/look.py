"""Looks: fitted once between balanced frames and a reference, then put behind the balance of any shot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from lutnet.diagnosis import diagnose
from lutnet.errors import InputError
from lutnet.grade import Grade
from lutnet.ops.lut3d import identity_lattice
from lutnet.refinement.brightness import Transform, keeping_gamma
from lutnet.refinement.correspond import correspond, joined
from lutnet.refinement.fit import Refined, Telling, Wish, by_look, by_pixels, palette_of, split_of
from lutnet.refinement.sound import sound_cdl, sound_lut
from lutnet.refinement.split import PRIOR
from lutnet.shot import Frames

POINTS = 33
_NOTHING = 0.5 / 255
"""Largest change of a LUT that is not worth a file."""


def fit_look(
    shots: Sequence[Frames], references: Sequence[Frames], *, balance: float = 1.0, cdl_only: bool = False
) -> Refined:
    """The look that brings ``shots``, each balanced first, to the references.

    Shots whose scene a reference shows decide; without any, the looks that each of them suggests are averaged.
    balance: how much of a shot's diagnosed faults is undone before, as it will be where the look is used.
    Raises InputError where the references carry no look that can be told.
    """
    telling = Telling.of(references)
    balanced = [_balanced(shot, balance) for shot in shots]
    wish = Wish(torch.cat([palette_of(shot) for shot in balanced]), 1.0, cdl_only, keep_brightness=False)
    parts = [correspond(shot, telling.scenes) for shot in balanced] if telling.scenes else []
    same = [part for part in parts if part is not None]
    refined = by_pixels(joined(same), wish) if same else None
    if refined is None and telling.looks:
        refined = _mean([by_look(shot, telling.looks, Grade(), wish) for shot in balanced], wish)
    if refined is None:
        raise InputError(
            f"no look can be fitted: {telling.refusal}",
            fix="Give a reference of the same scene, or several frames that have the look.",
        )
    return refined


def followed(
    balance: Refined,
    frames: Frames,
    look: Grade,
    strength: float = 1.0,
    *,
    cdl_only: bool = False,
    keep_brightness: bool = False,
) -> Refined:
    """``balance`` with ``look`` behind it at ``strength``: the CDL stays that of the balance, the LUT holds the rest.

    cdl_only: the best CDL for both alone. keep_brightness: the mean luma of ``frames`` stays.
    """
    palette = palette_of(frames)

    def looked(colours: Tensor) -> Tensor:
        return torch.lerp(colours, look.apply_colours(colours), strength).clamp(0.0, 1.0)

    def whole(colours: Tensor) -> Tensor:
        return looked(balance.grade.apply_colours(colours))

    gamma = keeping_gamma(whole, palette) if keep_brightness else 1.0
    if cdl_only:
        grade = Grade(sound_cdl(palette, whole(palette) ** gamma, prior=PRIOR))
    else:
        grade = _behind(balance.grade, lambda colours: looked(colours) ** gamma)
    return replace(balance, grade=grade, delta_e=split_of(grade, palette), shared=None)


def _behind(balance: Grade, rest: Transform) -> Grade:
    """``balance`` and then ``rest``, which goes into the LUT."""
    identity = identity_lattice(POINTS)
    lattice = rest(identity if balance.lut is None else balance.lut.apply(identity))
    if float((lattice - identity).abs().max()) < _NOTHING:
        return Grade(balance.cdl)
    return Grade(balance.cdl, sound_lut(lattice, balance.cdl))


def _balanced(frames: Frames, strength: float) -> Frames:
    if strength == 0.0:
        return frames
    found = diagnose(frames).grade
    grade = Wish(palette_of(frames), strength, cdl_only=False, keep_brightness=False).granted(
        found.apply_colours, found.cdl
    )
    return replace(frames, pixels=grade.apply(frames.pixels.float().clamp(0.0, 1.0)))


def _mean(found: Sequence[Refined | None], wish: Wish) -> Refined | None:
    """The mean of several guesses as one grade; None where there is none."""
    guesses = [each for each in found if each is not None]
    if len(guesses) < 2:
        return guesses[0] if guesses else None

    def transform(colours: Tensor) -> Tensor:
        return torch.stack([each.grade.apply_colours(colours) for each in guesses]).mean(0)

    grade = wish.granted(transform)
    return replace(guesses[0], grade=grade, delta_e=split_of(grade, wish.palette))
