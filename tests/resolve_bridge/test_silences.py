"""One test for each way in which Resolve fails in silence: the table of docs/resolve.md, row by row."""

from __future__ import annotations

from pathlib import Path

import pytest

from resolve_bridge.api import ask, expect, offers
from resolve_bridge.apply import Options, apply
from resolve_bridge.connect import connect_inside
from resolve_bridge.errors import BridgeError, CallFailed
from resolve_bridge.export import export_current_frame, export_latest_still, export_timeline
from resolve_bridge.package import read_package
from resolve_bridge.report import ACCEPTED, FAILED, PLANNED, UNCHANGED
from resolve_bridge.revert import revert
from tests.resolve_bridge import documents
from tests.resolve_bridge.conftest import MakeBench
from tests.resolve_bridge.standin.data import NAMES_OF_COLOURS, Edition, Fault, snapshot


def test_add_version_fails_off_the_color_page_so_the_page_is_opened_and_given_back(bench: MakeBench) -> None:
    made = bench()
    handle = made.timeline
    assert handle.GetItemListInTrack("video", 1)[0].AddVersion("x", 0) is False
    made.desk.world.page = "fairlight"
    assert made.outcomes() == [ACCEPTED] * 3
    assert made.desk.world.page == "fairlight"


def test_a_page_that_says_yes_and_does_not_open_is_noticed(bench: MakeBench) -> None:
    made = bench()
    made.failing("OpenPage", Fault(True))
    report = made.apply()
    assert [line.outcome for line in report.lines] == [FAILED] * 3
    assert "the page is 'edit'" in report.notes[0]


def test_missing_calls_look_present_and_are_none(bench: MakeBench) -> None:
    resolve = bench().desk.resolve()
    assert hasattr(resolve, "NoSuchCall") and resolve.NoSuchCall is None
    assert not offers(resolve, "NoSuchCall") and offers(resolve, "OpenPage")
    with pytest.raises(CallFailed, match="NoSuchCall is not there"):
        ask(resolve, "NoSuchCall")


@pytest.mark.parametrize("answer", [None, False])
def test_a_call_made_up_for_a_missing_name_is_not_believed(bench: MakeBench, answer: object) -> None:
    made = bench(edition=Edition((21, 0, 0)))
    made.desk.world.fabricates = [answer]
    resolve = made.desk.resolve()
    assert resolve.NoSuchCall() is answer
    assert not offers(resolve, "NoSuchCall")
    with pytest.raises(CallFailed, match="NoSuchCall"):
        expect(str, resolve, "NoSuchCall")
    assert made.outcomes() == [ACCEPTED] * 3
    assert made.outcomes() == [UNCHANGED] * 3
    made.desk.world.hidden = ["SetLUT"]
    made.item("b.mov").versions = {("Version 1", 0): made.item("b.mov").versions["Version 1", 0]}
    made.item("b.mov").current = ("Version 1", 0)
    made.item("b.mov").markers.clear()
    report = made.apply()
    assert [line.outcome for line in report.lines] == [UNCHANGED, FAILED, UNCHANGED]
    assert "SetLUT" in report.lines[1].reason


@pytest.mark.parametrize("version", [(19, 1, 3), (20, 0, 1), (21, 0, 2), (21, 1, 0)])
def test_every_version_is_served_though_calls_were_renamed(
    bench: MakeBench, version: tuple[int, int, int]
) -> None:
    made = bench(edition=Edition(version))
    project = made.project
    assert (project.GetSetting is None) == (version >= (21, 1, 0))
    assert made.outcomes() == [ACCEPTED] * 3
    assert made.outcomes() == [UNCHANGED] * 3
    assert not revert(made.desk.resolve()).failed


def test_the_edition_and_version_are_reported_as_resolve_states_them(bench: MakeBench) -> None:
    assert bench(edition=Edition((19, 1, 3))).apply().product == "DaVinci Resolve Studio 19.1.3.7"
    assert bench(edition=Edition((21, 0, 0), studio=False)).apply().product == "DaVinci Resolve 21.0.0.7"


