"""Where something happens inside a clip, as an editor finds it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import floor

from lutnet.shot import Shot
from lutnet.timecode import timecode

_SLACK = Fraction(1, 100)  # frames: odd rates are written rounded


@dataclass(frozen=True, slots=True)
class Place:
    """A frame of a clip. frame: counted from the head of the media. into: frames before it of the range that was looked
    at, as the clip's source counts them; None: not known."""

    frame: int
    into: float | None = None

    def number(self, shot: Shot) -> int | None:
        """Of the frame in the clip, from 1; None where that is not known, or it lies outside."""
        at = self._at(shot)
        if at is None:
            return None
        number = floor(at - shot.source.start + _SLACK) + 1
        return number if 0 < number <= shot.source.duration else None

    def said(self, shot: Shot) -> str:
        """The frame of the clip and, where it is known, the timecode of the media."""
        at, number = self._at(shot), self.number(shot)
        told = [] if number is None else [f"frame {number} of the clip"]
        if at is not None and (shot.timecoded or shot.media_start):
            told.append(f"timecode {timecode(at, shot.source.rate)} of its media")
        return ", ".join(told) or f"frame {self.frame + 1} of its media"

    def _at(self, shot: Shot) -> int | None:
        """In the frames that the clip's source counts."""
        if self.into is None and shot.timecoded:
            return None
        start = shot.evidence.start
        into = self.frame + shot.media_start - start if self.into is None else Fraction(self.into)
        return floor(start + into + _SLACK)
