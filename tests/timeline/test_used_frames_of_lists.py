"""EDLs, transitions and mixed rates, on footage whose frames carry their number as a picture.

The oracle plays the list by hand: what is on screen while the record runs, frame by frame.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from lutnet.frames import read_shot
from lutnet.timeline import Timeline, read_timeline
from lutnet.timeline.read import timeline_of
from tests.frames.footage import number_in, write_numbered
from tests.timeline import build

COUNT = 90
NTSC = Fraction(1000, 1001)
RATES = (24 * NTSC, Fraction(25), 30 * NTSC, 60 * NTSC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cut")
    options = {"options": {"g": "25", "bf": "3"}}
    write_numbered(path / "A001.mp4", COUNT, **options)
    write_numbered(path / "B002.mov", COUNT, metadata={"timecode": "01:00:00:00"}, **options)
    # Longer than the timecode that it starts with: a place in it may be meant from the head or from midnight.
    write_numbered(path / "C003.mov", COUNT, metadata={"timecode": "00:00:01:00"}, **options)
    for rate in RATES:
        write_numbered(path / f"R{round(rate)}.mp4", COUNT, rate=rate, **options)
    return path


def shown(plan: Timeline) -> list[set[int]]:
    """Of each shot: the numbers that its frames carry."""
    found = []
    for shot in plan.shots:
        assert shot.skipped is None
        frames = read_shot(shot, count=5)
        found.append({number_in(pixels.numpy()) for pixels in frames.pixels})
        assert found[-1] == set(frames.indices)
    return found


def listed(folder: Path, *lines: str) -> list[set[int]]:
    (folder / "cut.edl").write_text("\n".join(["TITLE: cut", "FCM: NON-DROP FRAME", *lines, ""]))
    return shown(read_timeline(folder / "cut.edl", rate=Fraction(25)))


@pytest.mark.parametrize(
    ("reel", "source", "motion", "on_screen"),
    [
        ("A001", "00:00:01:05 00:00:02:05", "", range(30, 55)),
        ("B002", "01:00:01:05 01:00:02:05", "", range(30, 55)),
        ("C003", "00:00:02:05 00:00:03:05", "", range(30, 55)),
        ("B002", "00:00:01:05 00:00:02:05", "", range(30, 55)),
        ("A001", "00:00:00:10 00:00:02:10", "M2 A001 050.0 00:00:00:10", range(10, 60)),
        ("B002", "01:00:00:10 01:00:03:10", "M2 B002 -075.0 01:00:03:10", range(10, 85)),
        ("C003", "00:00:01:10 00:00:02:00", "M2 C003 015.0 00:00:01:10", range(10, 25)),
        ("A001", "00:00:01:05 00:00:02:05", "M2 A001 -025.0 00:00:02:05", range(30, 55)),
        ("A001", "00:00:02:05 00:00:02:06", "M2 A001 000.0 00:00:02:05", range(55, 56)),
    ],
)
def test_an_event_is_sampled_inside_its_source_times(
    folder: Path, reel: str, source: str, motion: str, on_screen: range
) -> None:
    (numbers,) = listed(folder, f"001 {reel} V C {source} 10:00:00:00 10:00:01:00", motion)
    assert numbers <= set(on_screen)


def test_both_sides_of_a_listed_dissolve_are_sampled_inside_their_events(folder: Path) -> None:
    out, into = listed(
        folder,
        "001 A001 V C 00:00:00:10 00:00:01:10 10:00:00:00 10:00:01:00",
        "002 A001 V C 00:00:01:10 00:00:01:10 10:00:01:00 10:00:01:00",
        "002 B002 V D 010 01:00:02:00 01:00:03:00 10:00:01:00 10:00:02:00",
        "* FROM CLIP NAME: A001",
        "* TO CLIP NAME: B002",
    )
    # The dissolve goes on showing ten frames of the outgoing shot after the cut.
    assert out <= set(range(10, 35 + 10))
    assert into <= set(range(50, 75))


@pytest.mark.parametrize("media", RATES)
@pytest.mark.parametrize("timeline", RATES)
@pytest.mark.parametrize("speed", [1.0, -2.0, 0.5])
def test_media_of_another_rate_is_sampled_where_it_plays(
    folder: Path, media: Fraction, timeline: Fraction, speed: float
) -> None:
    start, length = 5, 15
    clip = build.clip(
        url=f"R{round(media)}.mp4",
        source=build.span(start, length, float(timeline)),
        available=build.span(0, COUNT, float(media)),
        speeds=[speed] if speed != 1 else [],
    )
    (numbers,) = shown(timeline_of(build.timeline(build.track(clip)), folder / "cut.otio"))
    # Second by second: what the media shows half way through each frame of the timeline, and in between.
    times = [(start + abs(speed) * step / 8) / timeline for step in range(8 * length)]
    assert numbers <= {int(time * media) for time in times}


@pytest.mark.parametrize("speed", [2.0, -1.0, -0.5])
def test_dissolves_of_retimed_clips_in_a_nest_are_sampled_inside_what_the_nest_shows(
    folder: Path, speed: float
) -> None:
    def clip(name: str, start: int) -> Any:
        return build.clip(
            name, build.span(start, 20), url="A001.mp4", available=build.span(0, COUNT), speeds=[speed]
        )

    inner = build.track(clip("a", 0), build.dissolve(3, 3), clip("b", 45))
    plan = timeline_of(
        build.timeline(build.track(build.stack(inner, trim=build.span(10, 20)))), folder / "cut.otio"
    )
    first, second = shown(plan)
    used = abs(speed)

    def playing(start: int, begin: int, end: int) -> set[int]:
        steps = [step / 8 for step in range(8 * begin, 8 * end)]
        return {int(start + used * ((20 - step - 1 / 8) if speed < 0 else step)) for step in steps}

    assert first <= playing(0, 10, 20)
    assert second <= playing(45, 0, 10)
