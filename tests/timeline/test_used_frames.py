"""Retimes, nests and trims, on footage whose frames carry their number as a picture.

The oracle plays the timeline: it asks for each moment of the record which frame of the media is on screen.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lutnet.frames import read_shot
from lutnet.timeline.read import timeline_of
from tests.frames.footage import number_in, write_numbered
from tests.timeline import build

COUNT = 90


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cut")
    write_numbered(path / "clip.mp4", COUNT, options={"g": "25", "bf": "3"})
    return path


def numbers(folder: Path, *tracks: Any) -> list[set[int]]:
    """Of each shot: the numbers that its frames carry."""
    plan = timeline_of(build.timeline(*tracks), folder / "cut.otio")
    found = []
    for shot in plan.shots:
        frames = read_shot(shot, count=5)
        shown = [number_in(pixels.numpy()) for pixels in frames.pixels]
        assert shown == list(frames.indices)
        found.append(set(shown))
    return found


def played(start: float, duration: int, speed: float) -> range:
    """The frames on screen, first to last, while ``duration`` record frames play from ``start``.

    Backwards, ``start`` is the first frame of the part that is used, which plays from its end.
    """
    steps = [start + abs(speed) * (step + 0.5) for step in range(duration)]
    return range(int(steps[0]), int(steps[-1]) + 1)


@pytest.mark.parametrize(
    ("start", "duration", "speed"),
    [
        (30, 20, 1.0),
        (30, 20, 2.0),
        (30, 20, 0.5),
        (30, 20, -1.0),
        (30, 20, -2.0),
        (30, 20, -0.7),
        (41, 1, 1.0),
        (41, 7, 0.1),
        (0, 45, 2.0),
        (10, 25, 23.976 / 25),
    ],
)
def test_a_retimed_clip_is_sampled_inside_its_used_range(
    folder: Path, start: int, duration: int, speed: float
) -> None:
    clip = build.clip(source=build.span(start, duration), speeds=[speed])
    (shown,) = numbers(folder, build.track(clip))
    assert shown <= set(played(start, duration, speed))


def test_a_freeze_frame_is_its_one_frame(folder: Path) -> None:
    (shown,) = numbers(folder, build.track(build.clip(source=build.span(33, 20), speeds=[0])))
    assert shown == {33}


def test_several_retimes_multiply(folder: Path) -> None:
    clip = build.clip(source=build.span(20, 10), speeds=[2.0, -1.5])
    (shown,) = numbers(folder, build.track(clip))
    assert shown <= set(range(20, 50))
    assert max(shown) >= 40


def test_neighbours_of_a_retimed_clip_keep_their_frames(folder: Path) -> None:
    clips = [build.clip(source=build.span(start, 10), speeds=[speed]) for start, speed in ((0, 2), (40, 1))]
    assert numbers(folder, build.track(*clips))[1] <= set(range(40, 50))


def nested(source: int = 20, length: int = 30) -> Any:
    """A track of two clips: frames 0 to 9 first, then ``length`` from ``source``."""
    return build.track(
        build.clip("a", build.span(0, 10), available=build.span(0, COUNT)),
        build.clip("b", build.span(source, length), available=build.span(0, COUNT)),
    )


def test_a_nest_shows_the_part_that_its_trim_leaves(folder: Path) -> None:
    shown = numbers(folder, build.track(build.stack(nested(), trim=build.span(5, 12))))
    assert shown[0] <= set(range(5, 10))
    assert shown[1] <= set(range(20, 27))


def test_clips_that_a_trim_hides_are_no_shots(folder: Path) -> None:
    (shown,) = numbers(folder, build.track(build.stack(nested(), trim=build.span(12, 5))))
    assert shown <= set(range(22, 27))


def test_a_retimed_nest_retimes_what_is_in_it(folder: Path) -> None:
    nest = build.stack(nested(), trim=build.span(10, 10), speeds=[2.0])
    (shown,) = numbers(folder, build.track(nest))
    assert shown <= set(range(20, 40))
    assert max(shown) >= 30


def test_a_reversed_nest_shows_the_same_frames(folder: Path) -> None:
    nest = build.stack(nested(), trim=build.span(5, 10), speeds=[-1.0])
    first, second = numbers(folder, build.track(nest))
    assert first <= set(range(5, 10))
    assert second <= set(range(20, 25))


def test_a_frozen_nest_is_one_frame(folder: Path) -> None:
    (shown,) = numbers(folder, build.track(build.stack(nested(), trim=build.span(13, 10), speeds=[0])))
    assert shown == {23}


def test_nests_in_nests_trim_each_other(folder: Path) -> None:
    inner = build.stack(nested(), trim=build.span(8, 20))
    outer = build.stack(build.track(build.gap(4), inner), trim=build.span(5, 10))
    first, second = numbers(folder, build.track(outer))
    assert first <= {9}
    assert second <= set(range(20, 29))


def test_layers_of_a_nest_are_all_listed(folder: Path) -> None:
    layers = (build.clip(source=build.span(start, 5)) for start in (10, 50))
    shown = numbers(folder, build.track(build.stack(*layers)))
    assert shown[0] <= set(range(10, 15))
    assert shown[1] <= set(range(50, 55))


def test_both_sides_of_a_dissolve_are_sampled_in_their_own_range(folder: Path) -> None:
    clips = [build.clip(source=build.span(start, 10)) for start in (10, 50)]
    first, second = numbers(folder, build.track(clips[0], build.dissolve(4, 4), clips[1]))
    assert first <= set(range(10, 24))
    assert second <= set(range(46, 60))


def test_where_a_nested_clip_lies_on_the_record(folder: Path) -> None:
    nest = build.stack(nested(), trim=build.span(5, 10), speeds=[-1.0])
    plan = timeline_of(build.timeline(build.track(build.gap(100), nest), start=1000), folder / "cut.otio")
    assert [build.numbers(shot.record) for shot in plan.shots] == [(1105, 5), (1100, 5)]
