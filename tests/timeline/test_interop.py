"""Timelines that other programs wrote.

EXPECTED was counted by hand in the files: video clips listed, of which skipped for another reason than that
their media is not on this machine.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from lutnet.errors import TimelineError
from lutnet.timeline import read_timeline

EXPECTED = {
    "otio/big_int.otio": (1, 0),
    "otio/clip_example.otio": (1, 1),
    "otio/effects.otio": (20, 2),
    "otio/generator_reference_test.otio": (1, 1),
    "otio/multiple_track.otio": (5, 0),
    "otio/multitrack.otio": (5, 5),
    "otio/nested_example.otio": (7, 7),
    "otio/preflattened.otio": (5, 5),
    "otio/simple_cut.otio": (4, 0),
    "otio/transition.otio": (4, 0),
    "otio/transition_test.otio": (3, 3),
    "resolve_shaped/resolve_shaped.otio": (9, 2),
}
NEWER = ("otio/premiere_example.otio", "otio/screening_example.otio")


@pytest.mark.parametrize("name", EXPECTED)
def test_timelines_of_other_programs_give_the_clips_that_they_hold(shared: Path, name: str) -> None:
    shots = read_timeline(shared / "interop" / name).shots
    otherwise = [shot for shot in shots if "offline" not in (shot.skipped or "")]
    assert (len(shots), len(otherwise)) == EXPECTED[name]
    assert len({shot.id for shot in shots}) == len(shots)


@pytest.mark.parametrize("name", NEWER)
def test_timelines_of_newer_programs_end_in_one_clear_error(shared: Path, name: str) -> None:
    with pytest.raises(TimelineError, match="newer OpenTimelineIO"):
        read_timeline(shared / "interop" / name)


def test_no_otio_timeline_at_hand_is_left_out_of_the_table(shared: Path) -> None:
    found = {
        str(path.relative_to(shared / "interop"))
        for folder in ("otio", "resolve_shaped")
        for path in (shared / "interop" / folder).glob("*.otio")
    }
    assert found == {*EXPECTED, *NEWER}


def test_resolve_timecode_and_retimes_are_understood(shared: Path) -> None:
    shots = read_timeline(shared / "interop/resolve_shaped/resolve_shaped.otio").shots
    first, nested, fast = shots[0], shots[4], shots[6]
    assert (float(first.record.start), float(first.first_frame)) == (86_400, 24)
    assert float(nested.first_frame) == 100
    assert (float(fast.record.duration), float(fast.source.duration)) == (48, 96)