def test_the_free_edition_lets_no_other_program_in_but_its_own_menu_applies(bench: MakeBench) -> None:
    made = bench(edition=Edition((21, 0, 0), studio=False))
    assert made.desk.scriptapp() is None
    resolve = connect_inside({"resolve": made.desk.resolve()})
    report = apply(resolve, read_package(made.package), Options(lut_folder=made.desk.luts.master))
    assert not report.failed


def test_no_call_is_made_that_raises_a_dialog_in_the_free_edition(bench: MakeBench) -> None:
    """Nor any that hangs a project that was never saved."""
    made = bench(edition=Edition((21, 0, 0), studio=False))
    made.apply()
    revert(made.desk.resolve())
    names = {call.name for call in made.desk.world.calls}
    assert not names & {
        "SaveProject",
        "LoadProject",
        "Quit",
        "ApplyGradeFromDRX",
        "ResetAllGrades",
        "SetSetting",
    }


@pytest.mark.parametrize("name", ["SetLUT", "AddVersion"])
def test_a_yes_that_does_nothing_is_found_out_by_reading_back(bench: MakeBench, name: str) -> None:
    made = bench()
    before = snapshot(made.desk.open_timeline)
    made.failing(name, Fault(True))
    failed = made.apply().failed
    assert failed and all(f"{name} said yes, but" in line.reason for line in failed)
    assert made.item("b.mov").current == ("Version 1", 0)
    assert snapshot(made.desk.open_timeline) == before or name == "SetLUT"


def test_transitions_and_titles_stand_among_the_clips_and_are_passed_over(
    bench: MakeBench, tmp_path: Path
) -> None:
    a, b = documents.media(tmp_path / "media", "a.mov", "b.mov")
    cut = [
        documents.clip(a, 48),
        documents.transition(6, 6),
        documents.clip(b, 48, 20),
        documents.clip(None, 24),
    ]
    made = bench(cut)
    timeline = made.timeline
    assert len(timeline.GetItemListInTrack("video", 1)) == 4
    report = made.apply()
    assert [line.outcome for line in report.lines if line.name.endswith(".mov")] == [ACCEPTED] * 2
    assert {other["name"] for other in report.others} == {"Cross Dissolve", "Text+"}


def test_an_empty_table_is_an_empty_list_whichever_way_it_comes(bench: MakeBench) -> None:
    made = bench()
    empty = {"GetFlagList": Fault({}), "GetMarkers": Fault([])}
    made.desk.world.faults = lambda index, name: empty.get(name)
    assert made.outcomes() == [ACCEPTED] * 3


def test_handles_that_went_stale_stop_the_run(bench: MakeBench) -> None:
    made = bench()

    def timeline_is_deleted(index: int, name: str) -> Fault | None:
        if name == "AddMarker" and made.desk.open_timeline is not None:
            made.desk.open_timeline.gone = True
            for item in made.items:
                item.gone = True
        return None

    made.desk.world.faults = timeline_is_deleted
    report = made.apply()
    assert FAILED in [line.outcome for line in report.lines[:2]]
    assert report.lines[2].reason.startswith("not tried: Resolve stopped answering")


def test_a_graph_goes_stale_with_its_version_and_is_fetched_again(bench: MakeBench) -> None:
    made = bench()
    made.desk.world.page = "color"
    timeline = made.timeline
    item = timeline.GetItemListInTrack("video", 1)[1]
    graph = item.GetNodeGraph()
    assert item.AddVersion("other", 0) is True
    assert graph.SetLUT is None
    assert made.apply().lines[1].outcome == ACCEPTED


def test_two_markers_cannot_share_a_frame_so_a_free_one_is_taken(bench: MakeBench) -> None:
    made = bench()
    own = {"color": "Blue", "duration": 1, "note": "", "name": "mine", "customData": ""}
    made.item("a.mov").markers[0] = dict(own)
    assert made.outcomes()[0] == ACCEPTED
    assert made.item("a.mov").markers[0] == own
    assert made.item("a.mov").markers[1]["color"] in NAMES_OF_COLOURS


