"""A long timeline costs few calls an item: each call is a trip to another process. The table of docs/resolve.md."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from lutnet.grade import CDL, Grade
from lutnet.result import ClipResult, Status
from lutnet.shot import Shot
from resolve_bridge.report import ACCEPTED, REVERTED, UNCHANGED, Report
from resolve_bridge.revert import revert
from tests.resolve_bridge import documents
from tests.resolve_bridge.conftest import Bench, MakeBench
from tests.resolve_bridge.standin.data import Node

CALLS_AN_ITEM = 20
DOCS = Path(__file__).parents[2] / "docs" / "resolve.md"
Layouts = dict[str, tuple[str, Callable[[int], list[str]]]]

# How the user names the node, and the labels of each clip's nodes.
LAYOUTS: Layouts = {
    "one LUT on node 1": ("", lambda number: ["", "look"]),
    "node by number": ("2", lambda number: ["", "look"]),
    "node by label": ("look", lambda number: ["", "look"]),
    "label absent": ("look", lambda number: [""]),
    "label on one of two nodes by turns": (
        "look",
        lambda number: ["", "look"] if number % 2 else ["", "", "", "look"],
    ),
}

# Here each label that is asked in vain adds a call.
WHERE_NO_NODE_SERVES_ALL = ("label absent", "label on one of two nodes by turns")


def grader(confidence: float, tint: float) -> Callable[[int, Shot], ClipResult]:
    """The dearest case: CDL, LUT, marker, and a flag where confidence is low. One LUT for all, for speed."""
    cdl = CDL((tint, 1.0, 0.9), (0.01, -0.02, 0.03), (1.1, 1.0, 0.95), 1.0)
    grade = Grade(cdl, documents.look(2))
    return lambda number, shot: ClipResult(shot, Status.PROPOSED, documents.diagnosis(confidence), grade)


UNSURE, SURE = 0.4, 0.9


def labelled(made: Bench, labels: Callable[[int], list[str]]) -> Bench:
    for number, item in enumerate(made.items):
        item.nodes[:] = [Node(label) for label in labels(number)]
    return made


def long_timeline(bench: MakeBench, folder: Path, count: int, confidence: float) -> Bench:
    """Clips of the same media and length at other in points, so that the offset of each must be asked."""
    files = documents.media(folder / "media", *[f"{number}.mov" for number in range(4)])
    clips = [documents.clip(files[n % 4], 24 + n % 7, n // 28) for n in range(count)]
    return bench(clips, grader=grader(confidence, 1.1))


def regraded(made: Bench, confidence: float, tint: float) -> None:
    documents.package(made.package.with_suffix(".otio"), grader(confidence, tint))


def dearest(made: Bench, action: Callable[[], Report], outcome: str) -> int:
    """Calls that the dearest item of ``action`` takes; all items must have this outcome."""
    world = made.desk.world
    world.calls.clear()
    report = action()
    assert {line.outcome for line in report.lines} == {outcome}, report.to_text()[-2000:]
    assert len(report.lines) == len(made.items)
    counts = world.counts()
    shared = len(world.calls) - sum(counts.values())
    assert shared <= 40, "calls of the whole run do not grow with its items"
    return max(counts.values())


def stated(layout: str) -> list[int]:
    """The figures of a layout's row in docs/resolve.md."""
    row = re.search(rf"^\| {re.escape(layout)} \|(.*)\|$", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    assert row is not None, f"docs/resolve.md has no row '{layout}'"
    return [int(cell) for cell in row.group(1).split("|")]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_no_item_takes_more_calls_than_the_manual_states(
    bench: MakeBench, tmp_path: Path, layout: str
) -> None:
    lut_node, labels = LAYOUTS[layout]
    made = labelled(long_timeline(bench, tmp_path, 36, UNSURE), labels)
    apply = partial(made.apply, lut_node)
    found = [dearest(made, apply, ACCEPTED), dearest(made, apply, UNCHANGED)]
    changed = []
    for tint, confidence in ((1.2, SURE), (1.3, SURE), (1.4, UNSURE), (1.5, UNSURE)):
        regraded(made, confidence, tint)
        changed.append(dearest(made, apply, ACCEPTED))
    found.append(max(changed))
    revert(made.desk.resolve())
    apply()
    found.append(dearest(made, lambda: revert(made.desk.resolve()), REVERTED))
    assert found == stated(layout)
    assert max(found) <= CALLS_AN_ITEM or layout in WHERE_NO_NODE_SERVES_ALL


def test_2000_items_take_at_most_20_calls_each(
    bench: MakeBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The thousands of files of the package are not what is tested.
    monkeypatch.setattr("os.fsync", lambda file: None)
    made = labelled(long_timeline(bench, tmp_path, 2000, UNSURE), LAYOUTS["node by label"][1])
    apply = partial(made.apply, "look")
    assert dearest(made, apply, ACCEPTED) <= CALLS_AN_ITEM
    assert dearest(made, apply, UNCHANGED) <= CALLS_AN_ITEM
    regraded(made, SURE, 1.2)
    assert dearest(made, apply, ACCEPTED) <= CALLS_AN_ITEM
    assert dearest(made, lambda: revert(made.desk.resolve()), REVERTED) <= CALLS_AN_ITEM


def test_a_label_on_an_unusual_node_costs_one_call_for_each_node_that_is_asked(
    bench: MakeBench, tmp_path: Path
) -> None:
    """Only where no clip before had it there: there is no call that tells all labels at once."""
    made = labelled(long_timeline(bench, tmp_path, 30, UNSURE), LAYOUTS["node by label"][1])
    made.items[20].nodes[:] = [Node(label) for label in ("", "", "", "", "", "look")]
    dearest(made, partial(made.apply, "look"), ACCEPTED)
    counts = made.desk.world.counts()
    usual = {
        counts[id(item)] for item in made.items if item is not made.items[20] and item is not made.items[21]
    }
    assert max(usual) <= CALLS_AN_ITEM
    asked = [
        call for call in made.desk.world.calls if call.name == "GetNodeLabel" and call.item is made.items[20]
    ]
    assert len(asked) == 6
    assert counts[id(made.items[20])] <= max(usual) + 1 + 5  # GetNumNodes, and five more labels
    assert sum(counts.values()) <= CALLS_AN_ITEM * len(made.items)
