"""What jumps at a cut, on pictures whose jumps are known."""

from __future__ import annotations

import pytest
import torch
from skimage import data

from lutnet.continuity.compared import Compared, compared_of
from lutnet.continuity.cuts import cut_between
from lutnet.grade import CDL, Grade
from lutnet.ops.difference import delta_e_rgb
from lutnet.shot import Frames

FACE = torch.from_numpy(data.astronaut()[::3, ::3].copy()).float() / 255.0
LESS_BLUE = torch.tensor([1.0, 1.0, 0.9])
BACK = Grade(CDL(slope=(1.0, 1.0, 1 / 0.9)))


def kept(picture: torch.Tensor) -> Compared:
    return compared_of(Frames(picture.movedim(-1, 0)[None]))


def test_a_jump_is_measured_and_gone_after_the_grade() -> None:
    cut = cut_between(kept(FACE), kept(FACE * LESS_BLUE), (Grade(), BACK), "a", same_scene=True)
    expected = float(delta_e_rgb(FACE, FACE * LESS_BLUE).mean())
    assert cut.before.delta_e == pytest.approx(expected, rel=0.2)
    assert cut.after.delta_e is not None and cut.after.delta_e < 0.15 * expected
    assert cut.before.warmth is not None and cut.after.warmth is not None
    assert cut.before.warmth > 0.02 and abs(cut.after.warmth) < 0.01
    assert cut.before.skin is not None and cut.after.skin is not None and cut.before.skin > cut.after.skin
    assert cut.before.white == pytest.approx(-0.007, abs=0.005)  # a tenth of the blue of white's luma


def test_levels_that_differ_are_told_with_their_sign() -> None:
    cut = cut_between(kept(FACE), kept(0.1 + 0.8 * FACE), (Grade(), Grade()), "a", same_scene=True)
    assert cut.before.black == pytest.approx(0.1, abs=0.02)
    assert cut.before.white == pytest.approx(-0.1, abs=0.02)
    assert cut.after == cut.before


def test_what_cannot_be_told_is_left_open() -> None:
    sky = torch.tensor([0.1, 0.3, 0.9]).expand(64, 96, 3)
    cut = cut_between(kept(FACE), kept(sky), (Grade(), Grade()), "a", same_scene=True)
    assert (cut.before.delta_e, cut.before.warmth, cut.before.skin) == (None, None, None)
    apart = cut_between(kept(FACE), kept(FACE), (Grade(), Grade()), "a", same_scene=False)
    assert apart.before.delta_e is None and apart.before.skin == 0.0
