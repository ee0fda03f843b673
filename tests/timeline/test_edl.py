"""Edit decision lists: rates, retimes, dissolves, media by name. The oracle is OpenTimelineIO's own adapter."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest

from lutnet.errors import TimelineError
from lutnet.shot import Shot
from lutnet.timeline import Timeline, read_timeline
from lutnet.timeline.clip_cdl import clip_cdl
from tests.timeline import build

NTSC30 = Fraction(30000, 1001)


def written(folder: Path, *lines: str, fcm: str = "NON-DROP FRAME") -> Path:
    path = folder / "cut.edl"
    path.write_text("\n".join(["TITLE: cut", f"FCM: {fcm}", *lines, ""]))
    return path


def read(folder: Path, *lines: str, rate: int | None = 25, fcm: str = "NON-DROP FRAME") -> Timeline:
    return read_timeline(written(folder, *lines, fcm=fcm), rate=None if rate is None else Fraction(rate))


def event(
    number: int, source: str, record: str, *, kind: str = "C", reel: str = "A001", channel: str = "V"
) -> str:
    return f"{number:03}  {reel}  {channel}  {kind}  {source} {record}"


ONE = event(1, "00:00:10:00 00:00:12:00", "01:00:00:00 01:00:02:00")


@pytest.mark.parametrize(
    ("lines", "fcm", "rate"),
    [
        ([event(1, "00:00:10:24 00:00:12:00", "01:00:00:00 01:00:01:01")], "NON-DROP FRAME", 25),
        ([event(1, "00:00:10:29 00:00:12:29", "01:00:00:00 01:00:02:00")], "NON-DROP FRAME", 30),
        ([event(1, "00:00:10:20 00:00:12:00", "01:00:00:00 01:00:01:04")], "NON-DROP FRAME", 24),
        ([event(1, "00:00:10:20 00:00:12:00", "01:00:00:00 01:00:01:05")], "NON-DROP FRAME", 25),
        ([event(1, "00:00:10:20 00:00:12:00", "01:00:00:00 01:00:01:10")], "NON-DROP FRAME", 30),
        ([event(1, "00:00:10:49 00:00:12:00", "01:00:00:00 01:00:01:01")], "NON-DROP FRAME", 50),
        ([ONE], "DROP FRAME", NTSC30),
        ([event(1, "00:00:10;00 00:00:12;00", "01:00:00;00 01:00:02;00")], "NON-DROP FRAME", NTSC30),
        ([event(1, "00:00:10;49 00:00:12;49", "01:00:00;00 01:00:02;00")], "DROP FRAME", 2 * NTSC30),
    ],
)
def test_a_list_is_read_at_the_rate_that_its_timecodes_can_be_right_at(
    tmp_path: Path, lines: list[str], fcm: str, rate: Fraction
) -> None:
    assert read(tmp_path, *lines, rate=None, fcm=fcm).rate == rate


def test_a_list_that_fits_several_rates_is_refused_with_the_option(tmp_path: Path) -> None:
    with pytest.raises(TimelineError, match=r"24 or 25 or 30.*cut\.edl.*--rate"):
        read(tmp_path, ONE, rate=None)


@pytest.mark.parametrize("rate", [Fraction(24000, 1001), Fraction(25), NTSC30])
def test_media_at_hand_decides_between_rates(tmp_path: Path, rate: Fraction) -> None:
    (tmp_path / "A001.mov").touch()
    plan = read_timeline(
        written(tmp_path, ONE), media_rate=lambda path: rate if path.stem == "A001" else None
    )
    assert plan.rate == rate


def test_a_rate_that_does_not_fit_names_the_line_and_the_option(tmp_path: Path) -> None:
    with pytest.raises(TimelineError, match=r"00:00:10:24.*below 24.*line 3.*--rate"):
        read(tmp_path, event(1, "00:00:10:24 00:00:12:00", "01:00:00:00 01:00:01:01"), rate=24)


def test_drop_frame_counts_as_smpte_says(tmp_path: Path) -> None:
    # One minute of drop-frame timecode is 1,798 frames: labels 0 and 1 of minute 1 are left out.
    line = event(1, "00:00:00:00 00:01:00:02", "01:00:00:00 01:01:00:02")
    (shot,) = read(tmp_path, line, rate=None, fcm="DROP FRAME").shots
    assert build.numbers(shot.source) == (0, 1800)
    assert build.numbers(shot.record) == (107_892, 1800)


def shots_at(tmp_path: Path, *lines: str) -> tuple[Shot, ...]:
    return read(tmp_path, *lines).shots


@pytest.mark.parametrize(
    ("source", "motion", "used"),
    [
        ("00:00:10:00 00:00:14:00", "M2   A001  050.0  00:00:10:00", (250, 100)),
        ("00:00:10:00 00:00:11:00", "M2   A001  012.5  00:00:10:00", (250, 25)),
        ("00:00:10:00 00:00:12:00", "M2   A001  -025.0  00:00:12:00", (250, 50)),
        ("00:00:12:00 00:00:10:00", "M2   A001  -025.0  00:00:12:00", (250, 50)),
        ("00:00:10:00 00:00:10:01", "M2   A001  000.0  00:00:10:00", (250, 1)),
        ("00:00:10:00 00:00:10:01", "* * FREEZE FRAME", (250, 1)),
        ("00:00:10:00 00:00:13:24", "M2   A001  049.6  00:00:10:00", (250, 99)),
        ("00:00:10:00 00:00:13:00", "* no M2 line", (250, 75)),
    ],
)
def test_a_retimed_event_uses_what_its_source_times_bound(
    tmp_path: Path, source: str, motion: str, used: tuple[float, float]
) -> None:
    (shot,) = shots_at(tmp_path, event(1, source, "01:00:00:00 01:00:02:00"), motion)
    assert build.numbers(shot.source) == used
    assert build.numbers(shot.record) == (90_000, 50)


DISSOLVE = (
    event(1, "00:00:10:00 00:00:12:00", "01:00:00:00 01:00:02:00"),
    "* FROM CLIP NAME: out",
    event(2, "00:00:12:00 00:00:12:00", "01:00:02:00 01:00:02:00"),
    event(2, "00:00:20:00 00:00:23:00", "01:00:02:00 01:00:05:00", kind="D    010", reel="B002"),
    "M2   A001  050.0  00:00:12:00",
    "* FROM CLIP NAME: out",
    "* TO CLIP NAME: in",
)


def test_both_sides_of_a_dissolve_are_shots_with_their_own_ranges(tmp_path: Path) -> None:
    plan = read(tmp_path, *DISSOLVE)
    assert [(shot.name, *build.numbers(shot.source)) for shot in plan.shots] == [
        ("out", 250, 50),
        ("in", 500, 75),
    ]
    (between,) = plan.otio.tracks[0].find_children(descended_from_type=otio.schema.Transition)
    assert (between.transition_type, between.in_offset.value, between.out_offset.value) == (
        "SMPTE_Dissolve",
        0,
        10,
    )


def test_lists_in_source_order_become_timelines_in_record_order(tmp_path: Path) -> None:
    lines = [
        event(1, "00:00:10:00 00:00:11:00", f"01:00:0{second}:00 01:00:0{second + 1}:00")
        for second in (4, 0, 2)
    ]
    assert [float(shot.record.start) for shot in shots_at(tmp_path, *lines)] == [90_000, 90_050, 90_100]


def test_events_that_overlap_are_refused(tmp_path: Path) -> None:
    later = event(2, "00:00:10:00 00:00:11:00", "01:00:01:00 01:00:02:00")
    with pytest.raises(TimelineError, match=r"overlap.*line 4"):
        read(tmp_path, ONE, later)


@pytest.mark.parametrize(
    ("named", "file"),
    [
        ("* FROM CLIP NAME: A001_C001.mov", "A001_C001.mov"),
        ("* FROM CLIP NAME: a001_c001", "A001_C001.MOV"),
        ("* SOURCE FILE: A001_C001", "A001_C001.mxf"),
        ("* FROM CLIP: D:\\day 1\\A001_C001.mov", "A001_C001.mov"),
        ("* FROM CLIP NAME: scene 12", "A001C001_230101_R1X2.mov"),
        ("* FROM CLIP NAME: scene 12", "A001_C001.mov"),
    ],
)
def test_names_and_reels_lead_to_media_under_the_roots(tmp_path: Path, named: str, file: str) -> None:
    root = tmp_path / "media"
    (root / "card 1").mkdir(parents=True)
    (root / "card 1" / file).touch()
    (root / "card 1" / "B002_C001.mov").touch()
    line = event(1, "00:00:10:00 00:00:12:00", "01:00:00:00 01:00:02:00", reel="A001C001")
    roots = (root, root / "card 1") if "FROM CLIP:" in named else (root,)
    (shot,) = read_timeline(written(tmp_path, line, named), media_roots=roots, rate=Fraction(25)).shots
    assert (shot.media, shot.skipped) == (str(root / "card 1" / file), None)


def test_a_reel_that_several_files_fit_is_not_guessed(tmp_path: Path) -> None:
    for name in ("A001_C001.mov", "A001_C002.mov"):
        (tmp_path / name).touch()
    (shot,) = shots_at(tmp_path, ONE)
    assert "ambiguous: A001_C001.mov or A001_C002.mov" in str(shot.skipped)


def test_black_and_sound_are_no_shots_to_grade(tmp_path: Path) -> None:
    black = event(1, "00:00:00:00 00:00:02:00", "01:00:00:00 01:00:02:00", reel="BL")
    sound = event(2, "00:00:00:00 00:00:02:00", "01:00:00:00 01:00:02:00", channel="AA")
    (shot,) = shots_at(tmp_path, black, sound)
    assert "generator (black)" in str(shot.skipped)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "TITLE: x",
        "TITLE: x\n001 A V C 1 2 3",
        "\0\1",
        "001  A  V  Q  00:00:00:00 00:00:01:00 00:00:00:00 00:00:01:00",
    ],
)
def test_what_is_no_list_is_one_clear_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "cut.edl").write_text(text)
    with pytest.raises(TimelineError, match=r"edit decision list.*cut\.edl"):
        read_timeline(tmp_path / "cut.edl")


def test_a_list_of_a_million_events_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "cut.edl").write_text(f"{ONE}\n" * 1_000_000)
    with pytest.raises(TimelineError, match=r"too many events.*100000"):
        read_timeline(tmp_path / "cut.edl")


@pytest.mark.shared
def test_cdls_are_those_that_the_adapter_reads(shared: Path) -> None:
    path = shared / "interop/resolve_shaped/resolve_cdl.edl"
    mine = read_timeline(path, rate=Fraction(24)).otio
    theirs = otio.adapters.read_from_file(str(path), rate=24)
    pairs = list(zip(mine.find_clips(), theirs.find_clips(), strict=True))
    assert [clip_cdl(ours) for ours, _ in pairs] == [clip_cdl(other) for _, other in pairs]
    assert all(clip_cdl(ours) is not None for ours, _ in pairs)
