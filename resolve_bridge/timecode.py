"""Record frames as the timecode that ``SetCurrentTimecode`` takes, drop frame included."""

from fractions import Fraction

_MINUTES_PER_DROP_CYCLE = 10


def timecode(frame: int, rate: Fraction, drop: bool) -> str:
    """``HH:MM:SS:FF``, or with ``drop`` ``HH:MM:SS;FF`` (2 numbers of 30 are left out each minute but the tenth)."""
    base = round(rate)
    number = _with_dropped(frame, base) if drop else frame
    seconds, frames = divmod(number, base)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours % 24:02d}:{minutes:02d}:{seconds:02d}{';' if drop else ':'}{frames:02d}"


def _with_dropped(frame: int, base: int) -> int:
    """The number that drop-frame timecode shows for ``frame``: those left out so far are added."""
    dropped = base // 15
    minute = base * 60 - dropped
    cycle = minute * _MINUTES_PER_DROP_CYCLE + dropped
    cycles, rest = divmod(frame, cycle)
    minutes = (rest - dropped) // minute if rest > dropped else 0
    return frame + dropped * ((_MINUTES_PER_DROP_CYCLE - 1) * cycles + minutes)
