"""What there is to grade: a timeline of any format, or a film, whose shots are found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

from lutnet.errors import MediaError
from lutnet.frames import probe
from lutnet.frames.cuts import find_cuts
from lutnet.timeline import Timeline, read_timeline, timeline_of_media
from lutnet.timeline.formats import FORMATS


def open_timeline(
    path: Path | str,
    *,
    media_roots: Sequence[Path] = (),
    path_map: Mapping[str, Path] | None = None,
    rate: Fraction | None = None,
    sequence: str | None = None,
) -> Timeline:
    """As ``read_timeline``; a film becomes the timeline of its shots, for which all of it is decoded.

    Raises TimelineError and MediaError.
    """
    path = Path(path)
    if is_film(path):
        info = probe(path)
        return timeline_of_media(path, info.rate, info.frame_count, find_cuts(path))
    return read_timeline(
        path, media_roots=media_roots, path_map=path_map, rate=rate, sequence=sequence, media_rate=media_rate
    )


def is_film(path: Path) -> bool:
    """Whether ``path`` is no timeline, but a file of moving pictures."""
    if path.suffix.lower() in FORMATS or not path.is_file():
        return False
    try:
        return probe(path).kind == "video"
    except MediaError:
        return False


def media_rate(path: Path) -> Fraction | None:
    """Frames per second of a media file; None where it has none or cannot be opened."""
    try:
        return probe(path).rate
    except MediaError:
        return None
