"""Light that changes inside a shot is found through motion; motion alone is not taken for it."""

from __future__ import annotations

import pytest
import torch

import lutnet
from lutnet.ops.detune import EXPOSURE_STOPS, detune
from lutnet.refinement import light_change
from lutnet.shot import Frames
from tests.refinement.scenes import moved, scene


def shot(stops: list[float], seed: int = 1, numbers: tuple[int, ...] = ()) -> Frames:
    """Frames of one scene from a camera that drifts, each darker or brighter by ``stops`` of scene light."""
    pictures = []
    for place, exposure in enumerate(stops):
        picture = moved(scene(seed) * 0.7 + 0.1, degrees=0.4 * place, scale=1.0, shift=1.5 * place)
        amounts = torch.zeros(7)
        amounts[0] = exposure / EXPOSURE_STOPS
        pictures.append(detune(picture.movedim(0, -1), amounts).movedim(-1, 0))
    return Frames(torch.stack(pictures), numbers)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("stops", [0.5, -0.5])
def test_a_ramp_of_half_a_stop_is_found_with_its_size(seed: int, stops: float) -> None:
    found = light_change(shot([0.0, stops / 2, stops], seed))
    assert found is not None
    assert found.stops == pytest.approx(stops, abs=0.12)


@pytest.mark.parametrize("seed", range(6))
def test_a_camera_that_moves_is_no_change_of_light(seed: int) -> None:
    assert light_change(shot([0.0, 0.0, 0.0], seed)) is None


def test_the_frame_where_the_light_goes_is_named() -> None:
    found = light_change(shot([0.0, 0.0, 0.0, -1.0, -1.0], numbers=(100, 110, 120, 130, 140)))
    assert found is not None
    assert 120 < found.frame < 130
    assert found.warning("here") == "the light changes inside the shot: 1.0 stop darker around here"


def test_one_frame_and_other_scenes_say_nothing() -> None:
    assert light_change(shot([0.0])) is None
    assert light_change(Frames(torch.stack([scene(1), scene(2)]))) is None
    assert light_change(Frames(torch.zeros(3, 3, 64, 64))) is None


def test_a_diagnosis_warns_of_it() -> None:
    warnings = lutnet.diagnose(shot([0.0, 0.3, 0.6])).warnings
    assert any("light changes inside the shot" in warning for warning in warnings)


def test_light_that_goes_and_comes_back_is_found() -> None:
    found = light_change(shot([0.0, 0.0, -0.8, -0.8, 0.0, 0.0]))
    assert found is not None
    assert abs(found.stops) == pytest.approx(0.8, abs=0.15)


@pytest.mark.parametrize("seed", range(3))
def test_something_dark_that_covers_a_third_of_the_picture_is_no_change_of_light(seed: int) -> None:
    frames = shot([0.0, 0.0, 0.0, 0.0], seed).pixels
    for row in (2, 3):
        frames[row, :, :, : frames.shape[-1] // 3] *= 0.5
    assert light_change(Frames(frames)) is None
