"""``.3dl`` of Flame: whole numbers of 12 bits, blue fastest.

No number in the file tells the depth: readers guess it from the highest code, and take a dark LUT for one of 10 bits.
FFmpeg's reader takes every ``.3dl`` for one of 17 points; feed FFmpeg ``.cube`` instead.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lutnet.errors import OutputError
from lutnet.export.carriers.lut import LutFormat, Table
from lutnet.export.carriers.reread import table_by_ocio
from lutnet.grade import LUT3D

_POINTS = 33
_WHITE = 4095
_TEN_BITS_UP_TO = 2047  # twice the range of 10 bits: where readers stop to take codes for 10 bits


def _encode(lut: LUT3D, title: str, comments: tuple[str, ...]) -> bytes:
    inputs = np.rint(np.linspace(0, 1023, lut.size)).astype(int)
    codes = np.rint(np.clip(lut.table, 0, 1).astype(np.float64) * _WHITE).astype(int).reshape(-1, 3)
    if codes.max() <= _TEN_BITS_UP_TO:
        raise OutputError(
            "LUT is too dark for .3dl: readers would take its 12 bits for 10",
            value=f"highest code {codes.max()}",
            allowed=f"above {_TEN_BITS_UP_TO}",
            where=title,
            fix="Choose another carrier; .cube holds it.",
        )
    rows = "%d %d %d\n" * len(codes) % tuple(codes.ravel().tolist())
    return f"{' '.join(map(str, inputs))}\n{rows}".encode("ascii")


def _reread(path: Path) -> Table:
    return table_by_ocio(path, _POINTS)


FORMAT = LutFormat(".3dl", _POINTS, _encode, _reread, 1 / _WHITE)
CARRIER = FORMAT.carrier("3dl", "12 bits")
