"""CLF, the Academy's Common LUT Format, written by OpenColorIO: CDL and LUT as they are, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

import numpy as np
import PyOpenColorIO as ocio

from lutnet.errors import OutputError
from lutnet.export.carriers.lut import Table, require_table
from lutnet.export.carriers.ocio_bake import lut_transform
from lutnet.export.carriers.record import CDL_AND_LUT, Carrier, CarrierFile, Delivery, misread, require_cdl
from lutnet.export.cdl_xml import cdl_of, child, local_name, parsed
from lutnet.export.cube import plain
from lutnet.export.soundness import require_sound, summary
from lutnet.grade import LUT3D, Grade

_TOLERANCE = 1e-6


def _files(delivery: Delivery) -> Iterator[CarrierFile]:
    for clip, grade in delivery.graded:
        if grade.lut is not None:
            require_sound(grade.lut, clip.shot.name, clips=True)
        text = _text(grade, clip.stem, (clip.shot.name, delivery.note))
        yield CarrierFile(f"{clip.stem}.clf", text.encode("utf-8"))


def _text(grade: Grade, id: str, notes: tuple[str, ...]) -> str:
    cdl = ocio.CDLTransform(
        slope=grade.cdl.slope, offset=grade.cdl.offset, power=grade.cdl.power, sat=grade.cdl.saturation
    )
    cdl.setStyle(ocio.CDL_ASC)
    group = ocio.GroupTransform()
    group.appendTransform(cdl)
    if grade.lut is not None:
        group.appendTransform(lut_transform(grade.lut))
        notes = (*notes, summary(grade.lut))
    return _written(group, id, notes)


def lut_clf(lut: LUT3D, title: str, comments: tuple[str, ...]) -> bytes:
    """A ``.clf`` of one LUT over 0..1."""
    group = ocio.GroupTransform()
    group.appendTransform(lut_transform(lut))
    return _written(group, title, comments).encode("utf-8")


def _written(group: ocio.GroupTransform, id: str, notes: tuple[str, ...]) -> str:
    metadata = group.getFormatMetadata()
    metadata.setID(plain(id))
    for note in notes:
        metadata.addChildElement("Description", plain(note))
    text: str = group.write("Academy/ASC Common LUT Format", config=ocio.Config.CreateRaw())
    return text


def _verify(folder: Path, delivery: Delivery) -> None:
    for clip, grade in delivery.graded:
        path = folder / f"{clip.stem}.clf"
        root = parsed(path)
        node = child(root, ("ASC_CDL",))
        if node is None or node.get("style") != "Fwd":
            raise misread(path, None if node is None else node.get("style"), "ASC_CDL of style Fwd")
        require_cdl(path, cdl_of(node, path), grade.cdl)
        lut = child(root, ("LUT3D",))
        if (lut is None) != (grade.lut is None):
            raise misread(path, [local_name(node) for node in root], "the LUT where the grade has one")
        if lut is not None and grade.lut is not None:
            require_table(path, _table(lut, path), grade.lut.table, _TOLERANCE)


def _table(node: Element, path: Path) -> Table:
    array = child(node, ("Array",))
    if array is None or array.text is None:
        raise OutputError("LUT3D has no Array", where=path)
    *sides, _ = map(int, array.get("dim", "").split())
    values = np.array(array.text.split(), dtype=np.float64)
    return values.reshape(*sides, 3)


CARRIER = Carrier("clf", "<clip>.clf", CDL_AND_LUT, "32-bit float", _files, _verify)
