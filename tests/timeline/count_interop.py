"""Counts what timelines of other programs hold, without lutnet: makes ``interop_table.csv``.

    python -m tests.timeline.count_interop $LUTNET_SHARED/interop > tests/timeline/interop_table.csv

EDLs are counted line by line in their text. All else is read by OpenTimelineIO and its adapters and counted with
its own arithmetic: every clip of every enabled video track, the part of it that its nests leave to be seen, and the
media that this shows, in seconds: start and length times the speed. What ends in an error has a row that says so.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import opentimelineio as otio

FOLDERS = ("otio", "cmx3600", "fcp_xml", "fcpx_xml", "aaf", "resolve_shaped", "ayon_core")
COLUMNS = (
    "file",
    "rate",
    "sequence",
    "track",
    "clip",
    "record_in",
    "record_length",
    "source_in",
    "source_length",
)
RATES = {"25fps.edl": 25, "timecode_mismatch.edl": 25}
TWO = ("OpenTimeline_Project", "OpenTimeline_Project 1")
SEQUENCES = dict.fromkeys(("fcpx_event.fcpxml", "fcpx_example.fcpxml", "fcpx_library.fcpxml"), TWO)
ERRORS = {
    "multi_audio.edl": "no video track",
    "premiere_example.otio": "newer OpenTimelineIO",
    "screening_example.otio": "newer OpenTimelineIO",
    "premiere_example_filter.xml": "No top-level sequences",
    "sample_just_track.xml": "no video track",
}
HAND = {
    # OpenTimelineIO's arithmetic passes over retimed nests: 24 frames at 0.8545, and a frame held for 4.
    "Clip Inside A Stack 2": 24 / 0.8545454551724138 / 24,
    "Clip Inside A Track": 4 / 24,
}
"""Record seconds that are worked out by hand."""

Row = tuple[int, str, float, float, float, float]


def edl_rows(path: Path, rate: int) -> Iterator[Row]:
    """Events with length, in record order; the name is not counted, programs disagree on dissolves."""
    events = []
    for line in path.read_text().splitlines():
        fields = line.split()
        if re.match(r"\d+\s", line) and fields[2] == "V":
            times = [seconds(field, rate) for field in fields[-4:]]
            events.append((times[2], times))
        elif "FREEZE FRAME" in line:
            events[-1][1][1] = events[-1][1][0] + 1 / rate
    for _, (source_in, source_out, record_in, record_out) in sorted(events):
        if record_out > record_in:
            yield 1, "", record_in, record_out - record_in, source_in, source_out - source_in


def seconds(timecode: str, rate: int) -> float:
    hours, minutes, whole, frames = (int(part) for part in timecode.split(":"))
    return hours * 3600 + minutes * 60 + whole + frames / rate


def otio_rows(made: Any) -> Iterator[Row]:
    tracks = [
        track for track in made.tracks if not isinstance(track, otio.schema.Track) or track.kind == "Video"
    ]
    start = made.global_start_time.to_seconds() if made.global_start_time else 0.0
    for number, track in enumerate(tracks, 1):
        if track.enabled:
            for clip in track.find_clips():
                if all(not isinstance(up, otio.schema.Track) or up.kind == "Video" for up in above(clip)):
                    yield from clip_rows(number, clip, made.tracks, start)


def clip_rows(number: int, clip: Any, top: Any, start: float) -> Iterator[Row]:
    """Nothing where the nests hide the clip. Times of retimed nests are none that these files hold."""
    shown = clip.trimmed_range()
    for parent in above(clip):
        if parent.source_range is not None:
            here = clip.transformed_time_range(shown, parent)
            if not here.intersects(parent.source_range):
                return
            shown = parent.transformed_time_range(both(here, parent.source_range), clip)
    placed = clip.transformed_time_range(shown, top)
    speed = 1.0
    for effect in clip.effects:
        speed *= abs(getattr(effect, "time_scalar", 1.0))
    trim = clip.trimmed_range().start_time.to_seconds()
    source = trim + (shown.start_time.to_seconds() - trim) * speed
    length = shown.duration.to_seconds() * speed or 1 / shown.duration.rate
    source, length = in_media(source, length, clip.media_reference)
    recorded = HAND.get(clip.name, placed.duration.to_seconds())
    yield number, clip.name, start + placed.start_time.to_seconds(), recorded, source, length


def both(one: Any, other: Any) -> Any:
    end = min(one.end_time_exclusive(), other.end_time_exclusive())
    return otio.opentime.range_from_start_end_time(max(one.start_time, other.start_time), end)


def in_media(source: float, length: float, media: Any) -> tuple[float, float]:
    """What of a range is there: one wholly before its media counts from the media's head; one after it stays."""
    missing = media is None or isinstance(media, otio.schema.MissingReference)
    if missing or media.available_range is None or media.available_range.duration.value <= 1:
        return source, length
    head = media.available_range.start_time.to_seconds()
    tail = media.available_range.end_time_exclusive().to_seconds()
    source += head if source + length <= head else 0
    if source >= tail:
        return source, length
    return max(source, head), min(source + length, tail) - max(source, head)


def above(item: Any) -> Iterator[Any]:
    while item.parent() is not None:
        item = item.parent()
        yield item


def timelines(path: Path) -> Iterator[tuple[str, Any]]:
    made = otio.adapters.read_from_file(str(path), "otio_json" if path.suffix == ".json" else None)
    if isinstance(made, otio.schema.SerializableCollection):
        found = made.find_children(descended_from_type=otio.schema.Timeline)
        yield from (
            ((each.name, each) for each in found) if found else [("", wrapped(*[c.clone() for c in made]))]
        )
    else:
        yield "", made if isinstance(made, otio.schema.Timeline) else wrapped(made)


def wrapped(*items: Any) -> Any:
    made = otio.schema.Timeline()
    if isinstance(items[0], otio.schema.Track):
        made.tracks.extend(items)
    else:
        made.tracks.append(otio.schema.Track(children=items, kind="Video"))
    return made


def main(root: Path) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)
    for path in (path for folder in FOLDERS for path in sorted((root / folder).iterdir())):
        name = str(path.relative_to(root))
        if path.name in ERRORS:
            writer.writerow([name, "", "", "error", ERRORS[path.name]])
        elif path.suffix == ".edl":
            rate = RATES.get(path.name, 24)
            writer.writerows([name, rate, "", *rounded(row)] for row in edl_rows(path, rate))
        else:
            for sequence, made in timelines(path):
                wanted = sequence if path.name in SEQUENCES else ""
                writer.writerows([name, "", wanted, *rounded(row)] for row in otio_rows(made))


def rounded(row: Row) -> tuple[str, ...]:
    return (str(row[0]), row[1], *(f"{value:.5f}" for value in row[2:]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
