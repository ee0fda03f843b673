"""OpenTimelineIO's floating-point times as exact fractions."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from lutnet.shot import FrameRange

NTSC = Fraction(1000, 1001)
_SNAP = 1e-4


def exact_rate(rate: float) -> Fraction:
    """Frames per second as a fraction: 23.976, 23.98 and 23.976023976 are all 24000/1001.

    Raises ValueError where the rate is not finite or not positive.
    """
    if not (math.isfinite(rate) and rate > 0):
        raise ValueError(f"rate {rate} is not a positive number")
    nominal = round(rate)
    if nominal and abs(rate - nominal) > _SNAP:
        ntsc = math.ceil(rate) * NTSC
        # Programs round 23.976... to two or three decimals, so a looser bound than for whole rates.
        if abs(rate - ntsc) < 0.0061 and math.ceil(rate) % 6 == 0:
            return ntsc
        return Fraction(rate).limit_denominator(1001)
    return Fraction(nominal) if nominal else Fraction(rate).limit_denominator(10**6)


def exact_value(value: float) -> Fraction:
    """A frame count; rounding noise of a program's arithmetic is taken off, true fractions stay.

    Raises ValueError where the value is not finite.
    """
    if not math.isfinite(value):
        raise ValueError(f"time {value} is not a number")
    whole = round(value)
    return Fraction(whole) if abs(value - whole) < _SNAP else Fraction(value).limit_denominator(10**6)


def seconds(time: Any) -> Fraction:
    """An ``otio.opentime.RationalTime`` in seconds. Raises ValueError."""
    return exact_value(time.value) / exact_rate(time.rate)


def frame_range(time_range: Any) -> FrameRange:
    """An ``otio.opentime.TimeRange`` in frames of its start's rate. Raises ValueError.

    A negative duration becomes 0: such a clip shows nothing.
    """
    rate = exact_rate(time_range.start_time.rate)
    duration = max(seconds(time_range.duration), Fraction(0)) * rate
    return FrameRange(exact_value(time_range.start_time.value), duration, rate)
