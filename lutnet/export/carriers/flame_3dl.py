"""``.3dl`` of Flame, written by OpenColorIO: whole numbers of 12 bits, blue fastest.

FFmpeg's reader takes every ``.3dl`` for one of 17 points; feed FFmpeg ``.cube`` instead.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lutnet.errors import OutputError
from lutnet.export.carriers.lut import LutFormat, Table
from lutnet.export.carriers.ocio_bake import baked_by_ocio
from lutnet.grade import LUT3D

_WHITE = 4095


def _encode(lut: LUT3D, title: str, comments: tuple[str, ...]) -> bytes:
    return baked_by_ocio(lut, "flame")


def _reread(path: Path) -> Table:
    """The table read afresh: a line of input codes, one per point, then the rows."""
    codes, *rows = [line.split() for line in path.read_text("ascii").splitlines() if line.strip()]
    size = len(codes)
    values = np.array(rows, dtype=np.float64)
    if values.shape != (size**3, 3):
        raise OutputError("file has a wrong number of rows", value=len(rows), where=path)
    return values.reshape(size, size, size, 3) / _WHITE


FORMAT = LutFormat(".3dl", 33, _encode, _reread, 1 / _WHITE)
CARRIER = FORMAT.carrier("3dl", "12 bits")
