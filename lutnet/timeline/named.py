"""Clips by what people call them: a name, a name and where it plays, or an id."""

from __future__ import annotations

from collections.abc import Sequence

from lutnet.shot import Shot
from lutnet.timecode import parse_timecode, timecode

AT = "@"
"""Between a clip's name and the timecode, on the timeline, of a frame of it."""


def clips_named(shots: Sequence[Shot], text: str) -> list[Shot]:
    """Every clip of the name or id ``text``; of NAME@TIMECODE, those of that name that play at that frame."""
    whole = [shot for shot in shots if text in (shot.name, shot.id)]
    name, at, place = text.rpartition(AT)
    if whole or not at:
        return whole
    return [shot for shot in shots if shot.name == name and _plays(shot, place)]


def told_apart(shots: Sequence[Shot]) -> list[str]:
    """The names of ``shots``, those that several have with the timecode of their first frame."""
    names = [shot.name for shot in shots]
    return [shot.name if names.count(shot.name) == 1 else f"{shot.name}{AT}{_start(shot)}" for shot in shots]


def _plays(shot: Shot, place: str) -> bool:
    frame = parse_timecode(place, shot.record.rate)
    return frame is not None and shot.record.start <= frame < shot.record.end


def _start(shot: Shot) -> str:
    return timecode(round(shot.record.start), shot.record.rate)
