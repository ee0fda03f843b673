"""``.cdl``: all CDLs of a timeline in one ColorDecisionList, each beside the media that it is for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lutnet.export.carriers.record import CDL_ONLY, Carrier, CarrierFile, Delivery, require_cdl
from lutnet.export.carriers.reread import cdl_by_ocio
from lutnet.export.cdl_xml import Correction, decision_list_text


def _files(delivery: Delivery) -> Iterator[CarrierFile]:
    corrections = [
        Correction(clip.stem, grade.cdl, clip.shot.name, clip.shot.media) for clip, grade in delivery.graded
    ]
    if corrections:
        text = decision_list_text(corrections, description=delivery.note)
        yield CarrierFile(f"{delivery.name}.cdl", text.encode("utf-8"))


def _verify(folder: Path, delivery: Delivery) -> None:
    path = folder / f"{delivery.name}.cdl"
    for clip, grade in delivery.graded:
        require_cdl(path, cdl_by_ocio(path, clip.stem), grade.cdl)


CARRIER = Carrier("cdl", "<timeline>.cdl", CDL_ONLY, "6 decimals", _files, _verify)
