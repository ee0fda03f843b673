"""What there is to grade: a timeline of any format, or a film, whose shots are found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from fractions import Fraction
from pathlib import Path

from lutnet.errors import MediaError
from lutnet.frames import probe
from lutnet.frames.cuts import find_cuts
from lutnet.shot import Shot
from lutnet.timeline import Timeline, read_timeline, timeline_of_media
from lutnet.timeline.formats import FORMATS

FILM_SUFFIXES = frozenset(
    {".avi", ".m2ts", ".m4v", ".mkv", ".mov", ".mp4", ".mpg", ".mts", ".mxf", ".ts", ".webm"}
)
"""What says that a file which cannot be read was meant as a film; films of other names are taken too."""


class Per(StrEnum):
    """What has a grade of its own."""

    CLIP = "clip"
    SOURCE = "source"


def open_timeline(
    path: Path | str,
    *,
    media_roots: Sequence[Path] = (),
    path_map: Mapping[str, Path] | None = None,
    rate: Fraction | None = None,
    sequence: str | None = None,
    per: Per = Per.CLIP,
) -> Timeline:
    """As ``read_timeline``; a film becomes the timeline of its shots, for which all of it is decoded.

    per: what has a grade of its own: every clip, or every media file, whose longest clip then speaks for all.

    Raises TimelineError and MediaError.
    """
    path = Path(path)
    if is_film(path):
        info = probe(path)
        # A film is one file of many shots, which have nothing in common.
        return timeline_of_media(path, info.rate, info.frame_count, find_cuts(path))
    found = read_timeline(
        path, media_roots=media_roots, path_map=path_map, rate=rate, sequence=sequence, media_rate=media_rate
    )
    return replace(found, shots=one_grade_per_source(found.shots)) if per is Per.SOURCE else found


def one_grade_per_source(shots: Sequence[Shot]) -> tuple[Shot, ...]:
    """The shots, of which those that share a file are graded by the same frames: those of the longest of them."""
    longest: dict[str, Shot] = {}
    for shot in shots:
        if shot.media is not None and shot.skipped is None:
            best = longest.setdefault(shot.media, shot)
            if shot.source.duration_seconds > best.source.duration_seconds:
                longest[shot.media] = shot
    return tuple(_spoken_for(shot, longest.get(shot.media or "")) for shot in shots)


def _spoken_for(shot: Shot, speaker: Shot | None) -> Shot:
    if shot.skipped is not None or speaker is None or speaker.source == shot.source:
        return shot
    # Clips of one file may count its timecode from different starts.
    moved = speaker.source.start - speaker.media_start + shot.media_start
    return replace(shot, analysed=replace(speaker.source, start=moved))


def is_film(path: Path) -> bool:
    """Whether ``path`` is no timeline, but a file of moving pictures. Raises MediaError where it is named as one and
    cannot be read."""
    suffix = path.suffix.lower()
    if suffix in FORMATS or not path.is_file():
        return False
    try:
        return probe(path).kind == "video"
    except MediaError:
        if suffix in FILM_SUFFIXES:
            raise
        return False


def media_rate(path: Path) -> Fraction | None:
    """Frames per second of a media file; None where it has none or cannot be opened."""
    try:
        return probe(path).rate
    except MediaError:
        return None
