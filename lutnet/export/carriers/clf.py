"""CLF, the Academy's Common LUT Format 3.0: CDL and LUT as they are, one after the other.

Written in the Academy's namespace, which readers of SMPTE ST 2136-1 take too; the newer one older readers refuse.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import PyOpenColorIO as ocio

from lutnet.export.carriers.lut import Table, require_table
from lutnet.export.carriers.record import CDL_AND_LUT, Carrier, CarrierFile, Delivery, misread, require_cdl
from lutnet.export.carriers.reread import cdl_of_ocio, parts_by_ocio
from lutnet.export.cdl_xml import nodes_text
from lutnet.export.cube import plain
from lutnet.export.soundness import require_sound, summary
from lutnet.grade import CDL, LUT3D, Grade

_NAMESPACE = "urn:AMPAS:CLF:v3.0"
_DEPTHS = 'inBitDepth="32f" outBitDepth="32f"'
_TOLERANCE = 1e-6


def _files(delivery: Delivery) -> Iterator[CarrierFile]:
    for clip, grade in delivery.graded:
        notes: tuple[str, ...] = (clip.shot.name, delivery.note)
        steps = [_cdl_text(grade.cdl)]
        if grade.lut is not None:
            require_sound(grade.lut, clip.shot.name, clips=True)
            steps.append(_lut_text(grade.lut))
            notes = (*notes, summary(grade.lut))
        yield CarrierFile(f"{clip.stem}.clf", _process_list(clip.stem, notes, steps))


def lut_clf(lut: LUT3D, title: str, comments: tuple[str, ...]) -> bytes:
    """A ``.clf`` of one LUT over 0..1."""
    return _process_list(title, comments, [_lut_text(lut)])


def _process_list(id: str, notes: tuple[str, ...], steps: list[str]) -> bytes:
    described = "".join(f"  <Description>{escape(plain(note))}</Description>\n" for note in notes)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<ProcessList compCLFversion="3.0" id={quoteattr(plain(id))} xmlns="{_NAMESPACE}">\n'
        f"{described}{''.join(steps)}</ProcessList>\n"
    ).encode("ascii")


def _cdl_text(cdl: CDL) -> str:
    return f'<ASC_CDL {_DEPTHS} style="Fwd">\n{nodes_text(cdl)}</ASC_CDL>\n'


def _lut_text(lut: LUT3D) -> str:
    """Rows blue fastest, with the nine digits that tell every 32-bit float apart."""
    rows = "%.9g %.9g %.9g\n" * lut.size**3 % tuple((lut.table.ravel() + np.float32(0)).tolist())
    sides = f"{lut.size} " * 3
    return (
        f'<LUT3D {_DEPTHS} interpolation="tetrahedral">\n<Array dim="{sides}3">\n{rows}</Array>\n</LUT3D>\n'
    )


def _verify(folder: Path, delivery: Delivery) -> float:
    pairs = [(folder / f"{clip.stem}.clf", grade) for clip, grade in delivery.graded]
    return max((_difference(path, grade) for path, grade in pairs), default=0.0)


def _difference(path: Path, grade: Grade) -> float:
    parts = parts_by_ocio(path)
    expected = [ocio.CDLTransform] + [ocio.Lut3DTransform] * (grade.lut is not None)
    if [type(part) for part in parts] != expected:
        raise misread(path, [type(part).__name__ for part in parts], "the CDL, then the LUT if there is one")
    if parts[0].getStyle() != ocio.CDL_ASC:
        raise misread(path, str(parts[0].getStyle()), "a CDL that clips")
    difference = require_cdl(path, cdl_of_ocio(parts[0], path), grade.cdl)
    if grade.lut is None:
        return difference
    return max(difference, require_table(path, _table(parts[1]), grade.lut.table, _TOLERANCE))


def _table(lut: ocio.Lut3DTransform) -> Table:
    size = lut.getGridSize()
    return np.asarray(lut.getData(), dtype=np.float32).reshape(size, size, size, 3)


CARRIER = Carrier("clf", "<clip>.clf", CDL_AND_LUT, "32-bit float", _files, _verify)
