"""``.cdl``: all CDLs of a timeline in one ColorDecisionList, each beside the media that it is for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lutnet.export.carriers.record import CDL_ONLY, Carrier, CarrierFile, Delivery
from lutnet.export.carriers.reread import require_cdls
from lutnet.export.cdl_xml import Correction, decision_list_text


def _files(delivery: Delivery) -> Iterator[CarrierFile]:
    corrections = [
        Correction(clip.stem, grade.cdl, clip.shot.name, clip.shot.media) for clip, grade in delivery.graded
    ]
    if corrections:
        text = decision_list_text(corrections, description=delivery.note)
        yield CarrierFile(f"{delivery.name}.cdl", text.encode("utf-8"))


def _verify(folder: Path, delivery: Delivery) -> float:
    path = folder / f"{delivery.name}.cdl"
    return require_cdls({clip.stem: path for clip, _ in delivery.graded}, delivery)


CARRIER = Carrier("cdl", "<timeline>.cdl", CDL_ONLY, "6 decimals", _files, _verify)
