"""The frames that are chosen differ most."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lutnet.frames.record import Picture, Span
from lutnet.frames.select import most_different


def flat(index: int, level: float) -> Picture:
    return Picture(index, np.full((18, 32, 3), level, np.float32))


def chosen(levels: list[float], count: int) -> list[int]:
    return [picture.index for picture in most_different([flat(*each) for each in enumerate(levels)], count)]


def test_one_frame_is_the_most_typical() -> None:
    assert chosen([0.1, 0.5, 0.5, 0.52, 0.9], 1)[0] in (1, 2, 3)


def test_frames_that_look_alike_are_taken_once() -> None:
    assert chosen([0.5, 0.5, 0.5, 0.1, 0.5, 0.9], 3)[1:] == [3, 5]


@given(st.lists(st.floats(0, 1, width=16), min_size=1, max_size=12), st.integers(1, 12))
def test_as_many_different_frames_as_asked_for_in_order(levels: list[float], count: int) -> None:
    found = chosen(levels, count)
    assert found == sorted(set(found))
    assert len(found) == min(count, len(levels))


@given(st.integers(0, 10**6), st.integers(1, 500), st.integers(1, 40))
def test_the_parts_of_a_span_make_it_up(first: int, length: int, count: int) -> None:
    parts = Span(first, first + length).split(count)
    assert [number for part in parts for number in range(part.first, part.end)] == [
        *range(first, first + length)
    ]
    assert max(part.end - part.first for part in parts) - min(part.end - part.first for part in parts) <= 1
    assert all(part.holds(part.middle) and part.holds(part.quarter) for part in parts)
