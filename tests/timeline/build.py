"""Builds timelines for tests with OpenTimelineIO itself."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import opentimelineio as otio

from lutnet.shot import FrameRange

RATE = 25.0


def time(value: float, rate: float = RATE) -> Any:
    return otio.opentime.RationalTime(value, rate)


def span(start: float, duration: float, rate: float = RATE) -> Any:
    return otio.opentime.TimeRange(time(start, rate), time(duration, rate))


def clip(
    name: str = "clip",
    source: Any = None,
    *,
    url: str | None = "clip.mp4",
    available: Any = None,
    speeds: Iterable[float] = (),
    enabled: bool = True,
) -> Any:
    """A clip with linear time warps of ``speeds`` (0: a freeze frame); no media where ``url`` is None."""
    media = otio.schema.MissingReference()
    if url is not None:
        media = otio.schema.ExternalReference(target_url=url, available_range=available)
    made = otio.schema.Clip(name, media_reference=media, source_range=source or span(0, 10))
    made.effects.extend(warp(speed) for speed in speeds)
    made.enabled = enabled
    return made


def warp(speed: float) -> Any:
    return otio.schema.LinearTimeWarp(time_scalar=speed) if speed else otio.schema.FreezeFrame()


def gap(duration: float, rate: float = RATE) -> Any:
    return otio.schema.Gap(source_range=span(0, duration, rate))


def dissolve(before: float, after: float) -> Any:
    return otio.schema.Transition("dissolve", "SMPTE_Dissolve", time(before), time(after))


def track(*items: Any, kind: str = "Video", enabled: bool = True, trim: Any = None) -> Any:
    made = otio.schema.Track("V", list(items), kind=kind, source_range=trim)
    made.enabled = enabled
    return made


def stack(*items: Any, trim: Any = None, speeds: Iterable[float] = ()) -> Any:
    made = otio.schema.Stack("nest", list(items), source_range=trim)
    made.effects.extend(warp(speed) for speed in speeds)
    return made


def timeline(*tracks: Any, start: float | None = None) -> Any:
    made = otio.schema.Timeline("cut")
    made.tracks.extend(tracks)
    if start is not None:
        made.global_start_time = time(start)
    return made


def numbers(frames: FrameRange) -> tuple[float, float]:
    """Start and duration."""
    return float(frames.start), float(frames.duration)


def save(made: Any, folder: Path, name: str = "cut.otio") -> Path:
    otio.adapters.write_to_file(made, str(folder / name))
    return folder / name
