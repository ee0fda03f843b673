"""Frames that carry their number as a picture prove which frames were decoded."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from lutnet.errors import MediaError
from lutnet.frames import film, probe, read_frames, read_shot, video
from lutnet.frames.container import decoded, opened
from lutnet.frames.film import Film
from lutnet.frames.record import Span
from lutnet.shot import FrameRange, Frames, Shot
from tests.frames.footage import number_in, write_numbered

COUNT = 60
NTSC_FILM = Fraction(24000, 1001)
OPEN_GOP = "open-gop=1:keyint=24:min-keyint=12:scenecut=0:b-pyramid=normal:bframes=3"
KINDS: dict[str, dict[str, Any]] = {
    "b_frames.mp4": {"options": {"g": "20", "bf": "3"}},
    "one_gop.mp4": {"options": {"g": "250", "bf": "3", "x264-params": "scenecut=0"}},
    "many_b.mp4": {"options": {"x264-params": "scenecut=0:bframes=3:b-adapt=0:keyint=250"}},
    "open_gop.mp4": {"options": {"x264-params": OPEN_GOP}},
    "intra_refresh.mp4": {"options": {"x264-params": "intra-refresh=1:keyint=20"}},
    "fragmented.mp4": {"container_options": {"movflags": "frag_keyframe+empty_moov"}, "options": {"g": "20"}},
    "film_rate.mkv": {"rate": NTSC_FILM, "options": {"g": "20", "bf": "3"}},
    "ntsc.mov": {"rate": Fraction(30000, 1001), "options": {"g": "12", "bf": "2"}},
    "transport.ts": {"options": {"g": "20", "bf": "3"}},
    "no_index.h264": {"options": {"g": "20", "bf": "3"}},
    "hevc.mp4": {
        "codec": "libx265",
        "options": {"x265-params": "keyint=20:open-gop=1:bframes=4:log-level=0"},
    },
    "vp9.webm": {"codec": "libvpx-vp9", "options": {"g": "20", "cpu-used": "8", "deadline": "realtime"}},
    "mpeg2.mpg": {"codec": "mpeg2video", "options": {"g": "15", "bf": "2", "b": "4M"}},
    "intra.mov": {"codec": "prores_ks", "pixel_format": "yuv422p10le"},
}


@pytest.fixture(scope="module", params=KINDS)
def footage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("footage") / request.param
    return write_numbered(path, COUNT, **KINDS[request.param])


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    return write_numbered(path, COUNT, **KINDS["b_frames.mp4"])


def numbers(frames: Frames) -> list[int]:
    return [number_in(pixels.numpy()) for pixels in frames.pixels]


def shot_of(path: Path, first: float, length: float, rate: Fraction = Fraction(25), **fields: Any) -> Shot:
    source = FrameRange(Fraction(first), Fraction(length), rate)
    return Shot("1", "shot", 1, "V1", record=source, source=source, media=str(path), **fields)


def test_each_single_frame_is_found_exactly(footage: Path) -> None:
    for number in range(0, COUNT, 3):
        (picture,) = video.read(footage, Span(number, number + 1), 1, 64)
        assert (picture.index, number_in(picture.pixels.transpose(2, 0, 1))) == (number, number)


def test_every_frame_of_a_range_comes_out_once_and_whole(footage: Path) -> None:
    for span in (Span(0, 3), Span(37, 45), Span(COUNT - 2, COUNT)):
        with opened(footage) as (container, stream):
            frames = [frame.to_ndarray(format="rgb24") for frame in Film(container, stream).through(span)]
        found = [number_in(pixels.transpose(2, 0, 1) / np.float32(255)) for pixels in frames]
        assert found == list(range(span.first, span.end))


def test_frames_on_the_way_that_no_other_needs_are_not_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_numbered(tmp_path / "clip.mp4", COUNT, **KINDS["many_b.mp4"])
    shown: list[int] = []

    def counted(*given: Any) -> Iterator[Any]:
        for frame in decoded(*given):
            shown.append(frame.pts)
            yield frame

    monkeypatch.setattr(film, "decoded", counted)
    (picture,) = video.read(path, Span(50, 51), 1, 64)
    assert number_in(picture.pixels.transpose(2, 0, 1)) == 50
    assert len(shown) < 35, "of the 51 frames up to there"


def test_a_film_that_was_read_is_gone_with_its_frames(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    films: list[weakref.ref[film.Film]] = []

    class Watched(film.Film):
        def __init__(self, *given: Any) -> None:
            super().__init__(*given)
            films.append(weakref.ref(self))

    monkeypatch.setattr(video, "Film", Watched)
    gc.disable()
    try:
        assert list(video.read(clip, Span(7, 40), 3, 64))
        assert [each() for each in films] == [None], "without waiting for the garbage collection"
    finally:
        gc.enable()


@pytest.mark.parametrize("missing", [47, 48, 49, 50])
def test_a_frame_that_is_missing_shows_the_one_before_though_nobody_asked_for_that(
    tmp_path: Path, missing: int
) -> None:
    times = [
        number + (number >= missing) for number in range(130)
    ]  # rare enough for a rate that is called steady
    path = write_numbered(tmp_path / "clip.mp4", len(times), times=times, **KINDS["many_b.mp4"])
    (picture,) = video.read(path, Span(missing, missing + 1), 1, 64)
    assert (picture.index, number_in(picture.pixels.transpose(2, 0, 1))) == (missing, missing - 1)


@pytest.mark.parametrize(("first", "length"), [(0, COUNT), (7, 40), (21, 18), (30, 4), (57, 2)])
def test_frames_lie_in_the_used_range_and_are_what_they_say(footage: Path, first: int, length: int) -> None:
    frames = read_shot(shot_of(footage, first, length, probe(footage).rate or Fraction(25)))
    assert numbers(frames) == list(frames.indices) == sorted(set(frames.indices))
    assert all(first <= index < first + length for index in frames.indices)
    assert len(frames) == min(3, length)


def test_a_whole_file_gives_the_frames_asked_for(footage: Path) -> None:
    assert len(read_frames(footage, count=5)) == 5
    assert len(read_frames(footage, count=1)) == 1


def test_reading_twice_gives_the_same_frames(clip: Path) -> None:
    first, second = (read_frames(clip) for _ in range(2))
    assert first.indices == second.indices
    assert first.pixels.equal(second.pixels)


def test_source_timecode_is_counted_from_the_media_start(clip: Path) -> None:
    frames = read_shot(shot_of(clip, 90_010, 3, media_start=Fraction(90_000)))
    assert numbers(frames) == [10, 11, 12]


def test_timecode_of_the_file_serves_where_the_timeline_gives_no_media_start(tmp_path: Path) -> None:
    path = write_numbered(tmp_path / "tc.mov", COUNT, metadata={"timecode": "01:00:00:00"})
    assert probe(path).start_timecode == 90_000
    assert numbers(read_shot(shot_of(path, 90_020, 2))) == [20, 21]


def test_a_rate_that_is_written_rounded_uses_the_whole_file_without_a_warning(tmp_path: Path) -> None:
    path = write_numbered(tmp_path / "odd.mp4", COUNT, rate=Fraction(140_000, 5087))
    frames = read_shot(shot_of(path, 0, COUNT, Fraction(27.5211).limit_denominator(1001)), count=COUNT)
    assert (numbers(frames), frames.warnings[1:]) == (list(range(COUNT)), ())


def test_other_rates_count_in_seconds(clip: Path) -> None:
    frames = read_shot(shot_of(clip, 24, 24, Fraction(24)))  # second 1 to 2 of a 25 fps file
    assert all(25 <= number < 50 for number in numbers(frames))


def test_whole_rate_timecode_of_ntsc_media_counts_in_frames(tmp_path: Path) -> None:
    path = write_numbered(tmp_path / "film.mov", COUNT, rate=NTSC_FILM, metadata={"timecode": "10:00:00:00"})
    assert numbers(read_shot(shot_of(path, 864_030, 2, Fraction(24)))) == [30, 31]


@pytest.mark.parametrize(
    ("first", "length", "expected"), [(10.5, 0.25, [10]), (10.25, 1.0, [11]), (10, 0, [10])]
)
def test_fractions_of_a_frame_show_the_frame_on_screen(
    clip: Path, first: float, length: float, expected: list[int]
) -> None:
    assert numbers(read_shot(shot_of(clip, first, length))) == expected


def test_variable_frame_rate_shows_what_is_on_screen(tmp_path: Path) -> None:
    times = [0, 1, 2, 3, 10, 11, 12, 30, 31, 32, 33, 34]  # in frames of 25 per second
    path = write_numbered(tmp_path / "vfr.mkv", len(times), times=times, options={"bf": "2", "g": "4"})
    rate = probe(path).rate
    assert rate is not None
    second = rate / 25
    frames = read_shot(shot_of(path, float(14 * second), float(10 * second), rate))
    assert set(numbers(frames)) == {6}  # shown from time 12 to 30


@pytest.mark.parametrize("name", ["phone.mp4", "phone.mkv", "phone.mov", "phone.ts"])
def test_frames_of_variable_rate_are_on_screen_within_the_used_range(tmp_path: Path, name: str) -> None:
    """As phones record: about 30 frames a second that come early or late, some left out, slow in the dark."""
    random, clock = np.random.default_rng(3), 600
    steps = np.concatenate(
        [random.integers(14, 27, 50), random.integers(38, 43, 20), random.integers(14, 27, 20)]
    )
    steps[random.permutation(len(steps))[:8]] *= 3
    times = np.concatenate([[0], steps.cumsum()])
    options = {"rate": Fraction(clock), "times": times.tolist(), "options": {"g": "30", "bf": "2"}}
    path = write_numbered(tmp_path / name, len(times), **options)
    gone = np.append(times[1:], times[-1] + 20)
    for first in range(0, int(times[-1] / clock * 25) - 8, 7):
        start, end = first * clock / 25, (first + 8) * clock / 25
        seen = numbers(read_shot(shot_of(path, first, 8)))
        assert seen, first
        for number in seen:  # a clock tick of the container's rounding is allowed
            assert times[number] < end + 1 and gone[number] > start - 1, (first, number)


def test_a_range_that_ends_after_the_media_is_cut_with_a_warning(clip: Path) -> None:
    frames = read_shot(shot_of(clip, COUNT - 5, 50))
    assert all(COUNT - 5 <= number < COUNT for number in numbers(frames))
    assert frames.warnings[0] == "the clip reaches beyond its media"


@pytest.mark.parametrize("first", [-20, COUNT, 10_000])
def test_a_range_outside_the_media_is_refused(clip: Path, first: int) -> None:
    with pytest.raises(MediaError, match=r"outside its media.*clip\.mp4"):
        read_shot(shot_of(clip, first, 10))


def test_a_shot_without_media_is_refused(clip: Path) -> None:
    source = FrameRange(Fraction(0), Fraction(5), Fraction(25))
    with pytest.raises(MediaError, match="no media"):
        read_shot(Shot("1", "gone", 1, "", source, source, None))


def test_all_that_was_decoded_can_be_had_and_the_most_different_of_it_are_those_given_otherwise(
    clip: Path,
) -> None:
    shot = shot_of(clip, 7, 40)
    every, three = read_shot(shot, every=True), read_shot(shot)
    assert 3 < len(every) <= 6
    assert list(every.indices) == sorted(every.indices)
    assert numbers(every) == list(every.indices)
    assert every.few.indices == three.indices
    assert torch.equal(every.few.pixels, three.pixels)
    assert three.few is three
