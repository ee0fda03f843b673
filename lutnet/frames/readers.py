"""The table of readers: adding a kind of media is one module and one row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lutnet.errors import MediaError
from lutnet.frames import deep, images, still, video
from lutnet.frames.record import MediaInfo, Picture, Span


@dataclass(frozen=True, slots=True)
class Reader:
    """accepts: whether a path is this reader's, by its name. probe, read: see ``lutnet.frames.video``."""

    name: str
    accepts: Callable[[Path], bool]
    probe: Callable[[Path], MediaInfo]
    read: Callable[[Path, Span, int, int], Iterator[Picture]]


READERS: tuple[Reader, ...] = (
    Reader("sequence", images.accepts, images.probe, images.read),
    Reader("deep", deep.accepts, deep.probe, deep.read),
    Reader("still", lambda path: path.suffix.lower() in still.SUFFIXES, still.probe, still.read),
    Reader("video", lambda path: True, video.probe, video.read),
)


def reader_of(path: Path) -> Reader:
    """The first reader that accepts ``path``."""
    return next(reader for reader in READERS if reader.accepts(path))


def probe(source: Path | str) -> MediaInfo:
    """What a media file says of itself. Raises MediaError where it is missing or no media."""
    path = Path(source)
    return reader_of(path).probe(path)


def is_readable(source: Path | str) -> bool:
    """Whether ``probe`` succeeds."""
    try:
        probe(source)
    except MediaError:
        return False
    return True
