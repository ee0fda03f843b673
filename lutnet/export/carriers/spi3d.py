"""``.spi3d`` of Sony Pictures Imageworks, written by OpenColorIO."""

from __future__ import annotations

from pathlib import Path

from lutnet.export.carriers.lut import LutFormat, Table
from lutnet.export.carriers.ocio_bake import baked_by_ocio
from lutnet.grade import LUT3D


def _encode(lut: LUT3D, title: str, comments: tuple[str, ...]) -> bytes:
    return baked_by_ocio(lut, "spi3d")


def _reread_by_colour(path: Path) -> Table:
    from colour.io import read_LUT_SonySPI3D

    table: Table = read_LUT_SonySPI3D(str(path)).table
    return table


FORMAT = LutFormat(".spi3d", 33, _encode, _reread_by_colour, 2e-6)
CARRIER = FORMAT.carrier("spi3d", "6 decimals")
