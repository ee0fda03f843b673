"""What jumps at a cut, in a colourist's figures: between the last kept picture of a shot and the first of the next."""

from __future__ import annotations

import torch
from torch import Tensor

from lutnet.continuity.compared import Compared
from lutnet.continuity.links import link_between
from lutnet.continuity.solve import Link
from lutnet.grade import Grade
from lutnet.ops.cdl import luma
from lutnet.ops.difference import delta_e_2000, delta_e_rgb
from lutnet.ops.encoding import rgb_to_lab
from lutnet.ops.skin import skin_lab
from lutnet.ops.thin import thinned
from lutnet.result import Cut, Jump

NEUTRAL = 8.0
"""Largest chroma (C*ab) of places that count as neutral: of the mean of both sides, as a cast is what is looked for."""

LEAST_SHARE = 0.01
"""Of what is seen that has to be neutral, or skin, for it to be compared."""

LOOKED_AT = 2048
"""Pixels of each side, evenly over it, that levels and skin are told by."""

BLACK, WHITE = 0.01, 0.99
"""Shares of the pixels below what counts as a picture's black and white level."""


def cut_between(
    before: Compared, after: Compared, grades: tuple[Grade, Grade], previous: str, *, same_scene: bool
) -> Cut:
    """The cut from one shot to the next, without and with their grades, for pictures that people see as they are.

    previous: id of the shot before the cut. same_scene: only then are places looked for that both show.
    """
    link = link_between(before, after) if same_scene else None
    sides = (thinned(before.kept[-1].colours(), LOOKED_AT), thinned(after.kept[0].colours(), LOOKED_AT))
    return Cut(previous, _jump(sides, link, (Grade(), Grade())), _jump(sides, link, grades))


def _jump(sides: tuple[Tensor, Tensor], link: Link | None, grades: tuple[Grade, Grade]) -> Jump:
    one, two = (grade.apply_colours(side) for grade, side in zip(grades, sides, strict=True))
    labs = rgb_to_lab(one), rgb_to_lab(two)
    levels = [
        torch.quantile(luma(side).flatten(), torch.tensor([BLACK, WHITE])).tolist() for side in (one, two)
    ]
    return Jump(
        black=levels[1][0] - levels[0][0],
        white=levels[1][1] - levels[0][1],
        delta_e=None if link is None else _apart(link, grades),
        warmth=None if link is None else _warmth(link, grades),
        skin=_skin(labs),
    )


def _places(link: Link, grades: tuple[Grade, Grade]) -> tuple[Tensor, Tensor]:
    """Colours ``[P, 3]`` of the places of ``link``, graded, on both sides."""
    one, two = grades
    return one.apply_colours(link.ours.float()), two.apply_colours(link.theirs.float())


def _apart(link: Link, grades: tuple[Grade, Grade]) -> float:
    return float((delta_e_rgb(*_places(link, grades)) * link.weights).sum() / link.weights.sum())


def _warmth(link: Link, grades: tuple[Grade, Grade]) -> float | None:
    """By how much R-B of neutral places rises at the cut."""
    one, two = _places(link, grades)
    neutral = (rgb_to_lab((one + two) / 2)[:, 1:].norm(dim=-1) < NEUTRAL) * link.weights
    if float(neutral.sum() / link.weights.sum()) < LEAST_SHARE:
        return None
    rise = (two[:, 0] - two[:, 2]) - (one[:, 0] - one[:, 2])
    return float((rise * neutral).sum() / neutral.sum())


def _skin(labs: tuple[Tensor, Tensor]) -> float | None:
    """DE between the mean colours of what may be skin."""
    means = []
    for lab in labs:
        skin = skin_lab(lab)
        if float(skin.float().mean()) < LEAST_SHARE:
            return None
        means.append(lab[skin].mean(0))
    return float(delta_e_2000(means[0], means[1]))
