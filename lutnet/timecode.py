"""SMPTE timecode (ST 12-1): ``HH:MM:SS:FF``; a semicolon or full stop before FF means drop-frame, where labels are
skipped so that they keep up with the clock."""

from __future__ import annotations

import re
from fractions import Fraction

_DROP_RATES = (Fraction(30000, 1001), Fraction(60000, 1001))
_TIMECODE = re.compile(r"^(\d{1,2}):(\d{2}):(\d{2})([:;.,])(\d{2,3})$")


def parse_timecode(text: str, rate: Fraction) -> int | None:
    """Frames since 00:00:00:00 at ``rate``; None where ``text`` is no timecode.

    Drop-frame leaves out the first 2 numbers (4 at 59.94) of every minute but each tenth.
    """
    match = _TIMECODE.match(text.strip())
    if match is None:
        return None
    hours, minutes, seconds, frames = (int(match[group]) for group in (1, 2, 3, 5))
    nominal = round(rate)
    total_minutes = 60 * hours + minutes
    count = (60 * total_minutes + seconds) * nominal + frames
    if match[4] == ":" or nominal % 30:
        return count
    return count - nominal // 15 * (total_minutes - total_minutes // 10)


def nominal_rate(rate: Fraction) -> int:
    """The frames that one second of timecode counts: 24 for 24000/1001."""
    return max(1, round(rate))


def is_drop_frame(rate: Fraction) -> bool:
    """Whether timecode at ``rate`` skips labels: 29.97 and 59.94 do, as broadcasters count them."""
    return any(abs(rate - drop) < Fraction(1, 1000) for drop in _DROP_RATES)


def timecode(frame: int, rate: Fraction) -> str:
    """``hh:mm:ss:ff`` of a frame number at ``rate``, ``hh:mm:ss;ff`` for drop-frame; wraps at 24 hours."""
    nominal = nominal_rate(rate)
    drop = is_drop_frame(rate)
    label = _with_dropped_labels(frame, nominal) if drop else frame
    seconds, frames = divmod(label % (24 * 3600 * nominal), nominal)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}:{minute:02}:{second:02}{';' if drop else ':'}{frames:02}"


def _with_dropped_labels(frame: int, nominal: int) -> int:
    """The label's number: every minute skips 2 labels (4 at 59.94), every tenth minute skips none."""
    dropped = nominal // 15
    minute = 60 * nominal - dropped
    ten_minutes = 10 * minute + dropped
    tens, rest = divmod(frame % (144 * ten_minutes), ten_minutes)
    minutes = 0 if rest < 60 * nominal else 1 + (rest - 60 * nominal) // minute
    return frame % (144 * ten_minutes) + dropped * (9 * tens + minutes)
