"""What goes out of Resolve to lutnet."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lutnet.timeline import read_timeline
from resolve_bridge.errors import BridgeError
from resolve_bridge.export import export_current_frame, export_latest_still, export_timeline
from resolve_bridge.timecode import timecode
from tests.resolve_bridge.conftest import MakeBench
from tests.resolve_bridge.standin.data import Fault, Item


def write_name(item: Item, file: Path) -> None:
    file.write_text(item.name)


def test_the_exported_timeline_is_what_lutnet_reads(bench: MakeBench, tmp_path: Path) -> None:
    made = bench()
    path = export_timeline(made.desk.resolve(), made.timeline, tmp_path)
    assert [shot.name for shot in read_timeline(path).shots] == ["a.mov", "b.mov", "c.mov"]


def test_an_export_that_holds_no_timeline_is_not_believed(bench: MakeBench, tmp_path: Path) -> None:
    made = bench()
    assert made.desk.open_timeline is not None
    made.desk.open_timeline.otio = "null"
    assert export_timeline(made.desk.resolve(), made.timeline, tmp_path).suffix == ".xml"


def test_a_stale_file_is_not_taken_for_a_fresh_export(bench: MakeBench, tmp_path: Path) -> None:
    made = bench()
    export_timeline(made.desk.resolve(), made.timeline, tmp_path)
    made.desk.world.faults = lambda index, name: Fault(True) if name == "Export" else None
    with pytest.raises(BridgeError, match="did not export"):
        export_timeline(made.desk.resolve(), made.timeline, tmp_path)


def test_the_current_frame_is_exported_and_its_absence_noticed(bench: MakeBench, tmp_path: Path) -> None:
    made = bench()
    with pytest.raises(BridgeError, match="there is no"):
        made.desk.world.faults = lambda index, name: (
            Fault(True) if name == "ExportCurrentFrameAsStill" else None
        )
        export_current_frame(made.project, tmp_path)
    made.desk.world.faults = lambda index, name: None
    made.desk.render = write_name
    assert made.timeline.SetCurrentTimecode("01:00:02:12") is True
    assert export_current_frame(made.project, tmp_path).read_text() == "b.mov"


def test_an_empty_gallery_is_one_clear_error(bench: MakeBench, tmp_path: Path) -> None:
    made = bench()
    with pytest.raises(BridgeError, match="holds no still"):
        export_latest_still(made.project, tmp_path)


@given(
    frame=st.integers(0, 24 * 3600 * 30 - 1),
    rate=st.sampled_from(
        [Fraction(24), Fraction(25), Fraction(24000, 1001), Fraction(30), Fraction(30000, 1001)]
    ),
)
def test_timecodes_are_opentimelineios(frame: int, rate: Fraction) -> None:
    time = otio.opentime.RationalTime(frame, float(rate))
    if rate == Fraction(30000, 1001):
        assert timecode(frame, rate, drop=True) == otio.opentime.to_timecode(time, float(rate), True)
    whole = otio.opentime.RationalTime(frame, round(rate))
    assert timecode(frame % (24 * 3600 * round(rate)), rate, drop=False) == otio.opentime.to_timecode(
        otio.opentime.RationalTime(frame % (24 * 3600 * round(rate)), whole.rate), whole.rate, False
    )
