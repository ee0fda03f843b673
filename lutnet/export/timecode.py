"""Frame numbers as SMPTE timecode (ST 12-1), drop-frame where the rate calls for it."""

from __future__ import annotations

from fractions import Fraction

_DROP_RATES = (Fraction(30000, 1001), Fraction(60000, 1001))


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
