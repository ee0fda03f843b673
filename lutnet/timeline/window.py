"""Which part of an item's content is seen, and when: the arithmetic of trims, nests and retimes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Window:
    """Content seconds ``[start, end)`` shown during record seconds ``[record_start, record_end)``.

    The map between them is linear; ``reverse`` shows the content backwards. A frozen instant
    has start == end.
    """

    start: Fraction
    end: Fraction
    record_start: Fraction
    record_end: Fraction
    reverse: bool = False

    def narrowed(self, start: Fraction, end: Fraction) -> Window | None:
        """The part that shows content of ``[start, end)``; None where none of it is seen."""
        if self.start == self.end:
            return self if start <= self.start < end else None
        low, high = max(start, self.start), min(end, self.end)
        if low >= high:
            return None
        first, last = sorted((self._record(low), self._record(high)))
        return replace(self, start=low, end=high, record_start=first, record_end=last)

    def inside(self, origin: Fraction, length: Fraction, start: Fraction, speed: Fraction) -> Window:
        """The same view in the content time of an item.

        The item lies at ``[origin, origin + length)`` of this content and shows its own from ``start`` on at
        ``speed``; negative speed shows ``[start, start + |speed| * length)`` from its end to its start.
        """

        def content(time: Fraction) -> Fraction:
            local = time - origin
            return start + abs(speed) * (length - local if speed < 0 else local)

        first, last = sorted((content(self.start), content(self.end)))
        return replace(self, start=first, end=last, reverse=self.reverse != (speed < 0))

    def _record(self, time: Fraction) -> Fraction:
        share = (time - self.start) / (self.end - self.start)
        length = self.record_end - self.record_start
        return self.record_end - share * length if self.reverse else self.record_start + share * length
