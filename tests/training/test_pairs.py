"""The pair protocols do what their definition says, and scores are those of a calculation by hand."""

import math

import pytest
import torch

from lutnet.grade import CDL
from lutnet.training.grades import GradeKind, KnownGrade
from lutnet.training.pairs import (
    aligned_pair,
    difference,
    other_scene_pair,
    score,
    second_camera,
    spoiled_pair,
    stored,
    two_camera_pair,
    two_moment_pair,
)
from tests.refinement.scenes import scene

GRADE = KnownGrade(GradeKind.CDL, "CDL", CDL(slope=(1.1, 1.0, 0.9), saturation=0.8))
PHOTO = stored(scene(1, 160, 160))


def is_8_bit(picture):
    return torch.allclose(picture * 255, (picture * 255).round(), atol=1e-3)


def test_r1_refers_to_its_own_truth():
    pair = aligned_pair(PHOTO, GRADE)
    assert torch.equal(pair.reference, pair.truth)
    assert is_8_bit(pair.truth)
    assert difference(pair.truth, GRADE.apply(PHOTO)) < 0.5


def test_r2_shows_the_left_part_and_refers_to_the_right_one():
    pair = two_camera_pair(PHOTO, GRADE, torch.Generator().manual_seed(3))
    assert pair.source.shape == pair.reference.shape == (3, 160, 110)
    assert torch.equal(pair.source, PHOTO[..., :110])
    assert torch.equal(pair.truth, stored(GRADE.apply(PHOTO[..., :110])))
    assert is_8_bit(pair.reference)


def test_the_second_camera_sees_the_same_scene_a_little_differently():
    draw = torch.Generator().manual_seed(3)
    views = [second_camera(PHOTO, draw) for _ in range(4)]
    for view in views:
        assert view.shape == PHOTO.shape
        assert 0.02 < (view - PHOTO).abs().mean() < 0.2
        assert (view.mean((1, 2)) - PHOTO.mean((1, 2))).abs().max() < 0.05
    assert (views[0] - views[1]).abs().max() > 0.1


def test_the_same_seed_makes_the_same_pair():
    first, second = (two_camera_pair(PHOTO, GRADE, torch.Generator().manual_seed(9)) for _ in range(2))
    assert torch.equal(first.reference, second.reference)


def test_r3_grades_other_scenes_and_r3d_spoils_the_shot():
    other = stored(scene(2, 160, 160))
    pair = other_scene_pair(PHOTO, torch.stack((other, PHOTO)), GRADE)
    assert pair.reference.shape == (2, 3, 160, 160)
    assert torch.equal(pair.reference[0], two_moment_pair(PHOTO, other, GRADE).reference)
    spoiled = spoiled_pair(PHOTO, other, GRADE, torch.full((7,), 0.3))
    assert torch.equal(spoiled.truth, pair.truth)
    assert difference(spoiled.source, PHOTO) > 2
    assert is_8_bit(spoiled.source)


def test_scores_are_those_of_a_calculation_by_hand():
    result = score([1.0, 2.0, 3.0, 4.0], [2.0, 2.0, 2.0, 2.0])
    assert (result.mean, result.median, result.worse) == (2.5, 2.5, 0.5)
    assert result.p95 == pytest.approx(3.85)
    assert math.isnan(score([], []).mean)
