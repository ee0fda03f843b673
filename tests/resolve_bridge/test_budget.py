"""A long timeline costs few calls an item: each call is a trip to another process."""

from __future__ import annotations

from pathlib import Path

import pytest

from resolve_bridge.report import ACCEPTED, UNCHANGED
from resolve_bridge.revert import revert
from tests.resolve_bridge import documents
from tests.resolve_bridge.conftest import MakeBench

CALLS_AN_ITEM = 20


@pytest.mark.parametrize("lut_node", ["", "look", "2"])
def test_2000_items_take_at_most_20_calls_each(bench: MakeBench, tmp_path: Path, lut_node: str) -> None:
    files = documents.media(tmp_path / "media", *[f"{number}.mov" for number in range(40)])
    cut = [documents.clip(files[n % 40], 24 + n % 7, (n // 40) * 9) for n in range(2000)]
    made = bench(cut, grader=unsure_with_lut)
    for item in made.items:
        item.nodes.append(item.nodes[0].copy())
        item.nodes[1].label = "look"
    world = made.desk.world
    assert [line.outcome for line in made.apply(lut_node=lut_node).lines] == [ACCEPTED] * 2000
    assert max(world.counts().values()) <= CALLS_AN_ITEM
    assert len(world.calls) <= 2000 * CALLS_AN_ITEM
    world.calls.clear()
    assert [line.outcome for line in made.apply(lut_node=lut_node).lines] == [UNCHANGED] * 2000
    assert max(world.counts().values()) <= CALLS_AN_ITEM
    world.calls.clear()
    assert not revert(made.desk.resolve()).failed
    assert max(world.counts().values()) <= CALLS_AN_ITEM


def unsure_with_lut(number: int, shot: documents.Shot) -> documents.ClipResult:
    """The dearest case: CDL, LUT, marker and flag; one LUT for all, so that writing files costs nothing here."""
    lut = documents.look(2) if number % 2 else None
    grade = documents.Grade(documents.TINTED, lut)
    return documents.ClipResult(shot, documents.Status.PROPOSED, documents.diagnosis(0.4), grade)