def test_the_users_own_flag_survives_apply_and_revert(bench: MakeBench) -> None:
    made = bench()
    made.item("b.mov").flags = ["Red"]
    made.apply()
    assert made.item("b.mov").flags == ["Red"]
    revert(made.desk.resolve())
    assert made.item("b.mov").flags == ["Red"]


def test_an_export_constant_must_be_the_live_float_and_the_file_must_be_there(
    bench: MakeBench, tmp_path: Path
) -> None:
    made = bench()
    resolve = made.desk.resolve()
    timeline = made.timeline
    assert timeline.Export(str(tmp_path / "x.otio"), "EXPORT_OTIO", resolve.EXPORT_NONE) is False
    assert not (tmp_path / "x.otio").exists()
    assert export_timeline(resolve, timeline, tmp_path).suffix == ".otio"
    made.desk.exports.remove("EXPORT_OTIO")
    assert export_timeline(resolve, timeline, tmp_path).suffix == ".xml"
    made.failing("Export", Fault(True))
    with pytest.raises(BridgeError, match="said yes, but wrote no timeline"):
        export_timeline(resolve, timeline, tmp_path)


def test_stills_are_exported_only_while_the_gallery_shows(bench: MakeBench, tmp_path: Path) -> None:
    made = bench()
    made.desk.render = lambda item, file: file.touch()
    made.desk.stills = [made.item("a.mov")]
    project = made.project
    with pytest.raises(BridgeError, match="Open the Gallery panel"):
        export_latest_still(project, tmp_path)
    made.desk.gallery_open = True
    assert export_latest_still(project, tmp_path).suffix == ".png"


def test_a_dry_run_changes_nothing_and_copies_nothing(bench: MakeBench) -> None:
    made = bench()
    before = snapshot(made.desk.open_timeline)
    report = made.apply(dry_run=True)
    assert [line.outcome for line in report.lines] == [PLANNED] * 3
    assert snapshot(made.desk.open_timeline) == before
    assert not list(made.desk.luts.master.rglob("*"))
    assert not {"OpenPage", "AddVersion", "RefreshLUTList"} & {call.name for call in made.desk.world.calls}


def test_no_timeline_open_is_one_clear_error(bench: MakeBench) -> None:
    made = bench()
    made.desk.open_timeline = None
    with pytest.raises(BridgeError, match="no timeline is open"):
        made.apply()


def test_a_studio_call_that_raises_a_dialog_in_the_free_edition_is_told_and_then_waited_for(
    bench: MakeBench, tmp_path: Path
) -> None:
    made = bench(edition=Edition((21, 0, 0), studio=False))
    before = snapshot(made.desk.open_timeline)
    made.desk.world.studio_only = ["ExportCurrentFrameAsStill"]
    with pytest.raises(BridgeError, match="current frame cannot be exported"):
        export_current_frame(made.project, tmp_path)
    with pytest.raises(BridgeError, match="Close any dialog"):
        made.apply()
    assert snapshot(made.desk.open_timeline) == before
    made.desk.world.dialog = False  # the user has closed it
    assert made.outcomes() == [ACCEPTED] * 3


@pytest.mark.parametrize("call", ["AddVersion", "GetNodeGraph", "SetLUT", "AddMarker", "RefreshLUTList"])
def test_a_resolve_that_lacks_a_call_is_told_which(bench: MakeBench, call: str) -> None:
    made = bench()
    before = snapshot(made.desk.open_timeline)
    made.desk.world.hidden = [call]
    try:
        reasons = [line.reason for line in made.apply().failed]
    except BridgeError as error:
        reasons = [str(error)]
    assert reasons and all(f"{call} is not there" in reason for reason in reasons)
    made.desk.world.hidden = []
    revert(made.desk.resolve())
    assert snapshot(made.desk.open_timeline) == before
