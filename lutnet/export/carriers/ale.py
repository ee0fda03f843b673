"""ALE, Avid's log of clips: tab-separated columns, ``ASC_SOP`` and ``ASC_SAT`` among them, one row per clip."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

from lutnet.export.carriers.record import CDL_ONLY, Carrier, CarrierFile, Delivery, misread, require_cdl
from lutnet.export.carriers.reread import ALE, cdl_of_otio, clips_by_otio
from lutnet.export.edl import one_line, reel_names, sop_text, source_frames
from lutnet.grade import CDL
from lutnet.shot import Shot
from lutnet.timecode import timecode

_COLUMNS = ("Name", "Tracks", "Start", "End", "Tape", "ASC_SOP", "ASC_SAT")
_NTSC = {Fraction(24000, 1001): "23.976", Fraction(30000, 1001): "29.97", Fraction(60000, 1001): "59.94"}


def _files(delivery: Delivery) -> Iterator[CarrierFile]:
    graded = delivery.graded
    reels = reel_names([clip.shot for clip, _ in graded])
    rows = [_row(clip.shot, grade.cdl, reels[clip.shot.id], delivery.rate) for clip, grade in graded]
    yield CarrierFile(f"{delivery.name}.ale", _text(rows, delivery.rate).encode("utf-8"))


def _text(rows: Sequence[Sequence[str]], rate: Fraction) -> str:
    lines = [
        "Heading",
        "FIELD_DELIM\tTABS",
        "VIDEO_FORMAT\t1080",
        f"FPS\t{_NTSC.get(rate, f'{float(rate):g}')}",
        "",
        "Column",
        "\t".join(_COLUMNS),
        "",
        "Data",
        *("\t".join(row) for row in rows),
    ]
    return "\n".join(lines) + "\n"


def _row(shot: Shot, cdl: CDL, reel: str, rate: Fraction) -> tuple[str, ...]:
    start, end = (timecode(frame, rate) for frame in source_frames(shot, rate))
    return (one_line(shot.name), "V", start, end, reel, sop_text(cdl), f"{cdl.saturation:.6f}")


def _verify(folder: Path, delivery: Delivery) -> float:
    path = folder / f"{delivery.name}.ale"
    read = clips_by_otio(path, ALE, delivery.rate)
    if len(read) != len(delivery.graded):
        raise misread(path, len(read), f"{len(delivery.graded)} rows")
    pairs = zip(read, delivery.graded, strict=True)
    return max(
        (require_cdl(path, cdl_of_otio(row, path), grade.cdl) for row, (_, grade) in pairs), default=0.0
    )


CARRIER = Carrier("ale", "<timeline>.ale", CDL_ONLY, "6 decimals", _files, _verify)
