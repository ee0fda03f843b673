"""``.ccc``: all CDLs of a timeline in one ColorCorrectionCollection, each under its clip's id."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lutnet.export.carriers.record import CDL_ONLY, Carrier, CarrierFile, Delivery
from lutnet.export.carriers.reread import require_cdls
from lutnet.export.cdl_xml import Correction, collection_text


def collection(delivery: Delivery) -> CarrierFile:
    """The collection of a timeline's CDLs, which an EDL can point into."""
    corrections = [Correction(clip.stem, grade.cdl, clip.shot.name) for clip, grade in delivery.graded]
    text = collection_text(corrections, description=delivery.note)
    return CarrierFile(f"{delivery.name}.ccc", text.encode("utf-8"))


def verify_collection(folder: Path, delivery: Delivery) -> float:
    """``require_cdls`` of the collection."""
    path = folder / f"{delivery.name}.ccc"
    return require_cdls({clip.stem: path for clip, _ in delivery.graded}, delivery)


def _files(delivery: Delivery) -> Iterator[CarrierFile]:
    if delivery.graded:
        yield collection(delivery)


CARRIER = Carrier("ccc", "<timeline>.ccc", CDL_ONLY, "6 decimals", _files, verify_collection)
