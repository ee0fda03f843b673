"""Clips that share a LUT share one file in Resolve too."""

from __future__ import annotations

from dataclasses import replace

from lutnet.grade import CDL, Grade
from lutnet.result import ClipResult, SharedLut
from lutnet.shot import Shot
from resolve_bridge.report import ACCEPTED
from tests.resolve_bridge import documents
from tests.resolve_bridge.conftest import MakeBench
from tests.resolve_bridge.standin.data import Node


def of_one_scene(number: int, shot: Shot) -> ClipResult:
    lut = documents.look()
    grade = Grade(CDL(slope=(1.0 + number / 10, 1.0, 1.0)), lut)
    return replace(documents.graded(number, shot), grade=grade, shared=SharedLut(1, lut.digest, 0.2, 0.5))


def test_a_shared_lut_is_one_file_named_after_the_scene(bench: MakeBench) -> None:
    made = bench(grader=of_one_scene)
    for item in made.items:
        item.versions[item.current].nodes.append(Node("look"))
    report = made.apply(lut_node="look")
    assert [line.outcome for line in report.lines] == [ACCEPTED] * 3, report.to_text()
    (file,) = made.desk.luts.master.rglob("*.cube")
    assert file.name.startswith("scene_01_")
    luts = {item.versions[item.current].nodes[1].lut for item in made.items}
    assert {str(lut).replace("\\", "/").rsplit("/", 1)[-1] for lut in luts} == {file.name}
