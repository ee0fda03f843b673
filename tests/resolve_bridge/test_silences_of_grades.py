"""More of the table of docs/resolve.md: where Resolve loses a CDL or a LUT in silence."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lutnet.grade import Grade
from lutnet.result import ClipResult, Status
from resolve_bridge.errors import BridgeError
from resolve_bridge.package import read_package
from resolve_bridge.report import ACCEPTED, FAILED, UNCHANGED
from resolve_bridge.revert import revert
from resolve_bridge.write import cdl_argument
from tests.resolve_bridge import documents
from tests.resolve_bridge.conftest import MakeBench
from tests.resolve_bridge.standin.data import Fault, snapshot


def test_a_cdl_is_sent_with_five_keys_as_strings_without_exponents(bench: MakeBench) -> None:
    made = bench()
    handle = made.timeline
    first = handle.GetItemListInTrack("video", 1)[0]
    assert (
        first.SetCDL({"NodeIndex": "1", "Slope": [1, 1, 1], "Offset": "", "Power": "", "Saturation": "1"})
        is False
    )
    made.apply()
    sent = next(
        call.arguments[0]
        for call in made.desk.world.calls
        if call.name == "SetCDL" and call.arguments[0]["Offset"]
    )
    assert sent == {
        "NodeIndex": "1",
        "Slope": "1.100000 1.000000 0.900000",
        "Offset": "0.010000 -0.020000 0.030000",
        "Power": "1.100000 1.000000 0.950000",
        "Saturation": "1.000000",
    }
    tiny = read_package(made.package).clips[0].cdl
    assert tiny is not None
    assert cdl_argument(tiny._replace(offset=(1e-5, -1e-7, 0.0)))["Offset"] == "0.000010 -0.000000 0.000000"


def test_a_cdl_that_is_refused_takes_the_version_away_again(bench: MakeBench) -> None:
    made = bench()
    before = snapshot(made.desk.open_timeline)
    made.failing("SetCDL", Fault(False))
    report = made.apply()
    assert [line.reason for line in report.lines] == [
        "SetCDL was refused: Resolve answered False and no reason"
    ] * 3
    assert snapshot(made.desk.open_timeline) == before


def test_a_cdl_swallowed_by_keyframes_is_never_called_landed(bench: MakeBench) -> None:
    made = bench()
    made.item("a.mov").nodes[0].keyframed = True
    assert made.outcomes() == [ACCEPTED] * 3
    assert "unverified" in ACCEPTED
    assert made.item("a.mov").nodes[0].primaries == (1, 1, 1, 0, 0, 0, 1, 1, 1, 1)


def test_stills_refuse_cdls_so_theirs_travel_in_a_lut(bench: MakeBench, tmp_path: Path) -> None:
    (still,) = documents.media(tmp_path / "media", "still.png")
    made = bench([documents.clip(still, 120, length=1)])
    report = made.apply()
    assert [line.outcome for line in report.lines] == [ACCEPTED]
    assert "a still takes no CDL" in report.lines[0].notes[0]
    assert "_baked_" in made.item("still.png").nodes[0].lut


def test_a_lut_is_found_only_below_the_master_folder_and_after_a_refresh(bench: MakeBench) -> None:
    made = bench()
    timeline = made.timeline
    graph = timeline.GetItemListInTrack("video", 1)[0].GetNodeGraph()
    source = next((made.package / "luts").iterdir())
    shutil.copy(source, made.desk.luts.user / "mine.cube")
    made.desk.luts.refresh()
    assert graph.SetLUT(1, "mine.cube") is False
    assert graph.SetLUT(1, str(made.desk.luts.user / "mine.cube")) is False
    shutil.copy(source, made.desk.luts.master / "new.cube")
    assert graph.SetLUT(1, "new.cube") is False
    made.apply()
    lut = made.item("b.mov").nodes[0].lut
    assert lut.startswith("lutnet/cut") or lut.startswith("lutnet/Timeline")
    assert (made.desk.luts.master / lut).is_file()


def test_luts_that_cannot_be_refreshed_stop_the_run_before_anything_is_changed(bench: MakeBench) -> None:
    made = bench()
    before = snapshot(made.desk.open_timeline)
    made.failing("RefreshLUTList", Fault(False))
    with pytest.raises(BridgeError, match="did not read its LUTs"):
        made.apply()
    assert snapshot(made.desk.open_timeline) == before


def test_a_changed_lut_gets_a_new_path_because_resolve_keeps_the_old_one_in_mind(bench: MakeBench) -> None:
    made = bench()
    made.apply()
    first = made.item("b.mov").nodes[0].lut
    stronger = documents.package(made.package.with_suffix(".otio"), lambda n, s: documents.graded(n + 2, s))
    assert stronger == made.package
    made.apply()
    assert made.item("a.mov").nodes[0].primaries[9] == 0.8
    later = documents.package(
        made.package.with_suffix(".otio"),
        lambda n, s: ClipResult(s, Status.PROPOSED, None, Grade(documents.PALE, documents.look())),
    )
    assert later == made.package
    made.apply()
    second = made.item("b.mov").nodes[0].lut
    assert first != second and (made.desk.luts.master / first).is_file()


def test_a_lut_of_the_users_on_node_1_is_not_replaced_unless_the_node_was_named(bench: MakeBench) -> None:
    made = bench()
    shutil.copy(next((made.package / "luts").iterdir()), made.desk.luts.master / "own.cube")
    made.desk.luts.refresh()
    for item in made.items:
        item.nodes[0].lut = "own.cube"
    report = made.apply()
    assert [line.outcome for line in report.lines] == [ACCEPTED, FAILED, ACCEPTED]
    assert "node 1 holds the LUT own.cube" in report.lines[1].reason
    assert "whether before or after the CDL is not known" in report.lines[0].notes[0]
    assert made.apply(lut_node="2").lines[1].outcome == FAILED  # there is no node 2
    assert made.apply(lut_node="1").lines[1].outcome == ACCEPTED
    revert(made.desk.resolve())
    made.item("b.mov").nodes[0].label = "look"
    assert made.apply(lut_node="look").lines[1].outcome == ACCEPTED


def test_a_node_that_is_not_there_is_said_and_the_lut_baked(bench: MakeBench) -> None:
    report = bench().apply(lut_node="look")
    assert report.lines[1].outcome == ACCEPTED
    assert report.lines[1].what == "one LUT for all on node 1" and "no node 'look'" in report.lines[1].notes


def test_an_input_lut_that_lutnet_did_not_see_is_noted(bench: MakeBench) -> None:
    made = bench()
    media = made.item("a.mov").media
    assert media is not None
    media.input_lut = "LogToVideo.cube"
    assert "LogToVideo.cube" in made.apply().lines[0].notes[0]


def test_a_second_apply_makes_lutnets_version_active_again_and_names_what_was_changed_by_hand(
    bench: MakeBench,
) -> None:
    made = bench()
    made.apply()
    ours = {item.name: item.current for item in made.items}
    made.item("a.mov").current = ("Version 1", 0)
    made.item("b.mov").nodes[0].lut = ""
    report = made.apply()
    assert [line.outcome for line in report.lines] == [ACCEPTED, UNCHANGED, UNCHANGED]
    assert "active again" in report.lines[0].reason
    assert report.lines[1].notes[-1] == "the LUT of node 1 was changed by hand since"
    assert {item.name: item.current for item in made.items} == ours
