"""``.cube``, the 3D LUT file that Resolve, Adobe and FFmpeg all read.

We write the common denominator of all readers::

    # comments, ASCII
    TITLE "ascii"
    LUT_3D_SIZE n            2..256
    DOMAIN_MIN r g b         only where the domain is not 0..1
    DOMAIN_MAX r g b
    r g b                    n^3 rows, red fastest, %.6f
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from lutnet.export.atomic import write_bytes
from lutnet.grade import LUT3D

_LINE_LIMIT = 240  # readers may refuse lines of more than 250 characters


def write_cube(path: Path, lut: LUT3D, *, title: str, comments: Sequence[str] = ()) -> None:
    """Write ``lut`` to ``path``. ``title`` and ``comments`` are reduced to printable ASCII, one line each.

    Raises OutputError where ``path`` cannot be written.
    """
    write_bytes(path, cube_bytes(lut, title=title, comments=comments))


def cube_bytes(lut: LUT3D, *, title: str, comments: Sequence[str] = ()) -> bytes:
    """The content of the file that ``write_cube`` writes."""
    header = [f"# {_plain(comment)}" for comment in comments]
    header.append(f'TITLE "{_plain(title).replace(chr(34), chr(39))}"')
    header.append(f"LUT_3D_SIZE {lut.size}")
    if (lut.domain_min, lut.domain_max) != ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0)):
        header.append("DOMAIN_MIN {:.6f} {:.6f} {:.6f}".format(*lut.domain_min))
        header.append("DOMAIN_MAX {:.6f} {:.6f} {:.6f}".format(*lut.domain_max))
    return ("\n".join(header) + "\n" + _rows(lut)).encode("ascii")


def _rows(lut: LUT3D) -> str:
    red_fastest = lut.table.transpose(2, 1, 0, 3).astype(np.float64)
    values = np.round(red_fastest, 6) + 0.0  # + 0.0 turns -0.0 into 0.0
    return "%.6f %.6f %.6f\n" * lut.size**3 % tuple(values.ravel().tolist())


def _plain(text: str) -> str:
    printable = "".join(sign if " " <= sign <= "~" else "?" for sign in " ".join(text.split()))
    return printable[:_LINE_LIMIT]
