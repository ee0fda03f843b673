"""A timeline made of one file, so that a still or a clip is graded by the same path as a film."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import opentimelineio as otio

from lutnet.timeline.read import DEFAULT_RATE, timeline_of
from lutnet.timeline.record import Timeline


def timeline_of_media(path: Path, rate: Fraction | None, frames: int | None) -> Timeline:
    """One clip that uses all of ``path``: ``frames`` at ``rate`` per second (None for a still or unknown)."""
    per_second = float(rate or DEFAULT_RATE)
    whole = otio.opentime.TimeRange(
        otio.opentime.RationalTime(0, per_second), otio.opentime.RationalTime(frames or 1, per_second)
    )
    media = otio.schema.ExternalReference(target_url=path.name, available_range=whole)
    track = otio.schema.Track("V1", kind=otio.schema.TrackKind.Video)
    track.append(otio.schema.Clip(path.stem, media_reference=media, source_range=whole))
    timeline = otio.schema.Timeline(path.stem)
    timeline.tracks.append(track)
    return timeline_of(timeline, path)
