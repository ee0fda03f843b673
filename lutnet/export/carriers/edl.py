"""EDL, one list per video track: with the CDLs inline, or with ids that point into a ``.ccc`` beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from opentimelineio.schema import Clip

from lutnet.export.carriers.ccc import collection, verify_collection
from lutnet.export.carriers.record import (
    CDL_ONLY,
    CarriedClip,
    Carrier,
    CarrierFile,
    Delivery,
    misread,
    require_cdl,
)
from lutnet.export.carriers.reread import EDL, cdl_of_otio, clips_by_otio
from lutnet.export.edl import edl_text, played


def _inline(delivery: Delivery) -> Iterator[CarrierFile]:
    for stem, clips in delivery.tracks:
        cdls = {clip.shot.id: clip.grade.cdl for clip in clips if clip.grade is not None}
        text = edl_text(stem, [clip.shot for clip in clips], cdls, delivery.rate)
        yield CarrierFile(f"{stem}.edl", text.encode("utf-8"))


def _referring(delivery: Delivery) -> Iterator[CarrierFile]:
    for stem, clips in delivery.tracks:
        ids = {clip.shot.id: clip.stem for clip in clips if clip.grade is not None}
        text = edl_text(stem, [clip.shot for clip in clips], {}, delivery.rate, corrections=ids)
        yield CarrierFile(f"{stem}.edl", text.encode("utf-8"))
    if delivery.graded:
        yield collection(delivery)


def _verify_inline(folder: Path, delivery: Delivery) -> float:
    differences = [
        require_cdl(path, cdl_of_otio(event, path), clip.grade.cdl)
        for path, clip, event in _events(folder, delivery)
        if clip.grade is not None
    ]
    return max(differences, default=0.0)


def _verify_referring(folder: Path, delivery: Delivery) -> float:
    for path, clip, event in _events(folder, delivery):
        comments = event.metadata.get("cmx_3600", {}).get("comments", [])
        named = [comment.split()[-1] for comment in comments if comment.startswith("ASC_CC_XML")]
        expected = [] if clip.grade is None else [clip.stem]
        if named != expected:
            raise misread(path, named, f"the id {clip.stem}")
    return verify_collection(folder, delivery)


def _events(folder: Path, delivery: Delivery) -> Iterator[tuple[Path, CarriedClip, Clip]]:
    """Every event as OpenTimelineIO reads it, beside the clip that it was written for."""
    for stem, clips in delivery.tracks:
        path = folder / f"{stem}.edl"
        by_id = {clip.shot.id: clip for clip in clips}
        expected = [by_id[shot.id] for shot in played([clip.shot for clip in clips])]
        events = clips_by_otio(path, EDL, delivery.rate) if expected else []
        if len(events) != len(expected):
            raise misread(path, len(events), f"{len(expected)} events")
        for clip, event in zip(expected, events, strict=True):
            yield path, clip, event


INLINE = Carrier("edl", "<timeline>.edl, <timeline>_V2.edl", CDL_ONLY, "6 decimals", _inline, _verify_inline)
REFERRING = Carrier(
    "edl-ccc",
    "<timeline>.edl, <timeline>_V2.edl, <timeline>.ccc",
    CDL_ONLY,
    "6 decimals",
    _referring,
    _verify_referring,
)
