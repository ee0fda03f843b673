"""Timeline files to records, through OpenTimelineIO."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import opentimelineio as otio

from lutnet.errors import TimelineError
from lutnet.timeline.formats import Asked, parse
from lutnet.timeline.media import MediaLocator
from lutnet.timeline.rational import exact_rate
from lutnet.timeline.record import Timeline
from lutnet.timeline.shots import shots_of
from lutnet.timeline.walk import placements, video_tracks

MAX_CLIPS = 100_000
"""A day of cuts of less than a second; nests can multiply a small file into more than any memory holds."""
DEFAULT_RATE = Fraction(24)
MediaRate = Callable[[Path], Fraction | None]
"""Frames per second of a media file; None where it has none or cannot be opened."""


def read_timeline(
    path: Path | str,
    *,
    media_roots: Sequence[Path] = (),
    path_map: Mapping[str, Path] | None = None,
    rate: Fraction | None = None,
    sequence: str | None = None,
    media_rate: MediaRate = lambda path: None,
) -> Timeline:
    """Read a timeline and list its shots: every clip of every enabled video track.

    Formats are those of ``formats.FORMATS``; XML and AAF need OpenTimelineIO's plugins. Clips that cannot be
    graded are shots with ``skipped`` set. Media files are looked for, not opened: where the timeline says,
    with folders renamed by ``path_map`` (as written: as it is now), then under ``media_roots``.

    rate: frames per second of an EDL, which does not say its own; None finds it by its timecodes, or asks
    ``media_rate`` for that of a file. sequence: the timeline's name, where a file holds several.

    Raises TimelineError where the file is missing, damaged, from a newer OpenTimelineIO, or holds nothing to
    grade; MissingPartError where its format needs a plugin that is not installed.
    """
    path = Path(path)
    locator = MediaLocator(path.resolve().parent, tuple((path_map or {}).items()), tuple(media_roots))
    asked = Asked(rate, lambda made: _rate_of_media(made, locator, media_rate))
    return timeline_of(_only_timeline(parse(path, asked), sequence, path), path, locator)


def timeline_of(timeline: Any, path: Path, locator: MediaLocator | None = None) -> Timeline:
    """List the shots of an ``opentimelineio.schema.Timeline``; relative media is looked for beside ``path``.

    Raises TimelineError where it holds nothing to grade.
    """
    tracks = video_tracks(timeline)
    if not tracks:
        raise TimelineError("the timeline has no video track", where=path)
    rate = _rate(timeline, tracks)
    locator = locator or MediaLocator(path.resolve().parent)
    try:
        pairs = tuple(islice(shots_of(placements(timeline), rate, locator), MAX_CLIPS + 1))
    except RecursionError:
        raise TimelineError("the timeline's nests are too deep, or contain themselves", where=path) from None
    if len(pairs) > MAX_CLIPS:
        raise TimelineError("the timeline holds too many clips", allowed=f"{MAX_CLIPS}", where=path)
    if not pairs:
        raise TimelineError(
            "the timeline is empty: no clip on an enabled video track",
            where=path,
            fix="Enable a video track that holds clips",
        )
    return Timeline(
        path=path,
        name=timeline.name or path.stem,
        rate=rate,
        otio=timeline,
        shots=tuple(shot for shot, _ in pairs),
        clips={shot.id: clip for shot, clip in pairs},
    )


def _only_timeline(parsed: Any, sequence: str | None, path: Path) -> Any:
    """The timeline to be graded. Clips, nests and bins of clips without a timeline are made one."""
    if isinstance(parsed, otio.schema.Timeline):
        _require_name(sequence, [parsed], path)
        return parsed
    if isinstance(parsed, otio.core.Composable):
        return _around([parsed], path)
    if isinstance(parsed, otio.schema.SerializableCollection):
        timelines = parsed.find_children(descended_from_type=otio.schema.Timeline)
        if not timelines and (items := list(_in_bin(parsed))):
            return _around(items, path)
        _require_name(sequence, timelines, path)
        chosen = [each for each in timelines if sequence in (None, each.name)]
        if len(chosen) == 1:
            return chosen[0]
        raise TimelineError(
            "the file holds several timelines" if timelines else "the file holds no timeline",
            value=[timeline.name for timeline in timelines] or None,
            where=path,
            fix="Name one with --sequence" if timelines else None,
        )
    kind = getattr(parsed, "schema_name", lambda: type(parsed).__name__)()
    raise TimelineError("the file holds no timeline", value=kind, allowed="a Timeline", where=path)


def _require_name(sequence: str | None, timelines: Sequence[Any], path: Path) -> None:
    names = [timeline.name for timeline in timelines]
    if names and sequence not in (None, *names):
        raise TimelineError(
            "the file holds no timeline of this name",
            value=sequence,
            allowed=", ".join(names),
            where=path,
            fix="Name another with --sequence" if len(names) > 1 else "Leave --sequence out",
        )


def _in_bin(parsed: Any) -> Iterator[Any]:
    for child in parsed:
        if isinstance(child, otio.core.Item):
            yield child.clone()
        elif isinstance(child, otio.schema.SerializableCollection):
            yield from _in_bin(child)


def _around(items: list[Any], path: Path) -> Any:
    made = otio.schema.Timeline(path.stem)
    if all(isinstance(item, otio.schema.Track) for item in items):
        made.tracks.extend(items)
    else:
        made.tracks.append(otio.schema.Track("V1", items, kind=otio.schema.TrackKind.Video))
    return made


def _rate_of_media(timeline: Any, locator: MediaLocator, media_rate: MediaRate) -> Fraction | None:
    """The rate of the first media file that is found."""
    shots = shots_of(placements(timeline), DEFAULT_RATE, locator)
    found = (shot.media for shot, _ in shots if shot.skipped is None and shot.media)
    return next((rate for media in found if (rate := media_rate(Path(media))) is not None), None)


def _rate(timeline: Any, tracks: list[Any]) -> Fraction:
    """The timeline's rate: of its start time, else of the first item that has a range."""
    ranges = (item.source_range for track in tracks for item in track if isinstance(item, otio.core.Item))
    times = [timeline.global_start_time, *(trim.duration for trim in ranges if trim is not None)]
    for time in times:
        if time is not None:
            try:
                return exact_rate(time.rate)
            except ValueError:
                continue
    return DEFAULT_RATE
