"""Proof by stills: a swallowed CDL is caught, a landed one confirmed, and the project left as it was."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lutnet.cli.resolve_proof import proven
from lutnet.grade import CDL, Grade
from lutnet.result import ClipResult, Status
from resolve_bridge.errors import BridgeError
from resolve_bridge.package import read_package
from resolve_bridge.report import ACCEPTED, FAILED, LANDED, Report
from tests.resolve_bridge import documents
from tests.resolve_bridge.conftest import Bench, MakeBench
from tests.resolve_bridge.standin.colour import ASC_LUMA, MEASURED_LUMA, Engine, write_still
from tests.resolve_bridge.standin.data import Item, snapshot

PICTURE = np.random.default_rng(3).uniform(0.1, 0.9, (40, 60, 3))


def rendering(made: Bench, engine: Engine) -> Bench:
    def render(item: Item, file: Path) -> None:
        write_still(file, engine.render(item, PICTURE, made.desk.luts))

    made.desk.render = render
    return made


def proof(made: Bench, folder: Path) -> Report:
    return proven(made.apply(), made.desk.resolve(), read_package(made.package), folder)


@pytest.mark.parametrize(
    "engine", [Engine(), Engine(True, MEASURED_LUMA, False, False), Engine(False, ASC_LUMA, False)]
)
def test_grades_that_landed_are_proven_whatever_is_not_known_of_resolve(
    bench: MakeBench, tmp_path: Path, engine: Engine
) -> None:
    report = proof(rendering(bench(), engine), tmp_path)
    assert [line.outcome for line in report.lines] == [LANDED] * 3, report.to_text()


def test_a_cdl_swallowed_by_keyframes_is_found_out(bench: MakeBench, tmp_path: Path) -> None:
    made = rendering(bench(), Engine())
    made.item("a.mov").nodes[0].keyframed = True
    report = proof(made, tmp_path)
    assert [line.outcome for line in report.lines] == [FAILED, LANDED, LANDED]
    assert "keyframes" in report.lines[0].reason


def test_taking_the_proof_leaves_the_project_as_it_was(bench: MakeBench, tmp_path: Path) -> None:
    made = rendering(bench(), Engine())
    made.apply()
    before = snapshot(made.desk.open_timeline)
    proof(made, tmp_path)
    assert snapshot(made.desk.open_timeline) == before
    assert made.timeline.GetCurrentTimecode() == "01:00:00:00"
    assert made.desk.world.page == "edit"


def test_a_covered_item_and_one_with_more_nodes_are_not_proven_either_way(
    bench: MakeBench, tmp_path: Path
) -> None:
    a, b, top = documents.media(tmp_path / "media", "a.mov", "b.mov", "top.mov")
    made = rendering(
        bench([documents.clip(a, 48), documents.clip(b, 48)], [documents.clip(top, 48)]), Engine()
    )
    made.item("b.mov").nodes.append(made.item("b.mov").nodes[0].copy())
    report = proof(made, tmp_path / "stills")
    found = {line.name: line for line in report.lines}
    assert [found[name].outcome for name in ("a.mov", "b.mov", "top.mov")] == [ACCEPTED, ACCEPTED, LANDED]
    assert "this one is covered" in found["a.mov"].notes[-1]
    assert "those of your own act as well" in found["b.mov"].notes[-1]


def test_behind_an_output_transform_nothing_is_claimed(bench: MakeBench, tmp_path: Path) -> None:
    made = bench()
    made.desk.settings.update(colorScienceMode="acescct")
    with pytest.raises(BridgeError, match="output transform"):
        proven(made.apply(assume=True), made.desk.resolve(), read_package(made.package), tmp_path)


def test_a_swallowed_grade_too_small_for_stills_to_tell_is_not_called_landed(
    bench: MakeBench, tmp_path: Path
) -> None:
    faint = Grade(CDL((1.0,) * 3, (0.004,) * 3, (1.0,) * 3, 1.0))
    made = rendering(
        bench(grader=lambda n, s: ClipResult(s, Status.PROPOSED, documents.diagnosis(), faint)), Engine()
    )
    made.item("a.mov").nodes[0].keyframed = True
    report = proof(made, tmp_path)
    assert report.lines[0].outcome == ACCEPTED and "no proof" in report.lines[0].notes[-1]
