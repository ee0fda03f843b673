"""Looks are what sets a balanced frame apart from its reference, and come behind each shot's own balance."""

import pytest
import torch

from lutnet.errors import InputError
from lutnet.grade import CDL, Grade
from lutnet.ops.cdl import luma
from lutnet.ops.difference import delta_e_rgb
from lutnet.ops.folds import neutral_steps, smallest_volume
from lutnet.refinement import Refined, fit_look, followed, refine
from lutnet.result import Basis, DeltaE
from lutnet.shot import Frames
from tests.refinement.scenes import frames, moved, scene
from tests.review.packages import bent_lut

LOOK = Grade(CDL((1.1, 1.0, 0.92), (0.01, 0.0, 0.02), (1.1, 1.0, 0.95), 0.8), bent_lut(17, 0.3))
BALANCE = Refined(
    Grade(CDL((0.9, 1.0, 1.1), (0.0, 0.01, -0.01), (1.0, 1.05, 0.9))),
    DeltaE(1.0, 0.0, 0.0, Basis.PREDICTED),
    0.5,
    "",
)


def looked(picture: torch.Tensor) -> torch.Tensor:
    return LOOK.apply(picture)


def off(first: torch.Tensor, second: torch.Tensor) -> float:
    return float(delta_e_rgb(first.movedim(-3, -1), second.movedim(-3, -1)).mean())


def test_a_look_is_found_between_views_of_a_scene_and_serves_another():
    first, other = scene(1), scene(2)
    found = fit_look([frames(first)], [frames(looked(moved(first)))], balance=0.0)
    assert found.delta_e.basis is Basis.ALIGNED
    assert off(found.grade.apply(first[None]), looked(first)[None]) < 0.1 * off(first, looked(first))
    assert off(found.grade.apply(other[None]), looked(other)[None]) < 0.3 * off(other, looked(other))


def test_frames_of_several_scenes_make_one_look():
    pictures = [scene(1), scene(2), scene(3)]
    graded = [frames(looked(moved(picture))) for picture in pictures]
    found = fit_look([frames(picture) for picture in pictures], graded, balance=0.0).grade
    for picture in pictures:
        assert off(found.apply(picture[None]), looked(picture)[None]) < 0.15 * off(picture, looked(picture))


def test_fitted_behind_the_balance_and_put_behind_it_again_the_frame_meets_its_reference():
    picture = 0.6 * scene(4)  # under-exposed: the diagnosis has something to do
    reference = frames(looked(moved(scene(4))))
    look = fit_look([frames(picture)], [reference]).grade
    made = followed(refine(frames(picture), ()), frames(picture), look)
    assert off(made.grade.apply(picture[None]), looked(scene(4))[None]) < 0.2 * off(picture, looked(scene(4)))


@pytest.mark.parametrize("strength", [0.0, 0.6, 1.0])
def test_the_cdl_is_the_balance_and_the_lut_the_look_behind_it(strength: float) -> None:
    shot = scene(5)
    grade = followed(BALANCE, frames(shot), LOOK, strength).grade
    assert grade.cdl == BALANCE.grade.cdl
    balanced = BALANCE.grade.apply(shot[None])
    wanted = torch.lerp(balanced, LOOK.apply(balanced), strength)
    assert off(grade.apply(shot[None]), wanted) < 0.1
    assert (grade.lut is None) == (strength == 0.0)


def test_the_balance_s_own_lut_comes_before_the_look():
    shot, bent = scene(6), bent_lut(33, -0.2)
    balance = Refined(Grade(BALANCE.grade.cdl, bent), BALANCE.delta_e, 0.5, "")
    wanted = LOOK.apply(balance.grade.apply(shot[None]))
    assert off(followed(balance, frames(shot), LOOK).grade.apply(shot[None]), wanted) < 0.15


def test_no_look_makes_a_lut_that_folds_whatever_the_strength():
    grade = followed(BALANCE, frames(scene(7)), Grade(lut=bent_lut(17, 3.0)), 3.0).grade
    assert grade.lut is not None
    table = torch.from_numpy(grade.lut.table.copy())
    assert float(smallest_volume(table).min()) >= 0.0
    assert float(neutral_steps(table).min()) >= 0.0


def test_cdl_only_and_keep_brightness_are_kept_with_a_look():
    shot = scene(8)
    alone = followed(BALANCE, frames(shot), LOOK, cdl_only=True).grade
    whole = followed(BALANCE, frames(shot), LOOK).grade
    assert alone.lut is None
    assert off(alone.apply(shot[None]), whole.apply(shot[None])) < 0.5 * off(
        shot[None], whole.apply(shot[None])
    )
    kept = followed(BALANCE, frames(shot), LOOK, keep_brightness=True).grade
    before, after = (luma(picture.movedim(-3, -1)).mean() for picture in (shot, kept.apply(shot[None])[0]))
    assert float(after) == pytest.approx(float(before), abs=0.01)


@pytest.mark.parametrize(
    ("reference", "words"),
    [(torch.full((1, 3, 64, 64), 0.4), "one flat colour"), (torch.rand(1, 3, 4, 4), "smaller than")],
)
def test_a_reference_without_a_look_is_one_clear_error(reference: torch.Tensor, words: str) -> None:
    with pytest.raises(InputError, match=f"no look can be fitted.*{words}"):
        fit_look([frames(scene(9))], [Frames(reference)])
