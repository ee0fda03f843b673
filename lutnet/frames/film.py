"""A position in a video stream that seeks where that is cheaper, else decodes forward."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from av.format import Flags

from lutnet.frames.container import decoded, rate_of
from lutnet.frames.record import Cell

_FORWARD_SECONDS = 2
"""Where the index does not reach: as far as this, decoding on is taken to be cheaper than seeking."""


class Film:
    """Shows the frames of ``stream``. Cells must be asked for in rising order where it cannot seek."""

    def __init__(self, container: Any, stream: Any) -> None:
        self._container = container
        self._stream = stream
        self._seconds = int(1 / stream.time_base)
        self._ticks = 1 / (rate_of(stream) * stream.time_base)
        self._origin = stream.start_time or 0
        self._timed = not container.format.flags & Flags.no_timestamps.value
        self._untimed = 0
        self._frames = decoded(container, stream)
        self._now: Any = None

    def number(self, frame: Any) -> int:
        """The frame's number, counted from the head of the media."""
        return round((frame.pts - self._origin) / self._ticks)

    def frame_in(self, cell: Cell) -> Any | None:
        """The last key frame of ``cell``, else the frame shown in its middle; None past the media's end."""
        middle = self._time(cell.middle)
        key = self._key_before(self._time(cell.end - 1))
        if key is not None and key >= self._time(cell.first) - self._ticks / 2:
            self._seek(key)
            if self._now is not None and cell.first <= self.number(self._now) < cell.end:
                return self._now
        if self._seeking_pays(middle):
            self._seek(middle)
        return self._shown_at(middle)

    def _time(self, number: int) -> int:
        """The stream time half way through a frame: rounded timestamps cannot make it another one."""
        return int(self._origin + (number + Fraction(1, 2)) * self._ticks)

    def _key_before(self, time: int) -> int | None:
        """When, by the container's index, the last key frame up to ``time`` is decoded."""
        entries = self._stream.index_entries
        found = entries.search_timestamp(time) if self._timed else -1
        return None if found < 0 else int(entries[found].timestamp)

    def _seeking_pays(self, target: int) -> bool:
        if not self._timed:
            return False
        if self._now is None or target < self._now.pts:
            return target >= self._origin + self._ticks
        key = self._key_before(target)
        if key is not None and key > self._now.pts:
            return True
        entries = self._stream.index_entries
        reaches = len(entries) > 0 and entries[len(entries) - 1].timestamp >= target - self._seconds
        return not reaches and target - self._now.pts > _FORWARD_SECONDS * self._seconds

    def _seek(self, target: int) -> None:
        """Stand on a key frame that is shown at or before ``target``.

        Containers index when a frame is decoded, which is before it is shown, so the key frame found may
        come after the target; then look further back.
        """
        back = 0
        while True:
            wanted = max(target - back, self._origin)
            self._container.seek(wanted, stream=self._stream, backward=True)
            self._frames = decoded(self._container, self._stream)
            self._now = next((frame for frame in self._frames if frame.key_frame), None)
            if wanted == self._origin or (self._now is not None and self._now.pts <= target):
                return
            back = max(2 * back, self._seconds)

    def _shown_at(self, target: int) -> Any | None:
        """Decode on to the frame that is on screen at ``target``."""
        while self._now is None or self._now.pts + (self._now.duration or self._ticks) <= target:
            shown, self._now = self._now, self._next()
            if self._now is None:
                return None
            if shown is not None and self._now.pts > target:  # a gap: variable frame rate
                return shown
        return self._now

    def _next(self) -> Any | None:
        frame = next(self._frames, None)
        if frame is not None and frame.pts is None:
            frame.pts = int(self._origin + self._untimed * self._ticks)
            self._untimed += 1
        return frame
