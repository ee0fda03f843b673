"""Makes footage for tests: frames that carry their number as a picture, and flat colour patches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt

WIDTH, HEIGHT, BITS = 256, 128, 16
_COLUMNS = BITS // 2


def numbered(number: int) -> npt.NDArray[np.uint8]:
    """``[HEIGHT, WIDTH, 3]``: ``number`` in binary as light and dark blocks, all on mid-grey."""
    picture = np.full((HEIGHT, WIDTH, 3), 128, np.uint8)
    for bit in range(BITS):
        top, left = _corner(bit)
        picture[top : top + 24, left : left + 24] = 220 if number >> bit & 1 else 40
    return picture


def number_in(pixels: npt.NDArray[np.float32]) -> int:
    """The number that ``pixels [3, h, w]`` carry, at any size."""
    height, width = pixels.shape[1:]
    luma = pixels.mean(axis=0)
    number = 0
    for bit in range(BITS):
        top, left = _corner(bit)
        centre = luma[int((top + 12) * height / HEIGHT), int((left + 12) * width / WIDTH)]
        number |= int(centre > 0.5) << bit
    return number


def _corner(bit: int) -> tuple[int, int]:
    row, column = divmod(bit, _COLUMNS)
    return 24 + 56 * row, 4 + 32 * column


def write_video(
    path: Path,
    pictures: Iterable[npt.NDArray[np.uint8]],
    *,
    rate: Fraction = Fraction(25),
    codec: str = "libx264",
    options: dict[str, str] | None = None,
    pixel_format: str = "yuv420p",
    times: Sequence[int] | None = None,
    container_options: dict[str, str] | None = None,
    metadata: dict[str, str] | None = None,
) -> Path:
    """Encode RGB pictures. times: presentation times in frames, for variable frame rates."""
    with av.open(str(path), "w", container_options=container_options or {}) as container:
        container.metadata.update(metadata or {})
        stream: Any = container.add_stream(codec, rate=rate, options=options or {})
        stream.pix_fmt = pixel_format
        stream.codec_context.time_base = 1 / rate
        for index, picture in enumerate(pictures):
            if index == 0:
                stream.height, stream.width = picture.shape[:2]
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format=pixel_format)
            frame.pts = times[index] if times else index
            frame.time_base = 1 / rate
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def write_numbered(path: Path, count: int, **options: Any) -> Path:
    """``count`` numbered frames; ``options`` as for ``write_video``."""
    return write_video(path, (numbered(index) for index in range(count)), **options)
