"""Reading a Hald CLUT: a square picture that holds a 3D LUT, red fastest, of 8 or 16 bits."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from lutnet.errors import GradeFileError
from lutnet.grade import LUT3D

_LEVELS = range(2, 17)


def read_hald(path: Path) -> LUT3D:
    """Read a Hald CLUT of level 2 to 16 (4 to 256 points).

    Raises GradeFileError where the file is missing, no picture, or of no side that a Hald can have.
    """
    try:
        data = np.frombuffer(path.read_bytes(), dtype=np.uint8)
    except OSError as error:
        raise GradeFileError(f"cannot read the LUT: {error.strerror}", where=path) from error
    try:
        picture = cv2.imdecode(data, cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH) if data.size else None
    except cv2.error as error:
        raise GradeFileError("file is no picture", where=path) from error
    if picture is None or picture.dtype not in (np.uint8, np.uint16):
        raise GradeFileError("file is no picture of 8 or 16 bits", where=path)
    height, width = picture.shape[:2]
    level = next((level for level in _LEVELS if level**3 == width == height), None)
    if level is None:
        raise GradeFileError(
            "picture is no Hald CLUT", value=f"{width} x {height}", allowed="a side of 8, 27, 64, 125 and so on",
            where=path,
        )  # fmt: skip
    white = np.iinfo(picture.dtype).max
    points = level**2
    rows = picture[..., ::-1].reshape(points, points, points, 3).transpose(2, 1, 0, 3)
    return LUT3D(rows.astype(np.float32) / np.float32(white))
