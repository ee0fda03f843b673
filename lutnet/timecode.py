"""SMPTE timecode (ST 12-1): ``HH:MM:SS:FF``; a semicolon or full stop before FF means drop-frame."""

from __future__ import annotations

import re
from fractions import Fraction

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
