"""A long timeline costs few calls an item: each call is a trip to another process."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from lutnet.grade import Grade
from lutnet.result import ClipResult, Status
from lutnet.shot import Shot
from resolve_bridge.report import ACCEPTED, REVERTED, UNCHANGED, Report
from resolve_bridge.revert import revert
from tests.resolve_bridge import documents
from tests.resolve_bridge.conftest import Bench, MakeBench

CALLS_AN_ITEM = 20


@pytest.mark.parametrize(("count", "lut_node"), [(2000, "look"), (90, ""), (90, "2")])
def test_2000_items_take_at_most_20_calls_each(
    bench: MakeBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int, lut_node: str
) -> None:
    monkeypatch.setattr(
        "os.fsync", lambda file: None
    )  # of thousands of files of the package, which is not tested
    files = documents.media(tmp_path / "media", *[f"{number}.mov" for number in range(4)])
    made = bench([documents.clip(files[n % 4], 24 + n % 7, n // 40) for n in range(count)], grader=dear)
    for item in made.items:
        item.nodes.append(item.nodes[0].copy())
        item.nodes[1].label = "look"
    assert outcomes_and_calls(made, partial(made.apply, lut_node)) == {ACCEPTED}
    assert outcomes_and_calls(made, partial(made.apply, lut_node)) == {UNCHANGED}
    assert outcomes_and_calls(made, lambda: revert(made.desk.resolve())) == {REVERTED}


def outcomes_and_calls(made: Bench, action: Callable[[], Report]) -> set[str]:
    """The outcomes of ``action`` on all items, after a look at what it cost."""
    world = made.desk.world
    world.calls.clear()
    report = action()
    assert len(report.lines) == len(made.items)
    assert max(world.counts().values()) <= CALLS_AN_ITEM
    assert len(world.calls) <= len(made.items) * CALLS_AN_ITEM
    return {line.outcome for line in report.lines}


def dear(number: int, shot: Shot) -> ClipResult:
    """The dearest case: CDL, LUT, marker and flag; one LUT for all, so that writing files costs nothing here."""
    lut = documents.look(2) if number % 2 else None
    grade = Grade(documents.TINTED, lut)
    return ClipResult(shot, Status.PROPOSED, documents.diagnosis(0.4), grade)
