"""``refine`` and ``match``: known grades are recovered, harm is refused, and what was done is said."""

import math

import pytest
import torch

from lutnet.errors import InputError
from lutnet.grade import CDL, Diagnosis, Grade
from lutnet.ops.cdl import luma
from lutnet.ops.detune import detune
from lutnet.ops.difference import delta_e_rgb
from lutnet.ops.folds import neutral_steps, smallest_volume
from lutnet.refinement import match, refine
from lutnet.refinement.sound import is_sound
from lutnet.result import Basis
from lutnet.shot import Frames
from tests.refinement.scenes import frames, moved, scene

AMOUNTS = torch.tensor([0.4, 0.5, -0.3, 0.3, 0.2, -0.2, 0.3])
FOUND = Diagnosis({}, None, Grade(CDL(slope=(1.1, 1.0, 0.9))))


def graded(picture: torch.Tensor) -> torch.Tensor:
    return detune(picture.movedim(0, -1), AMOUNTS).movedim(-1, 0)


def crosstalk(picture: torch.Tensor) -> torch.Tensor:
    mixing = torch.tensor([[0.8, 0.1, 0.0], [0.2, 0.8, 0.2], [0.0, 0.1, 0.8]])
    return graded((picture.movedim(0, -1) @ mixing).movedim(-1, 0))


def difference(first: torch.Tensor, second: torch.Tensor) -> float:
    return float(delta_e_rgb(first.movedim(0, -1), second.movedim(0, -1)).mean())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_grade_of_a_moved_view_is_recovered_on_the_whole_shot(seed):
    picture = scene(seed)
    refined = match(picture[None], graded(moved(picture))[None])
    assert refined.delta_e.basis is Basis.ALIGNED
    truth = graded(picture)
    assert difference(refined.grade.apply(picture[None])[0], truth) < 0.1 * difference(picture, truth)


def test_the_stages_of_an_aligned_difference_fall_and_count_their_pixels():
    picture = scene(4)
    told = match(picture[None], graded(moved(picture))[None]).delta_e
    assert told.before > told.cdl >= told.cdl_lut - 0.05
    assert told.pixels is not None
    assert told.pixels > 5000


def test_a_reference_equal_to_the_shot_changes_nothing():
    picture = scene(5)
    grade = match(picture[None], picture[None]).grade
    assert difference(grade.apply(picture[None])[0], picture) < 0.05
    assert grade.lut is None


@pytest.mark.parametrize("reference", ["same", "other", "none"])
def test_strength_zero_is_the_identity_without_a_lut(reference):
    picture = scene(6)
    references = {"same": [frames(graded(picture))], "other": [frames(graded(scene(60)))], "none": []}
    assert refine(frames(picture), references[reference], FOUND, strength=0.0).grade == Grade()


@pytest.mark.parametrize("reference", ["same", "other"])
def test_half_strength_is_half_way(reference):
    picture = scene(7)
    look = graded(picture if reference == "same" else scene(70))[None]
    full, half = (match(picture[None], look, strength) for strength in (1.0, 0.5))
    expected = torch.lerp(picture, full.grade.apply(picture[None])[0], 0.5)
    assert difference(half.grade.apply(picture[None])[0], expected) < 0.35


@pytest.mark.parametrize("reference", ["same", "other"])
def test_a_cdl_alone_is_fitted_for_standing_alone(reference):
    picture = scene(8)
    look = crosstalk(picture if reference == "same" else scene(80))
    both, alone = (
        refine(frames(picture), [frames(look)], FOUND, cdl_only=cdl_only).grade for cdl_only in (False, True)
    )
    assert alone.lut is None
    if reference == "same":
        assert both.lut is not None
        truth = crosstalk(picture)
        assert difference(alone.apply(picture[None])[0], truth) <= 0.01 + difference(
            Grade(both.cdl).apply(picture[None])[0], truth
        )


@pytest.mark.parametrize("reference", ["same", "other", "none"])
@pytest.mark.parametrize("strength", [0.5, 1.0])
def test_brightness_is_kept_where_that_is_wished_for(reference, strength):
    picture = scene(16)
    references = {"same": [frames(graded(picture))], "other": [frames(graded(scene(61)))], "none": []}
    refined = refine(frames(picture), references[reference], FOUND, strength=strength, keep_brightness=True)
    before, after = (
        luma(values.movedim(1, -1)).mean() for values in (picture[None], refined.grade.apply(picture[None]))
    )
    assert abs(float(after - before)) < 0.004
    assert difference(refined.grade.apply(picture[None])[0], picture) > 0.3


