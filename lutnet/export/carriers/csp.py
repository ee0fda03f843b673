"""``.csp`` of cineSpace, written by OpenColorIO."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lutnet.export.carriers.lut import LutFormat, Table
from lutnet.export.carriers.ocio_bake import baked_by_ocio
from lutnet.export.cube import plain
from lutnet.grade import LUT3D


def _encode(lut: LUT3D, title: str, comments: tuple[str, ...]) -> bytes:
    return baked_by_ocio(lut, "cinespace", tuple(map(plain, (title, *comments))))


def _reread_by_colour(path: Path) -> Table:
    from colour.io import read_LUT_Cinespace

    table: Table = getattr(read_LUT_Cinespace(str(path)), "table", np.empty(0))
    return table


FORMAT = LutFormat(".csp", 33, _encode, _reread_by_colour, 2e-6)
CARRIER = FORMAT.carrier("csp", "6 decimals")
