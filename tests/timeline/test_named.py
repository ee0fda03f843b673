"""Clips are found by name, by id, and by name and a timecode at which they play."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest

from lutnet.errors import InputError
from lutnet.reference import find_reference
from lutnet.shot import FrameRange, Shot
from lutnet.timeline.named import clips_named, told_apart
from lutnet.timeline.record import Timeline
from tests.export.examples import some_shot

RATE = Fraction(24)


def placed(number: int, name: str, start: int, **changes: object) -> Shot:
    shot = some_shot(number, name=name, record=FrameRange(Fraction(start), Fraction(48), RATE))
    return replace(shot, **changes)  # type: ignore[arg-type]


SHOTS = [
    placed(0, "bar", 86400),
    placed(1, "street", 86448),
    placed(2, "bar", 86496),
    placed(3, "a@b", 86544),
]


def test_a_name_an_id_and_a_place() -> None:
    assert clips_named(SHOTS, "bar") == [SHOTS[0], SHOTS[2]]
    assert clips_named(SHOTS, SHOTS[2].id) == [SHOTS[2]]
    assert clips_named(SHOTS, "bar@01:00:04:00") == [SHOTS[2]]
    assert clips_named(SHOTS, "bar@01:00:05:23") == [SHOTS[2]]
    assert clips_named(SHOTS, "bar@01:00:06:00") == []
    assert clips_named(SHOTS, "street@01:00:04:00") == []
    assert clips_named(SHOTS, "bar@soon") == []
    assert clips_named(SHOTS, "a@b") == [SHOTS[3]]


def test_what_tells_clips_apart_finds_each_of_them() -> None:
    told = told_apart(SHOTS)
    assert told[1] == "street" and told[0] != told[2]
    assert [clips_named(SHOTS, each) for each in told] == [[shot] for shot in SHOTS]


def test_a_reference_that_several_clips_may_be_is_asked_back() -> None:
    timeline = Timeline(Path("cut.otio"), "cut", RATE, otio.schema.Timeline(), tuple(SHOTS), {})
    with pytest.raises(
        InputError, match=r"2 clips have the reference's name.*bar@01:00:00:00, bar@01:00:04:00"
    ):
        find_reference("clip:bar", timeline)
    assert find_reference("clip:bar@01:00:04:00", timeline).shot == SHOTS[2]
    assert find_reference("clip:street", timeline).shot == SHOTS[1]
    offline = [replace(SHOTS[0], skipped="media is offline"), *SHOTS[1:]]
    one = replace(timeline, shots=tuple(offline))
    assert find_reference("clip:bar", one).shot == SHOTS[2]
