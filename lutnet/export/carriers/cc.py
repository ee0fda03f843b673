"""``.cc``: one ASC CDL per file, as every package already holds it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lutnet.export.carriers.record import CDL_ONLY, Carrier, CarrierFile, Delivery, require_cdl
from lutnet.export.carriers.reread import cdl_by_ocio
from lutnet.export.cdl_xml import cc_text


def _files(delivery: Delivery) -> Iterator[CarrierFile]:
    for clip, grade in delivery.graded:
        text = cc_text(grade.cdl, id=clip.stem, description=f"{clip.shot.name} - {delivery.note}")
        yield CarrierFile(f"{clip.stem}.cc", text.encode("utf-8"))


def _verify(folder: Path, delivery: Delivery) -> None:
    for clip, grade in delivery.graded:
        path = folder / f"{clip.stem}.cc"
        require_cdl(path, cdl_by_ocio(path, clip.stem), grade.cdl)


CARRIER = Carrier("cc", "<clip>.cc", CDL_ONLY, "6 decimals", _files, _verify)
