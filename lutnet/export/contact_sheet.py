"""The contact sheet: every clip before, after and beside its reference, with what was found.

Pages of PNG for the eye; nothing reads them back.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from lutnet.result import ClipResult

Pixels = npt.NDArray[np.float32] | npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Thumbnails:
    """The pictures of one clip: ``[H, W, 3]``, float 0..1 or uint8, encoded for the display."""

    before: Pixels
    after: Pixels
    reference: Pixels | None = None


def pages(title: str, results: Sequence[ClipResult], thumbnails: Mapping[str, Thumbnails]) -> Iterator[bytes]:
    """PNG files, one per page."""
    del title
    for result in results:
        pictures = thumbnails.get(result.shot.id)
        if pictures is not None:
            strip = np.concatenate([_bytes(pictures.before), _bytes(pictures.after)], axis=1)
            buffer = io.BytesIO()
            Image.fromarray(strip).save(buffer, "PNG")
            yield buffer.getvalue()


def _bytes(pixels: Pixels) -> npt.NDArray[np.uint8]:
    if pixels.dtype == np.uint8:
        return pixels  # type: ignore[return-value]
    return (np.clip(pixels, 0, 1) * 255 + 0.5).astype(np.uint8)
