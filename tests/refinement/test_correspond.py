"""Corresponding pixels are found where the scene is the same, whatever its grade, and nowhere else."""

import cv2
import numpy as np
import pytest
import torch

from lutnet.frames.motion import equalised
from lutnet.ops.detune import detune
from lutnet.ops.difference import delta_e_rgb
from lutnet.refinement.align import homography, is_still, overlay
from lutnet.refinement.correspond import correspond
from lutnet.refinement.features import local_features, matched
from lutnet.shot import Frames
from tests.refinement.scenes import frames, moved, scene

AMOUNTS = torch.tensor([0.4, 0.5, -0.3, 0.3, 0.2, -0.2, 0.3])


def graded(picture: torch.Tensor) -> torch.Tensor:
    return detune(picture.movedim(0, -1), AMOUNTS).movedim(-1, 0)


def as_picture(tensor: torch.Tensor) -> np.ndarray:
    return tensor.movedim(0, -1).contiguous().numpy()


def test_features_agree_on_the_true_map_of_a_graded_moved_view():
    picture = scene(1)
    features = [local_features(equalised(as_picture(view))) for view in (picture, graded(moved(picture)))]
    found = homography(*matched(*features))
    assert found is not None
    expected = cv2.getRotationMatrix2D((110, 75), 3.0, 1.08)
    expected[:, 2] += 9.0
    corners = np.array([[0, 0, 1], [219, 0, 1], [0, 149, 1], [219, 149, 1]], float).T
    place = found[0] @ corners
    assert np.abs(place[:2] / place[2] - expected @ corners).max() < 1.0


def test_pairs_of_a_moved_graded_view_are_right_to_a_few_differences():
    picture = scene(2)
    shared = correspond(frames(picture), [frames(graded(moved(picture)))])
    assert shared is not None
    assert shared.share > 0.4
    assert not shared.exact
    truth = detune(shared.source, AMOUNTS)
    off = delta_e_rgb(shared.target, truth)
    assert (off * shared.weights).mean() < 1.5


def test_the_very_same_picture_pairs_every_pixel_with_itself():
    picture = scene(3)
    shared = correspond(frames(picture), [frames(graded(picture))])
    assert shared is not None
    assert shared.exact
    assert torch.allclose(shared.target, detune(shared.source, AMOUNTS), atol=1e-6)


def test_of_a_whole_film_the_frames_that_show_the_shot_are_found():
    picture = scene(2)
    strangers = [graded(scene(seed)) for seed in range(60, 70)]
    film = Frames(torch.stack([*strangers[:7], graded(moved(picture)), *strangers[7:]]))
    alone = correspond(frames(picture), [frames(graded(moved(picture)))])
    shared = correspond(frames(picture), [film])
    assert alone is not None
    assert shared is not None
    assert torch.equal(shared.source, alone.source)
    assert torch.equal(shared.target, alone.target)


def test_a_moved_object_is_not_paired():
    picture = scene(4)
    other = picture.clone()
    other[:, 40:110, 60:140] = scene(5)[:, 40:110, 60:140]
    first, second = as_picture(picture), as_picture(other)
    over = overlay(first, second, np.eye(3), 100)
    assert over.trusted[40:110, 60:140].mean() < 0.1
    assert over.trusted[:30].mean() > 0.9


@pytest.mark.parametrize("seed", range(10, 20))
def test_strangers_share_nothing(seed):
    assert correspond(frames(scene(seed)), [frames(graded(scene(seed + 100)))]) is None


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
def test_a_flat_reference_shares_nothing(value):
    assert correspond(frames(scene(6)), [Frames(torch.full((1, 3, 64, 64), value))]) is None


def test_a_tiny_reference_shares_nothing():
    assert correspond(frames(scene(6)), [Frames(torch.rand(1, 3, 2, 2))]) is None


def test_the_reference_that_shows_the_scene_is_the_one_used():
    picture = scene(7)
    alone = correspond(frames(picture), [frames(graded(moved(picture)))])
    among = correspond(frames(picture), [frames(scene(8)), frames(graded(moved(picture))), frames(scene(9))])
    assert alone is not None
    assert among is not None
    assert torch.equal(alone.source, among.source)


def test_a_corner_that_moves_by_half_a_pixel_is_not_still():
    shift = np.eye(3)
    assert is_still(shift, (100, 200, 3))
    shift[0, 2] = 0.5
    assert not is_still(shift, (100, 200, 3))
