"""``.cube``, the 3D LUT file that Resolve, Adobe and FFmpeg all read.

Written is the common denominator of all readers::

    # comments, ASCII
    TITLE "ascii"
    LUT_3D_SIZE n            2..256
    DOMAIN_MIN r g b         only where the domain is not 0..1
    DOMAIN_MAX r g b
    r g b                    n^3 rows, red fastest, %.6f

``lutnet.export.cube_reader`` reads what real files hold besides.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from lutnet.errors import GradeFileError
from lutnet.export.atomic import write_bytes
from lutnet.export.cube_reader import UNIT, read_cube_file
from lutnet.grade import LUT3D

_LINE_LIMIT = 240  # readers may refuse lines of more than 250 characters


def write_cube(path: Path, lut: LUT3D, *, title: str, comments: Sequence[str] = ()) -> None:
    """Write ``lut`` to ``path``. ``title`` and ``comments`` are reduced to printable ASCII, one line each.

    Raises OutputError where ``path`` cannot be written; nothing has changed then.
    """
    write_bytes(path, cube_bytes(lut, title=title, comments=comments))


def cube_bytes(lut: LUT3D, *, title: str, comments: Sequence[str] = ()) -> bytes:
    """The content of the file that ``write_cube`` writes."""
    header = [f"# {plain(comment)}" for comment in comments]
    header.append(f'TITLE "{plain(title).replace(chr(34), chr(39))}"')
    header.append(f"LUT_3D_SIZE {lut.size}")
    if (lut.domain_min, lut.domain_max) != UNIT:
        header.append("DOMAIN_MIN {:.6f} {:.6f} {:.6f}".format(*lut.domain_min))
        header.append("DOMAIN_MAX {:.6f} {:.6f} {:.6f}".format(*lut.domain_max))
    return ("\n".join(header) + "\n" + _rows(lut)).encode("ascii")


def read_cube(path: Path) -> LUT3D:
    """Read a 3D LUT, alone and in full range.

    Raises GradeFileError as ``read_cube_file`` does, and for a file that is 1D, has a shaper or declares video
    range: what a 3D LUT alone would say wrongly.
    """
    file = read_cube_file(path)
    if file.lut is None or file.curves is not None:
        raise GradeFileError("LUT is 1D or has a 1D shaper", allowed="a 3D LUT alone", where=path)
    if file.video_in or file.video_out:
        raise GradeFileError(
            "LUT is made for video range, which most programs ignore in silence",
            allowed="full range",
            where=path,
        )
    return file.lut


def _rows(lut: LUT3D) -> str:
    red_fastest = lut.table.transpose(2, 1, 0, 3).astype(np.float64)
    values = np.round(red_fastest, 6) + 0.0  # + 0.0 turns -0.0 into 0.0
    return "%.6f %.6f %.6f\n" * lut.size**3 % tuple(values.ravel().tolist())


def plain(text: str) -> str:
    """``text`` as one line of printable ASCII that no reader finds too long."""
    printable = "".join(sign if " " <= sign <= "~" else "?" for sign in " ".join(text.split()))
    return printable[:_LINE_LIMIT]
