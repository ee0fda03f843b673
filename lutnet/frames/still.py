"""Stills, through Pillow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from lutnet.errors import MediaError
from lutnet.frames.record import MediaInfo, Picture, Pixels, Span
from lutnet.frames.reduce import analysis_size

SUFFIXES = frozenset({".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})
_SIXTEEN_BIT = frozenset({"I;16", "I;16L", "I;16B", "I;16N", "I"})


def probe(path: Path) -> MediaInfo:
    """Size and mode, from the header. Raises MediaError."""
    with _opened(path) as image:
        return MediaInfo(
            "still", *image.size, frame_count=1, tags={"format": image.format or "", "mode": image.mode}
        )


def read(path: Path, span: Span, count: int, short_side: int) -> Iterator[Picture]:
    """The one picture, whatever is asked for. Raises MediaError."""
    del span, count
    with _opened(path) as image:
        upright = ImageOps.exif_transpose(image)
        alpha = upright.has_transparency_data
        pixels = _pixels(upright, path)
    height, width = pixels.shape[:2]
    size = analysis_size(width, height, short_side)
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    yield Picture(0, np.asarray(small, np.float32), ("the alpha channel is ignored",) if alpha else ())


@contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    if not path.is_file():
        raise MediaError("image not found", value=path, fix="Check the path, or relink the media")
    try:
        with Image.open(path) as image:
            yield image
    except UnidentifiedImageError as error:
        raise MediaError("not an image", value=path, allowed="an image or a video") from error
    except Image.DecompressionBombError as error:
        raise MediaError("image is too large", value=path) from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise MediaError(f"image cannot be decoded ({error})", value=path) from error


def _pixels(image: Image.Image, path: Path) -> Pixels:
    """``[H, W, 3]`` in 0..1, at the depth Pillow gives."""
    if image.mode in _SIXTEEN_BIT:
        grey = np.asarray(image, np.float32) / 65535
    elif image.mode == "F":
        grey = np.asarray(image, np.float32)
    else:
        return np.asarray(image.convert("RGB"), np.float32) / np.float32(255)
    if not np.isfinite(grey).all():
        raise MediaError("image holds values that are not numbers", value=path)
    return np.repeat(grey[..., None].clip(0, 1), 3, axis=-1).astype(np.float32)
