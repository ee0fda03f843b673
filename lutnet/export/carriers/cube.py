"""``.cube``: the whole grade in the dialect that Resolve, Adobe and FFmpeg all read."""

from __future__ import annotations

from pathlib import Path

from lutnet.export.carriers.lut import LutFormat, Table
from lutnet.export.carriers.reread import table_by_ocio
from lutnet.export.cube import cube_bytes
from lutnet.grade import LUT3D

POINTS = 33


def _encode(lut: LUT3D, title: str, comments: tuple[str, ...]) -> bytes:
    return cube_bytes(lut, title=title, comments=comments)


def _reread(path: Path) -> Table:
    return table_by_ocio(path, POINTS)


FORMAT = LutFormat(".cube", POINTS, _encode, _reread, 5e-6)
CARRIER = FORMAT.carrier("cube", "6 decimals")
