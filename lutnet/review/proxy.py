"""Proxies: the used range of a shot as VP9, ungraded, small enough to decode beside everything else.

Image sequences are in the grading space (see ``lutnet.review.pictures``), films as they are.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import numpy.typing as npt
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

from lutnet.errors import MediaError, OutputError
from lutnet.frames import probe
from lutnet.frames.container import opened
from lutnet.frames.film import Film
from lutnet.frames.readers import reader_of
from lutnet.frames.record import Pixels, Span
from lutnet.frames.reduce import reduced
from lutnet.frames.used import used_span
from lutnet.job import media_identity
from lutnet.review.colour import Colours
from lutnet.shot import Shot

BOX = (960, 540)
"""Width and height that a proxy fits in."""
_BT709 = 1  # in ISO/IEC 23091-2: primaries and transfer
_OPTIONS = {"crf": "24", "b": "0", "deadline": "realtime", "cpu-used": "7", "row-mt": "1", "g": "12"}
_MADE = 2
"""Counts on when proxies of the same media come out otherwise: older ones must not be shown for them."""
_ONE_AT_A_TIME = threading.Semaphore(1)


def proxy_name(shot: Shot, colours: Colours) -> str:
    """Name of the proxy's file: another one for other media, another range or another size."""
    facts = (
        *media_identity(shot.media),
        repr(shot.source),
        repr(shot.media_start),
        repr(BOX),
        repr(_OPTIONS),
        _MADE,
        *colours.made_for(shot),
    )
    return f"{hashlib.sha256(repr(facts).encode()).hexdigest()[:24]}.webm"


def write_proxy(shot: Shot, path: Path, colours: Colours) -> None:
    """Write the proxy of ``shot``, whole or not at all. Raises MediaError, OutputError."""
    media = Path(shot.media or "")
    info = probe(media)
    span, _ = used_span(shot, info)
    size = _fitted(info.width, info.height)
    temporary = path.with_name(f".{path.name}")
    try:
        with _ONE_AT_A_TIME:
            pictures = (
                _film(media, span, size) if info.kind == "video" else _images(shot, span, size, colours)
            )
            _encode(temporary, pictures, info.rate or shot.source.rate)
        temporary.replace(path)
    except av.error.FFmpegError as error:
        raise MediaError(f"no proxy could be made ({error.strerror})", value=media) from error
    except OSError as error:
        raise OutputError(f"cannot write a proxy: {error.strerror}", where=path.parent) from error
    finally:
        with suppress(OSError):
            temporary.unlink()


def _fitted(width: int, height: int) -> tuple[int, int]:
    """Even numbers, as 4:2:0 needs."""
    scale = min(1.0, BOX[0] / width, BOX[1] / height)
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)


def _images(shot: Shot, span: Span, size: tuple[int, int], colours: Colours) -> Iterator[Pixels]:
    """Every image of ``span``; one that is missing shows the image before it."""
    media = Path(shot.media or "")
    reader, last = reader_of(media), None
    for number in range(span.first, span.end):
        for picture in reader.read(media, Span(number, number + 1), 1, min(size)):
            last = colours.graded_as(shot, picture)
        if last is not None:
            yield last


def _film(media: Path, span: Span, size: tuple[int, int]) -> Iterator[Pixels]:
    """Every frame of ``span``."""
    reformatter = VideoReformatter()
    with opened(media) as (container, stream):
        for frame in Film(container, stream).through(span):
            yield reduced(frame, 0, size, reformatter).pixels


def _encode(path: Path, pictures: Iterator[Pixels], rate: Fraction) -> None:
    with av.open(str(path), "w", format="webm") as container:
        stream: Any = None
        for number, pixels in enumerate(pictures):
            planes = _to_420(_even(pixels))
            if stream is None:
                stream = container.add_stream("libvpx-vp9", rate=rate, options=_OPTIONS)
                stream.height, stream.width = planes.shape[0] * 2 // 3, planes.shape[1]
                stream.pix_fmt, stream.time_base = "yuv420p", 1 / rate
                context = stream.codec_context
                context.colorspace, context.color_range = Colorspace.ITU709, ColorRange.MPEG
                context.color_primaries, context.color_trc = _BT709, _BT709
                context.thread_count = 2
            frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
            frame.pts, frame.time_base = number, 1 / rate
            container.mux(stream.encode(frame))
        if stream is None:
            raise MediaError("no frame could be decoded", value=path)
        container.mux(stream.encode(None))


def _even(pixels: Pixels) -> Pixels:
    return pixels[: pixels.shape[0] // 2 * 2, : pixels.shape[1] // 2 * 2]


def _to_420(pixels: Pixels) -> npt.NDArray[np.uint8]:
    """R'G'B' ``[H, W, 3]`` to planes of BT.709 limited Y'CbCr 4:2:0, ``[H * 3 / 2, W]``, by exact arithmetic."""
    height, width = pixels.shape[:2]
    luma = pixels @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    small = cv2.resize(pixels, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    grey = small @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    blue = 128 + 224 * (small[..., 2] - grey) / 1.8556
    red = 128 + 224 * (small[..., 0] - grey) / 1.5748
    planes = np.concatenate([(16 + 219 * luma).ravel(), blue.ravel(), red.ravel()])
    return planes.round().clip(0, 255).astype(np.uint8).reshape(-1, width)
