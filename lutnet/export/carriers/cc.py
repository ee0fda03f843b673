"""``.cc``: one ASC CDL per file, as every package already holds it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lutnet.export.carriers.record import CDL_ONLY, Carrier, CarrierFile, Delivery
from lutnet.export.carriers.reread import require_cdls
from lutnet.export.cdl_xml import cc_text


def _files(delivery: Delivery) -> Iterator[CarrierFile]:
    for clip, grade in delivery.graded:
        text = cc_text(grade.cdl, id=clip.stem, description=f"{clip.shot.name} - {delivery.note}")
        yield CarrierFile(f"{clip.stem}.cc", text.encode("utf-8"))


def _verify(folder: Path, delivery: Delivery) -> float:
    paths = {clip.stem: folder / f"{clip.stem}.cc" for clip, _ in delivery.graded}
    return require_cdls(paths, delivery)


CARRIER = Carrier("cc", "<clip>.cc", CDL_ONLY, "6 decimals", _files, _verify)
