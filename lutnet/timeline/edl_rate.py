"""The frame rate of an edit decision list, which says it nowhere: its timecodes can only be right at some."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fractions import Fraction

from lutnet.errors import TimelineError
from lutnet.timecode import parse_timecode
from lutnet.timeline.edl_events import Event, EventList, numbers_of, timecodes
from lutnet.timeline.rational import NTSC

_USUAL = (24, 25, 30)
_FAST = (48, 50, 60)
_DROP = (30, 60)


def rate_of(listed: EventList, media_rate: Callable[[], Fraction | None], where: object) -> Fraction:
    """Frames per second of the list.

    Drop-frame lists are NTSC's. Else the rate has more frames than any timecode counts, and makes sources as
    long as their records; where several do, ``media_rate`` decides, which looks at media.
    Raises TimelineError where the rate stays open.
    """
    drop = bool(listed.drop_frame) or any(time[-3] in ";.," for time in timecodes(listed.events))
    rates = fitting(listed, drop)
    if not rates:
        raise TimelineError("the list's timecodes fit no frame rate", where=where, fix="State it with --rate")
    if drop:
        return rates[0] * NTSC
    if len(rates) == 1 and rates[0] not in (24, 30, 48, 60):
        return Fraction(rates[0])
    found = media_rate()
    if found is not None and round(found) in rates:
        return found
    if len(rates) == 1:
        return Fraction(rates[0])
    raise TimelineError(
        "the list does not tell its frame rate",
        value=" or ".join(map(str, rates)),
        where=where,
        fix="State it, --rate 25 for instance",
    )


def fitting(listed: EventList, drop: bool) -> list[int]:
    """Nominal rates, lowest first, at which all timecodes are right and most events as long as their sources."""
    most = max((numbers_of(time)[-1] for time in timecodes(listed.events)), default=0)
    rates = [rate for rate in (_DROP if drop else _USUAL) if rate > most]
    rates = rates or [rate for rate in _FAST if rate > most]
    right = {
        rate: _count_right(listed.events, rate * (NTSC if drop else Fraction(1)), drop) for rate in rates
    }
    return [rate for rate in rates if right[rate] == max(right.values())]


def frame_of(time: str, rate: Fraction, drop: bool | None, where: object) -> int:
    """A written time in frames. Raises TimelineError where it counts more frames than ``rate`` has."""
    frame = _frame(time, rate, drop)
    if frame is None or (not time.isdigit() and numbers_of(time)[-1] >= round(rate)):
        raise TimelineError(
            "a timecode does not fit the frame rate",
            value=time,
            allowed=f"frames below {round(rate)} at {float(rate):g} per second",
            where=where,
            fix="State the list's frame rate, --rate 25 for instance",
        )
    return frame


def _frame(time: str, rate: Fraction, drop: bool | None) -> int | None:
    if time.isdigit():
        return int(time)
    mark = ";" if drop or time[-3] in ";.," else ":"
    *whole, frames = re.split(r"[:;.,]", time)
    return parse_timecode(f"{':'.join(whole)}{mark}{frames}", rate)


def _count_right(events: Sequence[Event], rate: Fraction, drop: bool) -> int:
    lengths = [
        [_frame(time, rate, drop) or 0 for time in event.times] for event in events if event.speed is None
    ]
    return sum(out - start == end - begin > 0 for start, out, begin, end in lengths)
