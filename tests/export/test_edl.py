from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import opentimelineio as otio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lutnet.export.edl import NO_REEL, edl_text, reel_names
from lutnet.grade import CDL
from lutnet.shot import FrameRange, Shot
from lutnet.timecode import is_drop_frame, timecode
from tests.export.examples import some_cdl, some_shot
from tests.export.test_cdl_xml import EXTREMES

NTSC = Fraction(30000, 1001)
FILM = Fraction(24000, 1001)
RATES = [
    Fraction(24),
    FILM,
    Fraction(25),
    Fraction(30),
    NTSC,
    Fraction(50),
    Fraction(60000, 1001),
    Fraction(60),
]


def reread(text: str, rate: Fraction = Fraction(24)) -> list[otio.schema.Clip]:
    return list(otio.adapters.read_from_string(text, "cmx_3600", rate=float(rate)).find_clips())


def at_rate(number: int, rate: Fraction) -> Shot:
    return some_shot(
        number,
        record=FrameRange(Fraction(100_000 + 50 * number), Fraction(50), rate),
        source=FrameRange(Fraction(2000 * number + 7), Fraction(50), rate),
    )


@pytest.mark.parametrize("cdl", [*EXTREMES.values(), *map(some_cdl, range(20))])
def test_the_adapter_reads_the_cdl_that_was_written(cdl: CDL) -> None:
    shot = some_shot()
    (clip,) = reread(edl_text("cut", [shot], {shot.id: cdl}, Fraction(24)))
    sop = clip.metadata["cdl"]["asc_sop"]
    assert (tuple(sop["slope"]), tuple(sop["offset"]), tuple(sop["power"])) == (
        cdl.slope,
        cdl.offset,
        cdl.power,
    )
    assert clip.metadata["cdl"]["asc_sat"] == cdl.saturation


@pytest.mark.parametrize("rate", RATES)
def test_the_adapter_reads_names_and_ranges_back(rate: Fraction) -> None:
    shots = [at_rate(number, rate) for number in range(3)]
    clips = reread(edl_text("cut", shots, {}, rate), rate)
    assert [clip.name for clip in clips] == ["sh000", "sh001", "sh002"]
    assert [clip.source_range.start_time.to_frames() for clip in clips] == [7, 2007, 4007]
    assert [clip.source_range.duration.to_frames() for clip in clips] == [50, 50, 50]
    assert [clip.metadata["cmx_3600"]["reel"] for clip in clips] == ["take_0", "take_1", "take_2"]


def test_a_gap_on_the_track_stays_a_gap() -> None:
    shots = [some_shot(0), some_shot(2)]
    timeline = otio.adapters.read_from_string(edl_text("cut", shots, {}, Fraction(24)), "cmx_3600", rate=24)
    gap = timeline.tracks[0][1]
    assert isinstance(gap, otio.schema.Gap)
    assert gap.duration().to_frames() == 48


def test_shots_come_in_record_order_and_without_length_are_left_out() -> None:
    empty = some_shot(3, record=FrameRange(Fraction(0), Fraction(0), Fraction(24)))
    clips = reread(edl_text("cut", [some_shot(2), empty, some_shot(1)], {}, Fraction(24)))
    assert [clip.name for clip in clips] == ["sh001", "sh002"]


@pytest.mark.parametrize("speed", [Fraction(1, 2), Fraction(2), Fraction(4, 3)])
def test_a_retimed_shot_carries_its_speed(speed: Fraction) -> None:
    shot = some_shot(source=FrameRange(Fraction(100), 48 * speed, Fraction(24)))
    (clip,) = reread(edl_text("cut", [shot], {}, Fraction(24)))
    assert clip.effects[0].time_scalar == pytest.approx(float(speed), abs=0.005)
    assert clip.source_range.start_time.to_frames() == 100


def test_a_retimed_drop_frame_shot_is_readable() -> None:
    shot = some_shot(
        record=FrameRange(Fraction(107_892), Fraction(48), NTSC),
        source=FrameRange(Fraction(0), Fraction(24), NTSC),
    )
    (clip,) = reread(edl_text("cut", [shot], {}, NTSC), NTSC)
    assert clip.effects[0].time_scalar == pytest.approx(0.5, abs=0.005)


def test_timecode_labels_survive_a_change_of_rate() -> None:
    hour = FrameRange(Fraction(24 * 3600), Fraction(48), FILM)
    (clip,) = reread(edl_text("cut", [some_shot(source=hour)], {}, Fraction(24)))
    assert clip.source_range.start_time.to_timecode() == "01:00:00:00"


def test_names_cannot_break_the_list() -> None:
    shot = some_shot(name="a\n002  EVIL  V C 0 0 0 0\r*ASC_SAT 9")
    (clip,) = reread(edl_text("title\nFCM: X", [shot], {shot.id: CDL()}, Fraction(24)))
    assert clip.metadata["cdl"]["asc_sat"] == 1.0
    assert clip.name.startswith("a 002")


def test_a_thousand_events_are_all_read() -> None:
    shots = [some_shot(number) for number in range(1200)]
    clips = reread(edl_text("cut", shots, {shots[-1].id: some_cdl()}, Fraction(24)))
    assert len(clips) == 1200
    assert clips[-1].metadata["cdl"]["asc_sat"] == some_cdl().saturation


def test_reels_are_one_per_file_and_safe() -> None:
    shots = [
        some_shot(0, media="/a/A001_C001.mov"),
        some_shot(1, media="/b/A001_C001.mov"),
        some_shot(2, media="/b/A001_C001.mov"),
        some_shot(3, media=None),
        some_shot(4, media="C:\\cards\\été 1.mov"),
        some_shot(5, media="/x/BL.mov"),
        some_shot(6, media="/x/" + "n" * 90 + ".mov"),
    ]
    reels = reel_names(shots)
    assert reels[shots[0].id] != reels[shots[1].id] == reels[shots[2].id]
    assert reels[shots[3].id] == NO_REEL
    assert reels[shots[4].id] == "ete_1"
    assert reels[shots[5].id] == "R_BL"
    assert max(map(len, reels.values())) <= 32


@given(st.integers(0, 5_000_000), st.sampled_from(RATES))
def test_timecode_equals_opentimelineios(frame: int, rate: Fraction) -> None:
    theirs = otio.opentime.RationalTime(frame % (24 * 3600 * round(rate) - 3000), float(rate))
    drop = is_drop_frame(rate)
    expected = otio.opentime.to_timecode(theirs, float(rate), drop)
    assert timecode(int(theirs.value), rate) == expected


def test_ten_minutes_of_drop_frame_end_where_the_clock_does() -> None:
    assert timecode(1800, NTSC) == "00:01:00;02"
    assert timecode(17982, NTSC) == "00:10:00;00"
    assert timecode(107892, NTSC) == "01:00:00;00"
    assert timecode(24 * 6 * 17982, NTSC) == "00:00:00;00"


def test_a_skipped_shot_is_an_event_without_cdl() -> None:
    shots = [some_shot(0), replace(some_shot(1), skipped="offline")]
    clips = reread(edl_text("cut", shots, {shots[0].id: CDL()}, Fraction(24)))
    assert "cdl" in clips[0].metadata
    assert "cdl" not in clips[1].metadata


def test_a_shot_of_less_than_a_frame_has_no_event() -> None:
    short = some_shot(0, record=FrameRange(Fraction(86400), Fraction(1, 3), Fraction(24)))
    text = edl_text("cut", [short, some_shot(1)], {}, Fraction(24))
    assert [clip.name for clip in reread(text)] == ["sh001"]
