"""What an item of a timeline says of its own times: trim, length and retime.

OpenTimelineIO can compute these too, but gives up on a whole track where one of its clips has no range.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from lutnet.timeline.rational import exact_value, seconds

_ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Extent:
    """start: first content second shown. length: seconds taken in the parent. speed: content per second.

    An item with speed -2 shows the content ``[start, start + 2 * length)``, its end first.
    """

    start: Fraction
    length: Fraction
    speed: Fraction


def extent_of(item: Any) -> Extent:
    """The extent of a clip, gap, track or stack. Raises ValueError where its times are no numbers."""
    trim = _trim(item)
    start = _ZERO if trim is None else seconds(trim.start_time)
    return Extent(start, _length(item, trim), speed_of(item))


def length_of(item: Any) -> Fraction:
    """Seconds that ``item`` takes in its parent; 0 where its times are no numbers, as it cannot be placed."""
    try:
        return _length(item, _trim(item))
    except ValueError:
        return _ZERO


def speed_of(item: Any) -> Fraction:
    """The product of the linear time warps on ``item``; 0 for a freeze frame. Raises ValueError."""
    speed = Fraction(1)
    for effect in item.effects:
        if isinstance(effect, otio.schema.LinearTimeWarp):
            speed *= exact_value(effect.time_scalar)
    return speed


def _trim(item: Any) -> Any:
    """The range of its content that ``item`` shows; None where it shows all there is."""
    if item.source_range is not None or not isinstance(item, otio.schema.Clip):
        return item.source_range
    return item.media_reference.available_range if item.media_reference else None


def _length(item: Any, trim: Any) -> Fraction:
    return _content_length(item) if trim is None else max(seconds(trim.duration), _ZERO)


def _content_length(item: Any) -> Fraction:
    if not isinstance(item, otio.core.Composition):
        return _ZERO
    lengths = [length_of(child) for child in item if isinstance(child, otio.core.Item)]
    in_turn = isinstance(item, otio.schema.Track)
    return sum(lengths, _ZERO) if in_turn else max(lengths, default=_ZERO)
