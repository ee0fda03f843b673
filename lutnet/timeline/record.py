"""The record of a timeline that was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from lutnet.shot import Shot


@dataclass(frozen=True, eq=False)
class Timeline:
    """A timeline and its shots.

    rate: frames per second of the record time. otio: the ``opentimelineio.schema.Timeline`` it was read from.
    shots: in timeline order (track, then record start). clips: from ``Shot.id`` to the ``otio`` clip of that
    shot, which is a part of ``otio``: copy ``otio`` before writing into it.
    """

    path: Path
    name: str
    rate: Fraction
    otio: Any
    shots: tuple[Shot, ...]
    clips: Mapping[str, Any]

    def __repr__(self) -> str:
        return f"Timeline({str(self.path)!r}, {len(self.shots)} shots, rate={self.rate})"
