"""Timelines that other programs wrote, each beside the count of ``count_interop.py``, which knows no lutnet."""

from __future__ import annotations

import csv
from collections import defaultdict
from fractions import Fraction
from pathlib import Path

import pytest

from lutnet.errors import LutnetError
from lutnet.shot import Shot
from lutnet.timeline import read_timeline
from tests.timeline.count_interop import FOLDERS

TABLE: dict[tuple[str, str, str], list[list[str]]] = defaultdict(list)
with Path(__file__).with_name("interop_table.csv").open(newline="") as _file:
    for _name, _rate, _sequence, *_counted in list(csv.reader(_file))[1:]:
        TABLE[_name, _rate, _sequence].append(_counted)

TENTH = 1 / 240
"""Seconds: a tenth of a frame."""
WRITTEN = 1.1e-6
"""Programs write 23.976 for 24000/1001: the same frame is a millionth of its timecode elsewhere in seconds."""


@pytest.mark.shared
@pytest.mark.parametrize("case", TABLE, ids=lambda case: " ".join(filter(None, case)))
def test_every_timeline_gives_the_shots_that_an_independent_count_gives(
    shared: Path, case: tuple[str, str, str]
) -> None:
    name, rate, sequence = case
    path = shared / "interop" / name
    fps = Fraction(rate) if rate else None
    if TABLE[case][0][0] == "error":
        with pytest.raises(LutnetError, match=TABLE[case][0][1]):
            read_timeline(path, rate=fps)
        return
    shots = read_timeline(path, rate=fps, sequence=sequence or None).shots
    assert len(shots) == len(TABLE[case])
    assert len({shot.id for shot in shots}) == len(shots)
    for shot, (track, clip, *times) in zip(shots, TABLE[case], strict=True):
        assert str(shot.track) == track
        assert clip in (shot.name, "")
        assert seconds(shot) == pytest.approx([float(time) for time in times], abs=TENTH, rel=WRITTEN), (
            shot.name
        )


@pytest.mark.shared
def test_no_timeline_at_hand_is_left_out_of_the_table(shared: Path) -> None:
    root = shared / "interop"
    found = {str(path.relative_to(root)) for folder in FOLDERS for path in (root / folder).iterdir()}
    assert found == {name for name, _, _ in TABLE}


@pytest.mark.shared
def test_resolve_timecode_and_retimes_are_understood(shared: Path) -> None:
    shots = read_timeline(shared / "interop/resolve_shaped/resolve_shaped.otio").shots
    first, nested, fast = shots[0], shots[4], shots[6]
    assert (float(first.record.start), float(first.first_frame)) == (86_400, 24)
    assert float(nested.first_frame) == 100
    assert (float(fast.record.duration), float(fast.source.duration)) == (48, 96)


def seconds(shot: Shot) -> list[float]:
    parts = (shot.record.start_seconds, shot.record.duration_seconds)
    return [float(part) for part in (*parts, shot.source.start_seconds, shot.source.duration_seconds)]
