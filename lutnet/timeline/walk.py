"""Walks a timeline's video tracks, nests included, and says where each clip lies and what it shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from lutnet.errors import TimelineError
from lutnet.timeline.extent import Extent, extent_of, length_of
from lutnet.timeline.rational import seconds
from lutnet.timeline.window import Window

MAX_DEPTH = 210
"""Levels of stacks and tracks: a hundred nests, each of them a track in a stack."""
_ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Placement:
    """A clip as it is seen. window: its content seconds and record seconds; skipped: why it shows nothing."""

    clip: Any
    track: int
    track_name: str
    window: Window
    skipped: str | None = None


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the timeline's tree an item stands. ``enabled``: it and all above it are."""

    track: int
    track_name: str
    depth: int = 0
    enabled: bool = True

    def below(self, item: Any) -> _Place:
        if self.depth >= MAX_DEPTH:
            raise TimelineError(
                "nests are too deep", allowed=f"{MAX_DEPTH} levels", where=item.name or "a nest"
            )
        return replace(self, depth=self.depth + 1, enabled=self.enabled and item.enabled)

    def placed(self, clip: Any, window: Window, skipped: str | None) -> Placement:
        return Placement(clip, self.track, self.track_name, window, skipped)


def video_tracks(timeline: Any) -> list[Any]:
    """The video tracks, bottom first, disabled ones included."""
    return [child for child in timeline.tracks if not _is_sound(child)]


def placements(timeline: Any) -> Iterator[Placement]:
    """Every clip of every enabled video track, in timeline order.

    A track that is trimmed to a negative start begins so much later: thus the EDL reader writes record times.
    Raises TimelineError where nests are too deep or a track's own times cannot be used.
    """
    for number, track in enumerate(video_tracks(timeline), 1):
        if track.enabled:
            try:
                start = seconds(timeline.global_start_time) if timeline.global_start_time else _ZERO
                extent = extent_of(track)
            except ValueError as error:
                raise TimelineError(f"a track's times cannot be used: {error}", where=track.name) from error
            if extent.start < 0:
                start, extent = start - extent.start, replace(extent, start=_ZERO)
            window = Window(_ZERO, extent.length, start, start + extent.length)
            yield from _visit(track, extent, _ZERO, window, _Place(number, track.name or ""))


def _visit(item: Any, extent: Extent, origin: Fraction, window: Window, place: _Place) -> Iterator[Placement]:
    """``item`` lies at ``origin`` of its parent's content, of which ``window`` shows a part."""
    place = place.below(item)
    seen = window.inside(origin, extent.length, extent.start, extent.speed)
    if isinstance(item, otio.schema.Clip):
        yield place.placed(item, seen, None if place.enabled else "the clip is disabled")
    elif isinstance(item, otio.schema.Track):
        yield from _visit_in_turn(item, seen, place)
    else:
        for layer in item:
            yield from _visit_child(layer, _ZERO, seen, place)


def _visit_in_turn(track: Any, window: Window, place: _Place) -> Iterator[Placement]:
    origin = _ZERO
    for child in track:
        if isinstance(child, otio.core.Item):
            yield from _visit_child(child, origin, window, place)
            origin += length_of(child)


def _visit_child(child: Any, origin: Fraction, window: Window, place: _Place) -> Iterator[Placement]:
    if not isinstance(child, otio.schema.Clip | otio.core.Composition) or _is_sound(child):
        return
    try:
        extent = extent_of(child)
    except ValueError as error:
        if isinstance(child, otio.schema.Clip):
            yield _unseen(child, origin, window, place, f"its times cannot be used: {error}")
        return
    seen = window.narrowed(origin, origin + extent.length)
    if seen is not None:
        yield from _visit(child, extent, origin, seen, place)
    elif isinstance(child, otio.schema.Clip) and extent.length == 0:
        yield _unseen(child, origin, window, place, "its range is empty")


def _unseen(clip: Any, origin: Fraction, window: Window, place: _Place, reason: str) -> Placement:
    at = min(window.record_start + max(origin - window.start, _ZERO), window.record_end)
    return place.placed(clip, Window(_ZERO, _ZERO, at, at), reason)


def _is_sound(item: Any) -> bool:
    return isinstance(item, otio.schema.Track) and item.kind != otio.schema.TrackKind.Video
