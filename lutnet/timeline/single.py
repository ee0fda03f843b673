"""A timeline made of one file, so that a still, a clip or a whole film is graded by the same path as a timeline."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import opentimelineio as otio

from lutnet.timeline.read import DEFAULT_RATE, timeline_of
from lutnet.timeline.record import Timeline


def timeline_of_media(
    path: Path, rate: Fraction | None, frames: int | None, cuts: Sequence[int] = ()
) -> Timeline:
    """All of ``path``: ``frames`` at ``rate`` per second (None for a still or unknown), one clip per shot.

    cuts: the first frame of every shot but the first, in rising order.
    """
    per_second = float(rate or DEFAULT_RATE)
    edges = (0, *(cut for cut in cuts if 0 < cut < (frames or 1)), frames or 1)
    track = otio.schema.Track("V1", kind=otio.schema.TrackKind.Video)
    for number, (first, end) in enumerate(pairwise(edges), start=1):
        media = otio.schema.ExternalReference(path.name, _range(0, frames or 1, per_second))
        name = path.stem if len(edges) == 2 else f"{path.stem} {number:03}"
        track.append(otio.schema.Clip(name, media, _range(first, end - first, per_second)))
    timeline = otio.schema.Timeline(path.stem)
    timeline.tracks.append(track)
    return timeline_of(timeline, path)


def _range(start: int, length: int, rate: float) -> otio.opentime.TimeRange:
    return otio.opentime.TimeRange(
        otio.opentime.RationalTime(start, rate), otio.opentime.RationalTime(length, rate)
    )
