"""Reading a Hald CLUT: a square picture that holds a 3D LUT, red fastest, of 8 or 16 bits."""

from __future__ import annotations

import struct
from pathlib import Path

import cv2
import numpy as np

from lutnet.errors import GradeFileError
from lutnet.grade import LUT3D

_LEVELS = range(2, 17)
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEADER = 24


def read_hald(path: Path) -> LUT3D:
    """Read a Hald CLUT of level 2 to 16 (4 to 256 points).

    Raises GradeFileError where the file is missing, no picture, or of no side that a Hald can have.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise GradeFileError(f"cannot read the LUT: {error.strerror}", where=path) from error
    level = _level(data, path)
    _require_whole(data, path)
    try:
        picture = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH)
    except cv2.error as error:
        raise GradeFileError("file is no picture", where=path) from error
    if picture is None or picture.dtype not in (np.uint8, np.uint16):
        raise GradeFileError("file is no picture of 8 or 16 bits", where=path)
    if picture.shape[:2] != (level**3, level**3):
        raise GradeFileError("picture is damaged", value=picture.shape[:2], where=path)
    white = np.iinfo(picture.dtype).max
    points = level**2
    rows = picture[..., ::-1].reshape(points, points, points, 3).transpose(2, 1, 0, 3)
    return LUT3D(rows.astype(np.float32) / np.float32(white))


def _level(data: bytes, path: Path) -> int:
    """The level that the PNG header states: asked first, so that no damaged header asks for gigabytes."""
    if not data.startswith(_SIGNATURE) or len(data) < _HEADER:
        raise GradeFileError("file is no PNG", where=path)
    width, height = struct.unpack(">II", data[16:24])
    for level in _LEVELS:
        if level**3 == width == height:
            return level
    raise GradeFileError(
        "picture is no Hald CLUT",
        value=f"{width} x {height}",
        allowed="a side of 8, 27, 64, 125 and so on",
        where=path,
    )


def _require_whole(data: bytes, path: Path) -> None:
    """Refuse a chunk that is longer than the file: decoders make room for what it claims, gigabytes at worst."""
    at = len(_SIGNATURE)
    while at + 8 <= len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind = data[at + 4 : at + 8]
        at += length + 12
        if at <= len(data) and kind == b"IEND":
            return
    raise GradeFileError("PNG is cut off or damaged", where=path)
