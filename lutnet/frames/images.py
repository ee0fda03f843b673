"""Image sequences: a film whose every frame is a still."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from lutnet.errors import MediaError
from lutnet.frames import deep, still
from lutnet.frames.record import MediaInfo, Picture, Span
from lutnet.sequence import ImageSequence

SEARCH = 1000
"""Missing images are looked around this far; a name may claim billions of them."""


def accepts(path: Path) -> bool:
    """Whether ``path`` is a sequence's name, and not that of a file with brackets in its name."""
    return ImageSequence.parse(str(path)) is not None and not path.is_file()


def probe(path: Path) -> MediaInfo:
    """Size and mode of the first image that is there. Raises MediaError."""
    sequence = _parsed(path)
    found = _present(sequence, Span(0, len(sequence)))
    if found is None:
        raise MediaError("no image of the sequence is there", value=path, fix="Relink the media")
    image = Path(sequence.image(found))
    info = deep.probe(image) if deep.accepts(image) else still.probe(image)
    return replace(info, kind="sequence", frame_count=len(sequence))


def read(path: Path, span: Span, count: int, short_side: int) -> Iterator[Picture]:
    """Up to ``2 * count`` pictures from all over ``span``; images that are missing are passed over.

    Raises MediaError where an image that is there cannot be read, or is of another size than the first.
    """
    sequence = _parsed(path)
    size = None
    for part in span.split(2 * count):
        index = _present(sequence, part)
        if index is None:
            continue
        image = Path(sequence.image(index))
        read_still = deep.read if deep.accepts(image) else still.read
        for picture in read_still(image, Span(0, 1), 1, short_side):
            size = size or picture.pixels.shape
            if picture.pixels.shape != size:
                raise MediaError("images of a sequence differ in size", value=image)
            yield replace(picture, index=index)


def _parsed(path: Path) -> ImageSequence:
    sequence = ImageSequence.parse(str(path))
    if sequence is None:
        raise MediaError("not the name of an image sequence", value=path, allowed="name.[1001-1100].png")
    return sequence


def _present(sequence: ImageSequence, span: Span) -> int | None:
    """The index, nearest to the middle of ``span``, of an image that is there."""
    near = (span.middle + sign * distance for distance in range(SEARCH) for sign in (1, -1))
    held = (index for index in near if span.holds(index))
    return next((index for index in held if Path(sequence.image(index)).is_file()), None)
