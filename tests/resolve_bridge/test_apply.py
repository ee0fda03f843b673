"""Applying a package, seen from the project."""

from __future__ import annotations

from resolve_bridge.report import ACCEPTED, UNCHANGED
from resolve_bridge.revert import revert
from tests.resolve_bridge.conftest import MakeBench
from tests.resolve_bridge.standin.data import snapshot


def test_every_clip_lands_in_a_version_of_its_own_and_the_users_stays(bench: MakeBench) -> None:
    made = bench()
    before = [item.versions[("Version 1", 0)].nodes[0].primaries for item in made.items]
    report = made.apply()
    assert [line.outcome for line in report.lines] == [ACCEPTED] * 3, report.to_text()
    assert [item.versions[("Version 1", 0)].nodes[0].primaries for item in made.items] == before
    assert all(item.current[0].startswith("lutnet ") for item in made.items)
    assert made.desk.world.page == "edit"


def test_a_second_apply_changes_nothing(bench: MakeBench) -> None:
    made = bench()
    made.apply()
    once = snapshot(made.desk.open_timeline)
    report = made.apply()
    assert [line.outcome for line in report.lines] == [UNCHANGED] * 3
    assert snapshot(made.desk.open_timeline) == once


def test_apply_then_revert_leaves_the_project_exactly_as_it_was(bench: MakeBench) -> None:
    made = bench()
    before = snapshot(made.desk.open_timeline)
    made.apply()
    assert snapshot(made.desk.open_timeline) != before
    report = revert(made.desk.resolve())
    assert not report.failed, report.to_text()
    assert snapshot(made.desk.open_timeline) == before
    assert made.desk.world.page == "edit"
