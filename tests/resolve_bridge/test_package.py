"""A package from a stranger cannot lead the bridge anywhere, nor half a package to half a grade."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lutnet.diagnosis.heads import HEADS
from lutnet.diagnosis.words import NOTABLE_LEVEL
from lutnet.grade import CDL, Grade
from lutnet.result import ClipResult, Status
from lutnet.shot import Shot
from resolve_bridge import findings
from resolve_bridge.cube import parse_cube
from resolve_bridge.errors import BridgeError
from resolve_bridge.luts import shelf
from resolve_bridge.package import read_package
from resolve_bridge.report import ACCEPTED, FAILED, LEFT, PLANNED, REVERTED, UNCHANGED
from resolve_bridge.revert import revert
from tests.resolve_bridge import documents
from tests.resolve_bridge.conftest import MakeBench
from tests.resolve_bridge.standin.data import snapshot

Change = Callable[[Any], None]


def changed(folder: Path, change: Change) -> None:
    path = folder / "grades.json"
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))


@pytest.mark.parametrize(
    "path",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "luts/../../secret.cube",
        "luts\\x.cube",
        "C:\\x.cube",
        "luts/sub/x.cube",
        "luts/.hidden.cube",
        "luts/x.cube\n",
        "luts/x.drx",
    ],
)
def test_a_lut_path_that_leaves_the_package_is_refused(bench: MakeBench, path: str) -> None:
    made = bench()
    changed(made.package, lambda document: document["clips"][1]["lut"].update(path=path))
    with pytest.raises(BridgeError, match="leaves the package"):
        read_package(made.package)


def test_a_link_that_leads_out_of_the_package_is_refused(bench: MakeBench, tmp_path: Path) -> None:
    made = bench()
    (tmp_path / "secret.cube").write_text("secret")
    (made.package / "luts" / "x.cube").symlink_to(tmp_path / "secret.cube")
    changed(made.package, lambda document: document["clips"][1]["lut"].update(path="luts/x.cube"))
    with pytest.raises(BridgeError, match="leaves the package"):
        read_package(made.package)


def test_a_lut_that_is_not_the_one_named_is_not_copied(bench: MakeBench) -> None:
    made = bench()
    before = snapshot(made.desk.open_timeline)
    lut = next((made.package / "luts").iterdir())
    lut.write_text(lut.read_text().replace("0.000000", "0.000001", 1))
    with pytest.raises(BridgeError, match="SHA-256 differs"):
        made.apply()
    assert snapshot(made.desk.open_timeline) == before
    assert not list(made.desk.luts.master.rglob("*.cube"))


BROKEN: dict[str, Change] = {
    "newer": lambda d: d.update(version=2),
    "foreign": lambda d: d.update(format="other"),
    "no clips": lambda d: d.pop("clips"),
    "clips a number": lambda d: d.update(clips=3),
    "no rate": lambda d: d["timeline"].update(rate="0/0"),
    "rate a word": lambda d: d["timeline"].update(rate="film"),
    "start a word": lambda d: d["clips"][0]["record"].update(start="here"),
    "slope of two": lambda d: d["clips"][0]["cdl"].update(slope=[1.0, 1.0]),
    "slope below 0": lambda d: d["clips"][0]["cdl"].update(slope=[-1.0, 1.0, 1.0]),
    "power 0": lambda d: d["clips"][0]["cdl"].update(power=[0.0, 1.0, 1.0]),
    "saturation NaN": lambda d: d["clips"][0]["cdl"].update(saturation=float("nan")),
    "offset infinite": lambda d: d["clips"][0]["cdl"].update(offset=[float("inf"), 0.0, 0.0]),
    "lut a word": lambda d: d["clips"][1].update(lut="x"),
}


@pytest.mark.parametrize("change", BROKEN.values(), ids=BROKEN.keys())
def test_a_malformed_package_is_one_clear_error(bench: MakeBench, change: Change) -> None:
    made = bench()
    changed(made.package, change)
    with pytest.raises(BridgeError, match=r"grades\.json"):
        read_package(made.package)


def test_no_package_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match="lutnet grade"):
        read_package(tmp_path)
    (tmp_path / "grades.json").write_text("[")
    with pytest.raises(BridgeError, match="no JSON"):
        read_package(tmp_path)


def test_clips_that_were_skipped_rejected_or_need_nothing_are_left_alone(bench: MakeBench) -> None:
    def grader(number: int, shot: Shot) -> ClipResult:
        status = (Status.REJECTED, Status.APPROVED, Status.SKIPPED)[number]
        if status is Status.SKIPPED:
            return ClipResult(shot, status, warnings=("it cannot be decoded",))
        return ClipResult(shot, status, documents.diagnosis(), Grade(CDL() if number else documents.TINTED))

    made = bench(grader=grader)
    before = snapshot(made.desk.open_timeline)
    report = made.apply()
    assert [line.outcome for line in report.lines] == [LEFT] * 3
    assert [line.reason for line in report.lines] == [
        "rejected in the review",
        "its grade changes nothing",
        "not graded: it cannot be decoded",
    ]
    assert snapshot(made.desk.open_timeline) == before


def test_a_new_grade_goes_into_a_new_version_from_the_users_and_revert_removes_both(bench: MakeBench) -> None:
    made = bench()
    before = snapshot(made.desk.open_timeline)
    made.apply()
    first = made.item("a.mov").current
    path = made.package.with_suffix(".otio")
    documents.package(
        path, lambda n, s: ClipResult(s, Status.CHANGED, documents.diagnosis(), Grade(documents.PALE))
    )
    report = made.apply()
    assert [line.outcome for line in report.lines] == [ACCEPTED, ACCEPTED, UNCHANGED]  # c.mov had this grade
    item = made.item("a.mov")
    assert {first, item.current} < set(item.versions) and first != item.current
    assert [marker["color"] for marker in item.markers.values()] == ["Green"]
    assert made.item("b.mov").flags == []
    revert(made.desk.resolve())
    assert snapshot(made.desk.open_timeline) == before


def test_a_version_that_the_user_deleted_is_written_anew(bench: MakeBench) -> None:
    made = bench()
    made.apply()
    item = made.item("a.mov")
    del item.versions[item.current]
    item.current = ("Version 1", 0)
    assert [line.outcome for line in made.apply().lines] == [ACCEPTED, UNCHANGED, UNCHANGED]
    assert len(item.versions) == 2 and len(item.markers) == 1


def test_an_own_version_made_since_is_kept_by_revert(bench: MakeBench) -> None:
    made = bench()
    made.apply()
    item = made.item("a.mov")
    item.versions[("mine", 0)] = item.versions[item.current].copy()
    item.current = ("mine", 0)
    assert not revert(made.desk.resolve()).failed
    assert item.current == ("mine", 0) and set(item.versions) == {("Version 1", 0), ("mine", 0)}


def test_a_remote_version_comes_back_as_remote(bench: MakeBench) -> None:
    made = bench()
    item = made.item("a.mov")
    item.versions[("shared", 1)] = item.versions[item.current].copy()
    item.current = ("shared", 1)
    before = snapshot(made.desk.open_timeline)
    assert made.apply().lines[0].outcome == ACCEPTED
    assert item.current[1] == 0
    revert(made.desk.resolve())
    assert snapshot(made.desk.open_timeline) == before


def test_markers_speak_with_the_words_of_the_diagnosis() -> None:
    assert {head.name: (head.negative, head.positive) for head in HEADS} == findings.WORDS
    assert findings.NOTABLE_LEVEL == NOTABLE_LEVEL


def test_the_marker_names_the_finding_and_an_unsure_one_is_flagged(bench: MakeBench) -> None:
    made = bench()
    made.apply()
    sure, unsure = (next(iter(made.item(name).markers.values())) for name in ("a.mov", "b.mov"))
    assert sure["note"] == "overexposed by 0.8 stop (90 %)" and sure["color"] == "Cyan"
    assert unsure["color"] == "Yellow" and made.item("b.mov").flags == ["Red"]
    assert made.item("a.mov").flags == []


@pytest.mark.parametrize(
    "text",
    [
        "LUT_3D_SIZE 2\n0 0 0\n",
        "LUT_3D_SIZE 200\n",
        "LUT_3D_SIZE 2\nDOMAIN_MAX 2 2 2\n" + "0 0 0\n" * 8,
        "LUT_1D_SIZE 2\n0 0 0\n1 1 1\n",
        "0 0 zero\n",
        "\u00e9\n",
    ],
)
def test_a_damaged_or_foreign_cube_is_refused(text: str) -> None:
    with pytest.raises(BridgeError, match=r"x\.cube"):
        parse_cube(text.encode(), "x.cube")


def test_names_of_timelines_make_safe_folders(tmp_path: Path) -> None:
    assert shelf(tmp_path, "cut_v2").folder == "lutnet/cut_v2"
    assert shelf(tmp_path, "../../R\u00e9el 1/2").folder.startswith("lutnet/R_el_1_2-")
    assert shelf(tmp_path, "...").folder.startswith("lutnet/timeline-")


def test_no_two_timelines_share_a_folder(tmp_path: Path) -> None:
    long = "a documentary about something very long, reel "
    names = [long + "1", long + "2", "A B", "A_B", "\u65e5\u672c", "\u6771\u4eac", "timeline"]
    assert len({shelf(tmp_path, name).folder for name in names}) == len(names)


def test_a_grade_that_is_rejected_after_it_was_applied_is_taken_back(bench: MakeBench) -> None:
    made = bench()
    before = snapshot(made.desk.open_timeline)
    made.apply()

    def reject(document: Any) -> None:
        for clip in document["clips"]:
            clip["status"] = "rejected"

    changed(made.package, reject)
    assert {line.outcome for line in made.apply(dry_run=True).lines} == {PLANNED}
    report = made.apply()
    assert {line.outcome for line in report.lines} == {REVERTED}, report.to_text()
    assert snapshot(made.desk.open_timeline) == before
    assert {line.outcome for line in made.apply().lines} == {LEFT}


def test_a_dry_run_tells_what_is_there_already_and_what_would_be_refused(bench: MakeBench) -> None:
    made = bench()
    made.apply()
    assert {line.outcome for line in made.apply(dry_run=True).lines} == {UNCHANGED}
    revert(made.desk.resolve())
    made.item("b.mov").nodes[0].lut = "own.cube"
    assert made.apply(dry_run=True).lines[1].outcome == made.apply().lines[1].outcome == FAILED


def test_a_lut_folder_that_cannot_be_written_is_one_clear_error(bench: MakeBench) -> None:
    made = bench()
    (made.desk.luts.master / "lutnet").write_text("a file in the way")
    before = snapshot(made.desk.open_timeline)
    with pytest.raises(BridgeError, match="cannot write the LUT"):
        made.apply()
    assert snapshot(made.desk.open_timeline) == before
