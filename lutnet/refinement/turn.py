"""The frame at which the light of a shot turns: a few frames say between which two, more of them in turn say where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from lutnet.refinement.steadiness import light_course
from lutnet.result import ClipResult
from lutnet.shot import Frames

LOOKED_AT = 8
"""Frames that are looked at between the two that are known."""

ROUNDS = 5
LEAST_STEP = 0.06
"""Stops inside a part of the shot below which the light only drifts there: its middle is the frame then."""


def turning_frame(frames: Frames, read: Callable[[int, int, int], Frames]) -> int | None:
    """The first frame of the new light, counted as ``frames`` are; None where their light is steady.

    read: gives up to so many frames from the first to the last number that it is given, both included.
    """
    course = light_course(frames)
    if course is None or not course.is_change:
        return None
    low, high = course.bracket
    for _ in range(ROUNDS):
        if high - low <= 1:
            break
        margin = max(1, (high - low) // LOOKED_AT)  # a reader need not take the ends
        inner = light_course(read(max(0, low - margin), high + margin, LOOKED_AT + 2))
        if inner is None or abs(inner.stops) < LEAST_STEP:
            break
        closer = inner.bracket
        if closer[1] - closer[0] >= high - low:
            break
        low, high = closer
    return high if high - low <= 1 else round((low + high) / 2)


def with_turn(result: ClipResult, frames: Frames, read: Callable[[int, int, int], Frames]) -> ClipResult:
    """``result`` with the frame at which its light changes, where it does; ``frames``: those that were looked at."""
    if result.light is None:
        return result
    found = turning_frame(frames, read)
    course = light_course(frames)
    if found is None or course is None:
        return result
    return replace(result, light=course.change_at(found))
