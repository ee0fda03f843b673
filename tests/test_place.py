"""Where something changes inside a clip is said as an editor finds it: its frame, and the timecode of the media."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from lutnet.frames.record import MediaInfo
from lutnet.frames.used import frames_before
from lutnet.place import Place
from lutnet.result import ClipResult, LightChange, Status
from lutnet.shot import FrameRange, Shot

RATE = Fraction(25)
HOUR = 25 * 3600


def shot(start: int, length: int = 50, head: int = 0, rate: Fraction = RATE) -> Shot:
    used = FrameRange(Fraction(start), Fraction(length), rate)
    return Shot("0a", "clip", 1, "V1", used, used, "a.mov", Fraction(head))


def media(rate: Fraction = RATE, start_timecode: int | None = None) -> MediaInfo:
    return MediaInfo("video", 64, 36, rate, 1000, start_timecode)


def told(of: Shot, info: MediaInfo, frame: int) -> str:
    """The place of a change at ``frame`` of the file, from its head."""
    return Place(frame, float(frames_before(of, info, frame))).said(of)


def test_the_frame_of_the_clip_counts_from_one() -> None:
    assert told(shot(10), media(), 10 + 8) == "frame 9 of the clip"


def test_media_with_timecode_is_told_by_it_too() -> None:
    place = told(shot(HOUR + 10, head=HOUR), media(start_timecode=HOUR), 10 + 8)
    assert place == "frame 9 of the clip, timecode 01:00:00:18 of its media"


def test_a_list_that_counts_the_files_own_timecode_tells_it() -> None:
    listed = replace(shot(HOUR + 10), timecoded=True)
    place = told(listed, media(start_timecode=HOUR), 10 + 8)
    assert place == "frame 9 of the clip, timecode 01:00:00:18 of its media"
    assert Place(18).said(listed) == "frame 19 of its media", "of an older package"


def test_a_file_of_another_rate_is_counted_as_the_timeline_counts() -> None:
    place = told(shot(HOUR + 10, head=HOUR), media(Fraction(50)), 20 + 16)
    assert place == "frame 9 of the clip, timecode 01:00:00:18 of its media"


@pytest.mark.parametrize(("start", "place"), [(100, "frame 19 of the clip"), (200, "frame 119 of its media")])
def test_a_clip_that_another_speaks_for_counts_its_own_frames(start: int, place: str) -> None:
    longest = shot(100, 80)
    spoken_for = replace(shot(start, 50), analysed=longest.source)
    assert told(spoken_for, media(), 118) == place


def test_clips_of_the_same_frames_are_each_told_in_their_own_timecode() -> None:
    light = LightChange(-0.5, 18, into=8.0)
    results = [
        ClipResult(shot(head + 10, head=head), Status.PROPOSED, light=light) for head in (HOUR, 2 * HOUR)
    ]
    said = [result.told[-1].rpartition(", ")[2] for result in results]
    assert said == ["timecode 01:00:00:18 of its media", "timecode 02:00:00:18 of its media"]


def test_several_cuts_are_one_warning_of_their_places() -> None:
    held = shot(HOUR + 10, head=HOUR)
    clip = ClipResult(held, Status.PROPOSED, cuts_inside=(Place(18, 8.0), Place(30, 20.0)))
    (said,) = clip.told
    assert (
        "2 cuts inside the clip (frame 9 of the clip, timecode 01:00:00:18 of its media; frame 21 of" in said
    )
    assert [place.number(held) for place in clip.cuts_inside] == [9, 21]
    assert Place(300, 290.0).number(held) is None