def test_without_a_reference_the_diagnosed_faults_are_undone():
    refined = refine(frames(scene(8)), [], FOUND)
    assert refined.grade == FOUND.grade
    assert refined.delta_e.basis is Basis.PREDICTED


def test_a_diagnosis_is_taken_as_it_is_but_for_neutrals_that_it_would_bend():
    shot = frames(scene(5))
    mild, wild = CDL(slope=(1.1, 1.0, 0.9)), CDL(power=(0.3, 0.3, 0.3))
    assert refine(shot, (), Diagnosis({}, None, Grade(mild))).grade == Grade(mild)
    assert not is_sound(wild)
    assert is_sound(refine(shot, (), Diagnosis({}, None, Grade(wild))).grade.cdl)


def test_a_strangers_look_is_labelled_as_predicted_and_said():
    refined = refine(frames(scene(9)), [frames(graded(scene(90)))], FOUND)
    assert refined.delta_e.basis is Basis.PREDICTED
    assert refined.delta_e.pixels is None
    assert "another scene" in refined.said or "diagnosed" in refined.said
    assert 0 <= refined.confidence <= 1


@pytest.mark.parametrize("value", [0.0, 0.3, 1.0])
def test_a_flat_reference_is_refused_and_the_diagnosis_stands(value):
    refined = refine(frames(scene(10)), [Frames(torch.full((1, 3, 40, 40), value))], FOUND)
    assert refined.grade == FOUND.grade
    assert any("flat" in warning for warning in refined.warnings)


def test_a_tiny_reference_is_refused_and_said():
    refined = refine(frames(scene(10)), [Frames(torch.rand(1, 3, 6, 40))], FOUND)
    assert refined.grade == FOUND.grade
    assert any("smaller than 16 pixels" in warning for warning in refined.warnings)


def test_a_monochrome_reference_of_another_scene_does_not_drain_the_shot():
    grey = scene(91).mean(0, keepdim=True).expand(3, -1, -1).contiguous()
    refined = refine(frames(scene(10)), [frames(grey)], FOUND)
    assert refined.grade == FOUND.grade
    assert any("monochrome" in warning for warning in refined.warnings)


def test_a_monochrome_reference_of_the_same_scene_is_followed():
    picture = scene(10)
    grey = (picture * torch.tensor([0.2126, 0.7152, 0.0722])[:, None, None]).sum(0, keepdim=True)
    refined = refine(frames(picture), [frames(grey.expand(3, -1, -1).contiguous())], FOUND)
    assert refined.delta_e.basis is Basis.ALIGNED
    assert refined.grade.cdl.saturation < 0.1


@pytest.mark.parametrize(
    "shot",
    [
        torch.zeros(1, 3, 32, 32),
        torch.ones(1, 3, 32, 32),
        torch.rand(1, 3, 1, 1),
        torch.rand(3, 3, 8, 200),
        scene(11).mean(0, keepdim=True).expand(1, 3, -1, -1).contiguous(),
    ],
    ids=["black", "white", "one pixel", "strip", "monochrome"],
)
@pytest.mark.parametrize("swapped", [False, True])
def test_any_frames_give_a_finite_sound_grade(shot, swapped):
    pair = (shot, graded(scene(12))[None])
    source, reference = pair[::-1] if swapped else pair
    grade = match(source, reference).grade
    assert grade.apply(source).isfinite().all()
    if grade.lut is not None:
        table = torch.from_numpy(grade.lut.table.copy())
        assert (smallest_volume(table) >= 0).all()
        assert (neutral_steps(table) >= 0).all()


@pytest.mark.parametrize("strength", [-0.1, math.nan, math.inf])
def test_a_strength_out_of_range_is_refused(strength):
    with pytest.raises(InputError, match="strength"):
        refine(frames(scene(13)), [], FOUND, strength=strength)


def test_the_result_repeats_itself_exactly():
    picture, look = scene(14)[None], graded(moved(scene(14)))[None]
    first, second = match(picture, look), match(picture.clone(), look.clone())
    assert first.grade.cdl == second.grade.cdl
    assert (first.grade.lut is None) == (second.grade.lut is None)
