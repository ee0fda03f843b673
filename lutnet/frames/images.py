"""Image sequences: a film whose every frame is a still."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from lutnet.errors import MediaError
from lutnet.frames import deep, still
from lutnet.frames.record import MediaInfo, Picture, Span
from lutnet.sequence import ImageSequence


def accepts(path: Path) -> bool:
    """Whether ``path`` is a sequence's name, and not that of a file with brackets in its name."""
    return ImageSequence.parse(str(path)) is not None and not path.is_file()


def probe(path: Path) -> MediaInfo:
    """Size and mode of the first image that is there. Raises MediaError."""
    sequence = _parsed(path)
    there = sequence.present()
    if not there:
        raise MediaError("no image of the sequence is there", value=path, fix="Relink the media")
    image = Path(sequence.image(there[0]))
    info = deep.probe(image) if deep.accepts(image) else still.probe(image)
    return replace(info, kind="sequence", frame_count=len(sequence))


def read(path: Path, span: Span, count: int, short_side: int) -> Iterator[Picture]:
    """Up to ``2 * count`` pictures from all over ``span``; images that are missing are passed over and told.

    Raises MediaError where none is there, one cannot be read, or is of another size than the first.
    """
    sequence = _parsed(path)
    there = [index for index in sequence.present() if span.holds(index)]
    warnings = _missing(sequence, span, frozenset(there))
    size = None
    for part in span.split(2 * count):
        held = [index for index in there if part.holds(index)]
        if not held:
            continue
        _, index = min((abs(index - part.middle), index) for index in held)
        image = Path(sequence.image(index))
        read_still = deep.read if deep.accepts(image) else still.read
        for picture in read_still(image, Span(0, 1), 1, short_side):
            size = size or picture.pixels.shape
            if picture.pixels.shape != size:
                raise MediaError("images of a sequence differ in size", value=image)
            yield replace(picture, index=index, warnings=(*picture.warnings, *warnings))


def _parsed(path: Path) -> ImageSequence:
    sequence = ImageSequence.parse(str(path))
    if sequence is None:
        raise MediaError("not the name of an image sequence", value=path, allowed="name.[1001-1100].png")
    return sequence


def _missing(sequence: ImageSequence, span: Span, there: frozenset[int]) -> tuple[str, ...]:
    """What to tell of images of ``span`` that are not ``there``. Raises MediaError where none is."""
    length = span.end - span.first
    if not there:
        raise MediaError(
            "no image of the used range is there",
            value=Path(sequence.image(span.first)).name,
            where=str(sequence),
            fix="Render or copy what is missing, or correct the clip's range",
        )
    if len(there) == length:
        return ()
    first = next(index for index in range(span.first, span.end) if index not in there)
    name = Path(sequence.image(first)).name
    return (f"{length - len(there)} of the {length} images that it uses are missing, the first is {name}",)
