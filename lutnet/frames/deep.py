"""Stills of film and effects, at full depth, through OpenImageIO: EXR, DPX, Cineon, HDR; PNG and TIFF above 8 bits.

What they hold is often no picture of a display: the space that they state, or that somebody has to name, goes with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from lutnet.errors import MediaError
from lutnet.frames.record import MediaInfo, Picture, Pixels, Span
from lutnet.frames.reduce import analysis_size, shape_of_pixels
from lutnet.shot import LOGARITHMIC, REC709, SCENE_LINEAR

SUFFIXES = frozenset({".cin", ".dpx", ".exr", ".hdr"})
SHALLOW = frozenset({".png", ".tif", ".tiff"})
"""Of these, what has more than 8 bits a channel and more than one channel; the others are ``still``'s."""

PRIMARIES = {
    (0.7347, 0.2653, 0.0, 1.0, 0.0001, -0.077): "ACES2065-1",
    (0.713, 0.293, 0.165, 0.83, 0.128, 0.044): "ACEScg",
    (0.64, 0.33, 0.3, 0.6, 0.15, 0.06): "Linear Rec.709 (sRGB)",
    (0.708, 0.292, 0.17, 0.797, 0.131, 0.046): "Linear Rec.2020",
}
"""Linear light by EXR's ``chromaticities``: x and y of red, green, blue."""

MOST_MEGABYTES = 4096
_COLOUR = ("R", "G", "B")
_TURNED: dict[int, Callable[[Pixels], Pixels]] = {
    2: lambda pixels: pixels[:, ::-1],
    3: lambda pixels: pixels[::-1, ::-1],
    4: lambda pixels: pixels[::-1],
    5: lambda pixels: pixels.swapaxes(0, 1),
    6: lambda pixels: np.rot90(pixels, -1),
    7: lambda pixels: pixels[::-1, ::-1].swapaxes(0, 1),
    8: np.rot90,
}
"""By EXIF's Orientation: upright again."""


def accepts(path: Path) -> bool:
    suffix = path.suffix.lower()
    if suffix in SUFFIXES:
        return True
    if suffix not in SHALLOW or not path.is_file():
        return False
    try:
        with _opened(path) as image:
            spec = image.spec()
            return bool(spec.format.basesize() > 1 and spec.nchannels > 2)
    except MediaError:
        return False


def probe(path: Path) -> MediaInfo:
    """Size and depth, from the header. Raises MediaError."""
    with _opened(path) as image:
        spec = image.spec()
        tags = {"format": image.format_name(), "depth": str(spec.format), "space": _space(image, spec)}
        return MediaInfo("still", spec.full_width, spec.full_height, frame_count=1, tags=tags)


def read(path: Path, span: Span, count: int, short_side: int) -> Iterator[Picture]:
    """The one picture, whatever is asked for. Raises MediaError."""
    del span, count
    with _opened(path) as image:
        spec = image.spec()
        space = _space(image, spec)
        channels = _channels(spec, path)
        values = image.read_image("float")
        if values is None:
            raise MediaError(f"image cannot be decoded ({_reason(image.geterror)})", value=path)
    pixels, warnings = _finite(_framed(np.asarray(values, np.float32)[..., channels], spec))
    pixels = _TURNED.get(spec.get_int_attribute("Orientation", 1), np.asarray)(pixels)
    if spec.alpha_channel >= 0:
        warnings = (*warnings, "the alpha channel is ignored")
    height, width = pixels.shape[:2]
    aspect = spec.get_float_attribute("PixelAspectRatio", 1.0)
    if spec.get_int_attribute("Orientation", 1) > 4:
        aspect = 1 / aspect if aspect else 1.0
    size = analysis_size(*shape_of_pixels(width, height, aspect), short_side)
    small = cv2.resize(np.ascontiguousarray(pixels), size, interpolation=cv2.INTER_AREA)
    yield Picture(0, np.asarray(small, np.float32), warnings, space)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    if not path.is_file():
        raise MediaError("image not found", value=path, fix="Check the path, or relink the media")
    import OpenImageIO as oiio  # large: most runs open no such file

    oiio.attribute("limits:imagesize_MB", MOST_MEGABYTES)
    hints = oiio.ImageSpec()
    hints.attribute("oiio:UnassociatedAlpha", 1)  # colours as written, not darkened by alpha
    image = oiio.ImageInput.open(str(path), hints)
    if image is None:
        raise MediaError(f"image cannot be opened ({_reason(oiio.geterror)})", value=path)
    try:
        yield image
    except UnicodeDecodeError as error:
        raise MediaError("image's header is damaged", value=path) from error
    finally:
        image.close()


def _channels(spec: Any, path: Path) -> list[int]:
    """Where red, green and blue are; a grey picture counts thrice."""
    if spec.deep:
        raise MediaError("deep images hold no one picture", value=path, fix="Flatten it.")
    names = [str(name).rpartition(".")[2].upper() for name in spec.channelnames]
    if set(_COLOUR) <= set(names):
        return [names.index(name) for name in _COLOUR]
    if {"RY", "BY"} & set(names):
        raise MediaError("images of luminance and chroma are not supported", value=path, allowed="R, G, B")
    if len([name for name in names if name != "A"]) <= 2:
        return [0, 0, 0]
    raise MediaError(
        "image has no red, green and blue", value=path, allowed="R, G, B", where=", ".join(names)
    )


def _framed(pixels: Pixels, spec: Any) -> Pixels:
    """The display window, black where the data window does not reach."""
    left, top = spec.x - spec.full_x, spec.y - spec.full_y
    height, width = pixels.shape[:2]
    if (left, top, width, height) == (0, 0, spec.full_width, spec.full_height):
        return pixels
    framed = np.zeros((spec.full_height, spec.full_width, 3), np.float32)
    rows = slice(max(0, top), min(spec.full_height, top + height))
    columns = slice(max(0, left), min(spec.full_width, left + width))
    framed[rows, columns] = pixels[
        rows.start - top : rows.stop - top, columns.start - left : columns.stop - left
    ]
    return framed


def _finite(pixels: Pixels) -> tuple[Pixels, tuple[str, ...]]:
    if np.isfinite(pixels).all():
        return pixels, ()
    told = ("pixels that are no numbers are taken as black", "infinite ones as the largest of half floats")
    return np.nan_to_num(pixels, nan=0.0, posinf=65504.0, neginf=0.0), (", ".join(told),)


def _space(image: Any, spec: Any) -> str:
    """What the file says that it holds: a space by name, SCENE_LINEAR, LOGARITHMIC, or REC709 for nothing."""
    if image.format_name() in ("openexr", "hdr"):
        if spec.get_int_attribute("acesImageContainerFlag", 0):
            return "ACES2065-1"
        named = spec.get_string_attribute("colorInteropID")
        written = spec.getattribute("chromaticities")
        near = (space for known, space in PRIMARIES.items() if written and _alike(written[:6], known))
        return named or next(near, SCENE_LINEAR)
    if image.format_name() == "cineon" or spec.get_string_attribute("oiio:ColorSpace") == "KodakLog":
        return LOGARITHMIC
    return SCENE_LINEAR if spec.get_string_attribute("dpx:Transfer") == "Linear" else REC709


def _alike(first: Any, second: tuple[float, ...]) -> bool:
    return bool(np.abs(np.subtract(first, second)).max() < 2e-3)


def _reason(error: Callable[[], str]) -> str:
    try:
        text = " ".join(error().split())[:160]
    except UnicodeDecodeError:  # it quotes the file's own bytes
        text = "its header is damaged"
    return text or "unknown reason"
