"""Pictures of a package's shots: exact frames of their media, ungraded, kept in the package's cache.

Stills and image sequences, which no browser plays, are brought into the grading space when they are decoded; frames of
films are as the file has them.
"""

from __future__ import annotations

import hashlib
import io
import threading
from collections import OrderedDict
from enum import StrEnum
from pathlib import Path

import cv2
import numpy as np
import torch
from PIL import Image
from torch import Tensor

from lutnet.errors import MediaError
from lutnet.export.atomic import write_bytes
from lutnet.frames.readers import reader_of
from lutnet.frames.record import Picture as Decoded
from lutnet.frames.record import Span
from lutnet.frames.used import used_span
from lutnet.job import media_identity
from lutnet.review.cache import Cache
from lutnet.review.colour import Colours, Picture, is_film
from lutnet.shot import Shot

STILL_LINES = 540
THUMB_WIDTH = 208
COLOURS = 384
"""Colours of a shot for the fit of its corrections."""
_KEPT = 64
_DECODERS = threading.Semaphore(2)


class Place(StrEnum):
    """Which frame of a shot's used range."""

    FIRST = "first"
    MIDDLE = "middle"
    LAST = "last"

    def of(self, span: Span) -> int:
        return {Place.FIRST: span.first, Place.MIDDLE: span.middle, Place.LAST: span.end - 1}[self]


class Pictures:
    """Stills by shot and place; every one is decoded once."""

    def __init__(self, cache: Cache, colours: Colours) -> None:
        self._cache = cache
        self._management = colours
        self._colours: OrderedDict[str, Tensor] = OrderedDict()

    @staticmethod
    def space_of(shot: Shot) -> str | None:
        """The space of the shot's pictures; None: the grading space."""
        return shot.space if is_film(shot) else None

    def still(self, shot: Shot, place: Place) -> Path:
        """The PNG (8 bit R'G'B', shorter side at most 540) of one frame. Raises MediaError."""

        def make(path: Path) -> None:
            picture = _decoded(shot, place)
            pixels = picture.pixels if is_film(shot) else self._management.graded_as(shot, picture)
            write_bytes(path, _encoded((pixels * 255.0).round().astype(np.uint8), "PNG"))

        return self._cache.file(f"{self._key(shot)}-{place.value}.png", make)

    def thumb(self, shot: Shot, place: Place = Place.MIDDLE) -> Picture:
        """One frame as ``[h, THUMB_WIDTH, 3]``. Raises MediaError."""

        def make(path: Path) -> None:
            picture = read_picture(self.still(shot, place))
            height = max(1, round(THUMB_WIDTH * picture.shape[0] / picture.shape[1]))
            small = cv2.resize(picture, (THUMB_WIDTH, height), interpolation=cv2.INTER_AREA)
            write_bytes(path, _encoded(np.asarray(small, np.uint8), "PNG"))

        return read_picture(self._cache.file(f"{self._key(shot)}-{place.value}-thumb.png", make))

    def colours(self, shot: Shot) -> Tensor:
        """``[P, 3]`` in 0..1 from all over the middle frame; kept for the last shots. Raises MediaError."""
        key = self._key(shot)
        if key not in self._colours:
            self._colours[key] = self._sampled(shot)
            while len(self._colours) > _KEPT:
                self._colours.popitem(last=False)
        return self._colours[key]

    def _sampled(self, shot: Shot) -> Tensor:
        pixels = torch.from_numpy(self.thumb(shot)).reshape(-1, 3).float() / 255.0
        return pixels[torch.linspace(0, len(pixels) - 1, min(COLOURS, len(pixels))).long()]

    def _key(self, shot: Shot) -> str:
        facts = [
            *media_identity(shot.media),
            str(shot.first_frame),
            str(shot.source.duration),
            str(shot.source.rate),
            *self._management.made_for(shot),
        ]
        return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:24]


def read_picture(path: Path) -> Picture:
    """An image file as ``[H, W, 3]`` 8 bit."""
    with Image.open(path) as image:
        return np.array(image.convert("RGB"))


def jpeg(picture: Picture) -> bytes:
    """``picture`` as the content of a JPEG file."""
    return _encoded(picture, "JPEG")


def _decoded(shot: Shot, place: Place) -> Decoded:
    if shot.media is None:
        raise MediaError("the clip has no media", where=shot.name)
    media = Path(shot.media)
    reader = reader_of(media)
    with _DECODERS:
        span, _ = used_span(shot, reader.probe(media))
        number = place.of(span)
        picture = next(iter(reader.read(media, Span(number, number + 1), 1, STILL_LINES)), None)
    if picture is None:
        raise MediaError("no frame could be decoded", value=media, where=f"frame {number}")
    return picture


def _encoded(picture: Picture, kind: str) -> bytes:
    file = io.BytesIO()
    options = {"compress_level": 1} if kind == "PNG" else {"quality": 88}
    Image.fromarray(picture).save(file, kind, **options)
    return file.getvalue()
