"""The frames of a file that a shot uses: from the timeline's counting to the file's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from math import ceil, floor

from lutnet.errors import MediaError
from lutnet.frames.record import MediaInfo, Span
from lutnet.shot import Shot

_SLACK = Fraction(1, 100)
"""Frames: programs write odd rates rounded, and so places that are a little beside a frame's start."""


def used_span(shot: Shot, info: MediaInfo) -> tuple[Span, tuple[str, ...]]:
    """The frames of the file that ``shot`` uses, at least one, and warnings.

    Raises MediaError where none of the range lies in the file.
    """
    shot = replace(shot, source=shot.evidence, analysed=None)
    if info.kind == "still":
        return Span(0, 1), ()
    span = _frames_in(*_reading(shot, info))
    inside = _inside(span, info)
    return inside, ("the clip reaches beyond its media",) if inside != span else ()


def frames_before(shot: Shot, info: MediaInfo, frame: int) -> Fraction:
    """Frames of the used range, as ``shot.source`` counts them, before ``frame`` of the file (from its head).

    Raises MediaError as ``used_span`` does.
    """
    shot = replace(shot, source=shot.evidence, analysed=None)
    start, length = _reading(shot, info)
    return (frame - start) * shot.source.duration / length if length else Fraction(0)


def _reading(shot: Shot, info: MediaInfo) -> tuple[Fraction, Fraction]:
    """The first of ``_readings`` that lies in the file."""
    for start, length in _readings(shot, info, info.rate or shot.source.rate):
        inside = _inside(_frames_in(start, length), info)
        if inside.first < inside.end:
            return start, length
    raise MediaError(
        "the clip's range lies outside its media",
        value=f"frame {float(shot.first_frame):g} and {float(shot.source.duration):g} on",
        allowed=f"frames 0 to {info.frame_count - 1}",
        where=shot.media,
        fix="Relink the clip, or correct its range",
    )


def _inside(span: Span, info: MediaInfo) -> Span:
    return Span(max(span.first, 0), min(span.end, info.frame_count))


def _readings(shot: Shot, info: MediaInfo, rate: Fraction) -> Iterator[tuple[Fraction, Fraction]]:
    """What the range may mean in the file's frames (start, length), most literal first.

    Times count in seconds, whatever the rate they are written at; but timecode of a rate that the file has
    not counts in frames (24 for 23.976), and a timeline that does not give the available range counts in
    the file's timecode.
    """
    for factor in dict.fromkeys((rate / shot.source.rate, Fraction(1))):
        start, length = shot.first_frame * factor, shot.source.duration * factor
        if not (shot.timecoded and info.start_timecode and start >= info.start_timecode):
            yield start, length  # before the timecode's start, a list can only mean the head of the file
        if info.start_timecode:
            yield start - info.start_timecode, length


def _frames_in(start: Fraction, length: Fraction) -> Span:
    """The frames that begin in the range, or the one on screen where none does."""
    first, end = ceil(start - _SLACK), ceil(start + length - _SLACK)
    return Span(first, end) if first < end else Span(floor(start + _SLACK), floor(start + _SLACK) + 1)
