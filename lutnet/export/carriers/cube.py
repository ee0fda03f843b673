"""``.cube``: the whole grade in the dialect that Resolve, Adobe and FFmpeg all read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import PyOpenColorIO as ocio

from lutnet.export.carriers.lut import LutFormat, Table
from lutnet.export.cube import cube_bytes
from lutnet.grade import LUT3D

POINTS = 33


def _encode(lut: LUT3D, title: str, comments: tuple[str, ...]) -> bytes:
    return cube_bytes(lut, title=title, comments=comments)


def reread_by_ocio(path: Path, points: int = POINTS) -> Table:
    """The table of ``points`` a side (axes r, g, b) as OpenColorIO applies it to its own lattice points."""
    ocio.ClearAllCaches()
    processor = ocio.Config.CreateRaw().getProcessor(ocio.FileTransform(str(path)))
    ramp = np.linspace(0.0, 1.0, points, dtype=np.float32)
    table = np.stack(np.meshgrid(ramp, ramp, ramp, indexing="ij"), -1)
    processor.getOptimizedCPUProcessor(ocio.OPTIMIZATION_LOSSLESS).applyRGB(table)
    return table


FORMAT = LutFormat(".cube", POINTS, _encode, reread_by_ocio, 5e-6)
CARRIER = FORMAT.carrier("cube", "6 decimals")
