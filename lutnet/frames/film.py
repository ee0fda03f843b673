"""A position in a video stream that seeks where that is cheaper, else decodes forward."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import partial
from math import ceil
from typing import Any

import av
from av.format import Flags

from lutnet.frames.container import PROGRAM_STREAM, decoded, rate_of
from lutnet.frames.record import Span

_FORWARD_SECONDS = 2
"""Where the index does not reach: as far as this, decoding on is taken to be cheaper than seeking."""
_SPARED = frozenset({"h264", "hevc"})
"""Codecs with frames from which no other is predicted: half of them, as a rule, which need no decoding on the way."""
_UNSTEADY = Fraction(1, 100)
"""Share by which the mean rate differs from that of the shortest frames where their rate varies."""


class Film:
    """Finds frames of ``stream``. Spans must be asked for in rising order."""

    def __init__(self, container: Any, stream: Any) -> None:
        self._container = container
        self._stream = stream
        self._second = int(1 / stream.time_base)
        self._ticks: Fraction = 1 / (rate_of(stream) * stream.time_base)
        self._origin: int = stream.start_time or 0
        self._steady = _is_steady(stream)
        self._number = partial(_number, origin=self._origin, ticks=self._ticks, steady=self._steady)
        self._untimed = 0
        # A program stream's first frames after a seek are timed half a frame late.
        self._lead = self._second if container.format.name == PROGRAM_STREAM else 0
        # Transport streams find their first key frame only from well before it.
        self._head = self._origin - self._second
        timed = not container.format.flags & Flags.no_timestamps.value
        # Matroska reads its index at the first seek only.
        self._seekable = timed and self._jumped(self._head)
        self._spared = _Spared(self._number)
        self._frames = decoded(container, stream, self._spared)
        self._now: Any = None

    def expect(self, spans: Sequence[Span]) -> None:
        """Be told of all spans that will be asked for: what lies between them need not be decoded as a picture."""
        sure = self._steady and self._seekable and self._container.format.name != PROGRAM_STREAM
        if sure and self._stream.codec_context.name in _SPARED:
            wanted = (number for span in spans for number in range(span.quarter, span.middle + 1))
            self._spared.but = frozenset(wanted)

    def has_key(self, span: Span) -> bool:
        """Whether the index knows a key frame in ``span``: decoding that costs one frame."""
        key = self._key_before(self._time(span.end - 1))
        return key is not None and self._number(key) >= span.first

    def candidates(self, span: Span) -> Iterator[tuple[int, Any]]:
        """A key frame of ``span``; else the frame shown in its middle, after one that is passed on the way.

        With the number of each, counted from the head of the media. Nothing past the media's end.
        """
        if self.has_key(span):
            self._seek(self._time(span.end - 1))
            if self._now is not None and span.holds(self._number(self._now.pts)):
                yield self._number(self._now.pts), self._now
                return
        if self._seeking_pays(self._time(span.middle)):
            self._seek(self._time(span.middle))
        yield from self._approached(span)

    def through(self, span: Span) -> Iterator[Any]:
        """Every frame of ``span``."""
        if self._seeking_pays(self._time(span.first)):
            self._seek(self._time(span.first))
        if self._now is None:
            self._now = self._next()
        while self._now is not None and (number := self._number(self._now.pts)) < span.end:
            if number >= span.first:
                yield self._now
            self._now = self._next()

    def _approached(self, span: Span) -> Iterator[tuple[int, Any]]:
        target = self._time(span.middle)
        passed = None
        while self._now is None or self._end(self._now) <= target:
            shown, self._now = self._now, self._next()
            if self._now is None:
                if shown is not None and target < shown.pts + max(shown.duration or 0, self._ticks):
                    yield span.middle, shown
                return
            if shown is not None and self._now.pts > target:  # a gap in a variable frame rate
                yield span.middle, shown if self._spared.but is None else self._before(target)
                return
            number = self._number(self._now.pts)
            if passed is None and span.quarter <= number < span.middle:
                passed = number
                yield number, self._now
        if span.middle != passed and self._number(self._now.pts) < span.end:
            yield span.middle, self._now

    def _before(self, target: int) -> Any:
        """The last frame up to ``target``, of all there are: on the way there it may have been spared."""
        self._spared.but = None
        self._seek(target)
        shown = self._now
        while self._now is not None and self._now.pts <= target:
            shown, self._now = self._now, self._next()
        return shown

    def _time(self, number: int) -> int:
        """The stream time half way through a frame: rounded timestamps cannot make it another one."""
        return int(self._origin + (number + Fraction(1, 2)) * self._ticks)

    def _end(self, frame: Any) -> Fraction:
        """When ``frame`` is gone for certain, or its beginning where only the next frame tells.

        Containers write durations in the order of decoding, and so beside other frames than their own.
        """
        return Fraction(frame.pts) + (Fraction(frame.duration or self._ticks) if self._steady else 0)

    def _key_before(self, time: int) -> int | None:
        """When, by the container's index, the last key frame up to ``time`` is decoded."""
        entries = self._stream.index_entries
        found = entries.search_timestamp(time) if self._seekable else -1
        return None if found < 0 else int(entries[found].timestamp)

    def _seeking_pays(self, target: int) -> bool:
        if not self._seekable:
            return False
        if self._now is None or target < self._now.pts:
            return target >= self._origin + self._ticks
        key = self._key_before(target)
        if key is not None and key > self._now.pts:
            return True
        entries = self._stream.index_entries
        reaches = len(entries) > 0 and entries[len(entries) - 1].timestamp >= target - self._second
        return bool(not reaches and target - self._now.pts > _FORWARD_SECONDS * self._second)

    def _seek(self, target: int) -> None:
        """Stand on a key frame that is shown at or before ``target``.

        Containers index when a frame is decoded, which is before it is shown, so the key frame found may
        come after the target; then look further back.
        """
        back = self._lead
        while True:
            wanted = max(target - back, self._head)
            self._seekable = self._jumped(wanted)
            if not self._seekable:
                return
            self._frames = decoded(self._container, self._stream, self._spared)
            if wanted == self._head:
                self._now = self._next()
                return
            self._now = next((frame for frame in self._timed() if frame.key_frame), None)
            # A "key frame" that needs frames before it comes out corrupt: the next clean start is further back.
            if self._now is not None and self._now.pts <= target and not self._now.is_corrupt:
                return
            back = max(2 * back, self._second)

    def _jumped(self, time: int) -> bool:
        """Seek; False where the container cannot. AVI refuses times before its first frame."""
        for wanted in dict.fromkeys((time, max(time, self._origin))):
            try:
                self._container.seek(wanted, stream=self._stream, backward=True)
            except av.error.FFmpegError:
                continue
            return True
        return False

    def _next(self) -> Any | None:
        return next((frame for frame in self._timed() if not frame.is_corrupt), None)

    def _timed(self) -> Iterator[Any]:
        """Frames from here on. Those without a time are counted where decoding began at the head, else left out."""
        for frame in self._frames:
            if frame.pts is None and not self._seekable:
                frame.pts = int(self._origin + self._untimed * self._ticks)
                self._untimed += 1
            if frame.pts is not None:
                yield frame


class _Spared:
    """Whether nobody looks at the frame of a packet. It knows no ``Film``, which would hold itself and its frames."""

    def __init__(self, number: Callable[[int], int]) -> None:
        self.but: frozenset[int] | None = None
        self._number = number

    def __call__(self, packet: Any) -> bool:
        return self.but is not None and packet.pts is not None and self._number(packet.pts) not in self.but


def _number(time: int, *, origin: int, ticks: Fraction, steady: bool) -> int:
    """Of the frame that begins at ``time``; at variable rates, of the one that would be on screen then."""
    frames = (time - origin) / ticks
    rounding = 1 / ticks  # frames by which a time may have been rounded
    return round(frames) if steady else ceil(frames - rounding)


def _is_steady(stream: Any) -> bool:
    """Whether all frames last equally long, as far as the container knows."""
    mean, finest = stream.average_rate, stream.base_rate
    return not mean or not finest or abs(finest / mean - 1) < _UNSTEADY
