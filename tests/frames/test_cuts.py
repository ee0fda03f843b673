"""Cuts are found on the frame, in footage that is made of shots of known length."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import accumulate
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from lutnet.errors import LutnetError, MediaError
from lutnet.frames.cuts import find_cuts
from lutnet.source import is_film, open_timeline
from tests.frames.footage import write_video

pytest.importorskip("scenedetect")
LENGTHS = (30, 25, 41, 24)


def film() -> Iterator[npt.NDArray[np.uint8]]:
    """Shots of coarse patterns (seed 3) that pan by a pixel a frame."""
    draw = np.random.default_rng(3)
    for length in LENGTHS:
        pattern = draw.integers(0, 255, (9, 24, 3), np.uint8).repeat(16, axis=0).repeat(16, axis=1)
        for step in range(length):
            yield pattern[:, step : step + 256]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_video(tmp_path_factory.mktemp("film") / "film.mov", film(), rate=Fraction(24000, 1001))


def test_cuts_are_found_on_the_frame_and_pans_are_none(path: Path) -> None:
    assert find_cuts(path) == tuple(accumulate(LENGTHS))[:-1]


def shaken(flash: int | None = None) -> Iterator[npt.NDArray[np.uint8]]:
    """Two shots of other colours, 24 frames each, thrown about by half a picture from frame to frame (seed 5).

    flash: a frame at which, and at the next, all is much brighter.
    """
    draw = np.random.default_rng(5)
    for low, high in ((10, 120), (90, 250)):
        pattern = draw.integers(low, high, (36, 160, 3), np.uint8).repeat(4, axis=0).repeat(4, axis=1)
        for number in range(24):
            start = int(draw.integers(0, 96)) * 4
            picture = pattern[:, start : start + 256]
            lit = flash is not None and low == 10 and number in (flash, flash + 1)
            yield np.minimum(picture.astype(np.uint16) + 130, 255).astype(np.uint8) if lit else picture


def test_a_cut_between_shots_that_move_wildly_is_found(tmp_path: Path) -> None:
    assert find_cuts(write_video(tmp_path / "shaken.mov", shaken())) == (24,)


def test_a_flash_is_no_cut(tmp_path: Path) -> None:
    assert find_cuts(write_video(tmp_path / "flash.mov", shaken(flash=10))) == (24,)


def test_a_film_is_the_timeline_of_its_shots(path: Path) -> None:
    assert is_film(path)
    plan = open_timeline(path)
    assert [(int(shot.first_frame), int(shot.source.duration)) for shot in plan.shots] == [
        (first, length) for first, length in zip((0, 30, 55, 96), LENGTHS, strict=True)
    ]
    assert [shot.name for shot in plan.shots][:2] == ["film 001", "film 002"]
    assert {shot.media for shot in plan.shots} == {str(path)}
    assert plan.rate == Fraction(24000, 1001)


def test_a_film_of_one_shot_is_one_clip(tmp_path: Path) -> None:
    one = write_video(tmp_path / "one.mov", list(film())[:20])
    assert [shot.name for shot in open_timeline(one).shots] == ["one"]


def test_what_is_no_film_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no film")
    with pytest.raises(LutnetError, match=r"not a kind of timeline.*\.txt"):
        open_timeline(tmp_path / "notes.txt")
    with pytest.raises(MediaError, match="not found"):
        find_cuts(tmp_path / "gone.mov")


def test_a_film_that_is_damaged_is_refused_as_a_film(path: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.mov"
    cut.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(MediaError, match=r"cut\.mov"):
        open_timeline(cut)
