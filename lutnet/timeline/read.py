"""Timeline files to records, through OpenTimelineIO."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import opentimelineio as otio

from lutnet.errors import MissingPartError, TimelineError
from lutnet.timeline.media import MediaLocator
from lutnet.timeline.rational import exact_rate
from lutnet.timeline.record import Timeline
from lutnet.timeline.shots import shots_of
from lutnet.timeline.walk import placements, video_tracks

DEFAULT_RATE = Fraction(24)
MAX_JSON_DEPTH = 2000
_PARSER_FAILURES = (
    otio.exceptions.OTIOError,
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    SyntaxError,
    TypeError,
    ValueError,
)
"""What OpenTimelineIO's adapters are known to raise on files that are malformed."""
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_CLOSING = np.frombuffer(b"]}", np.uint8)


def read_timeline(
    path: Path | str, *, media_roots: Sequence[Path] = (), path_map: Mapping[str, Path] | None = None
) -> Timeline:
    """Read a timeline and list its shots: every clip of every enabled video track.

    ``.otio`` needs nothing else; other formats need OpenTimelineIO's plugins. Clips that cannot be graded
    are shots with ``skipped`` set. Media files are looked for, not opened: where the timeline says, with
    folders renamed by ``path_map`` (as written: as it is now), then under ``media_roots``.

    Raises TimelineError where the file is missing, damaged, from a newer OpenTimelineIO, or holds nothing to
    grade; MissingPartError where its format needs a plugin that is not installed.
    """
    path = Path(path)
    locator = MediaLocator(path.resolve().parent, tuple((path_map or {}).items()), tuple(media_roots))
    return timeline_of(_only_timeline(_parsed(path), path), path, locator)


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
        pairs = tuple(shots_of(placements(timeline), rate, locator))
    except RecursionError:
        raise TimelineError("the timeline's nests are too deep, or contain themselves", where=path) from None
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


def _parsed(path: Path) -> Any:
    if not path.is_file():
        raise TimelineError("timeline not found", value=path, fix="Check the path")
    try:
        _refuse_deep_json(path)
        return otio.adapters.read_from_file(str(path))
    except otio.exceptions.NoKnownAdapterForExtensionError as error:
        raise MissingPartError(
            "no reader for this kind of timeline",
            value=path.suffix or path.name,
            where=path,
            fix="Install the others with: pip install 'lutnet[nle]', or export .otio",
        ) from error
    except otio.exceptions.UnsupportedSchemaError as error:
        raise TimelineError(
            f"the timeline was written by a newer OpenTimelineIO ({error})",
            where=path,
            fix=f"Export for an older one, or install a newer opentimelineio than {otio.__version__}",
        ) from error
    except _PARSER_FAILURES as error:
        raise TimelineError(f"not a timeline that can be read ({_one_line(error)})", where=path) from error


def _refuse_deep_json(path: Path) -> None:
    """OpenTimelineIO's parser recurses without a limit, and takes the whole process down with it."""
    if path.suffix.lower() != ".otio":
        return
    brackets = _STRING.sub(b"", path.read_bytes()).translate(None, _NO_BRACKETS)
    closing = np.isin(np.frombuffer(brackets, np.uint8), _CLOSING)
    if (1 - 2 * closing.astype(np.int8)).cumsum(dtype=np.int32).max(initial=0) > MAX_JSON_DEPTH:
        raise TimelineError(
            "the timeline's nests are too deep", allowed=f"{MAX_JSON_DEPTH} levels", where=path
        )


def _only_timeline(parsed: Any, path: Path) -> Any:
    if isinstance(parsed, otio.schema.Timeline):
        return parsed
    if isinstance(parsed, otio.schema.SerializableCollection):
        timelines = parsed.find_children(descended_from_type=otio.schema.Timeline)
        if len(timelines) == 1:
            return timelines[0]
        raise TimelineError(
            "the file does not hold exactly one timeline",
            value=[timeline.name for timeline in timelines],
            where=path,
            fix="Export the one to be graded by itself",
        )
    kind = getattr(parsed, "schema_name", lambda: type(parsed).__name__)()
    raise TimelineError("the file holds no timeline", value=kind, allowed="a Timeline", where=path)


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


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
