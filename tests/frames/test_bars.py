"""Black bars are cropped, dark pictures are not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lutnet.frames import read_frames
from lutnet.frames.bars import Box, active_box
from tests.frames.footage import write_video

HEIGHT, WIDTH = 120, 200
Picture = npt.NDArray[np.float32]


def textured(level: float, seed: int = 0) -> Picture:
    noise = np.random.default_rng(seed).uniform(0.5, 1.5, (HEIGHT, WIDTH, 3))
    return (level * noise).clip(0, 1).astype(np.float32)


def barred(picture: Picture, top: int, side: int) -> Picture:
    framed = np.zeros_like(picture)
    rows, columns = slice(top, HEIGHT - top), slice(side, WIDTH - side)
    framed[rows, columns] = picture[rows, columns]
    return framed


@given(top=st.integers(0, 40), side=st.integers(0, 60), level=st.floats(0.2, 0.7))
def test_bars_are_found_to_within_the_mixed_row(top: int, side: int, level: float) -> None:
    box = active_box([barred(textured(level), top, side)])
    for found, width in (
        (box.top, top),
        (HEIGHT - box.bottom, top),
        (box.left, side),
        (WIDTH - box.right, side),
    ):
        assert found == (width + 1 if width else 0)


@pytest.mark.parametrize("level", [0.0, 0.01, 0.05, 0.2])
def test_a_dark_picture_without_bars_is_kept_whole(level: float) -> None:
    assert active_box([textured(level)]) == Box(0, HEIGHT, 0, WIDTH)


def test_a_light_in_the_dark_is_not_taken_for_a_picture_with_bars() -> None:
    rows, columns = np.mgrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j]
    glow = np.exp(-8 * (rows**2 + columns**2)).astype(np.float32)
    assert active_box([np.repeat(glow[..., None], 3, axis=-1)]) == Box(0, HEIGHT, 0, WIDTH)


def test_a_dark_strip_on_one_side_only_is_picture() -> None:
    picture = textured(0.5)
    picture[:30] = 0
    assert active_box([picture]).top == 0


def test_one_black_frame_does_not_hide_the_bars_of_the_others() -> None:
    box = active_box([np.zeros((HEIGHT, WIDTH, 3), np.float32), barred(textured(0.5), 15, 0)])
    assert (box.top, box.bottom) == (16, HEIGHT - 16)


def test_a_frame_that_fills_the_picture_shows_that_there_are_no_bars() -> None:
    assert active_box([barred(textured(0.5), 15, 0), textured(0.5)]) == Box(0, HEIGHT, 0, WIDTH)


def test_encoded_letterbox_is_kept_out_of_the_frames(tmp_path: Path) -> None:
    picture = np.zeros((360, 640, 3), np.uint8)
    picture[45:-45] = np.random.default_rng(1).integers(60, 200, (270, 640, 3), dtype=np.uint8)
    path = write_video(tmp_path / "letterbox.mp4", [picture] * 5, options={"crf": "23"})
    frames = read_frames(path, height=180)
    height, width = frames.pixels.shape[2:]
    assert width == 320
    assert 180 - 2 * 25 <= height <= 180 - 2 * 22  # bars of 22.5 rows, less the mixed ones
    assert frames.pixels.mean(dim=(0, 1, 3)).min() > 0.2


def test_tears_of_steel_is_cropped_to_its_picture(shared: Path) -> None:
    frames = read_frames(shared / "footage" / "tos_1080p_V1-0005.mov")
    height, width = frames.pixels.shape[2:]
    assert width / height == pytest.approx(1920 / 800, rel=0.02)
    assert frames.pixels.amax(dim=(0, 1, 3)).min() > 0.1
