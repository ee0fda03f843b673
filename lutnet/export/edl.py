"""CMX 3600 EDL with CDL comments, one list per video track.

An event, with the lines that carry the grade::

    001  REEL     V     C        01:00:00:00 01:00:02:00 10:00:00:00 10:00:02:00
    M2   REEL       012.5                01:00:00:00             only where the clip is retimed
    * FROM CLIP NAME: name
    *ASC_SOP (1.000000 1.000000 1.000000)(0.000000 0.000000 0.000000)(1.000000 1.000000 1.000000)
    *ASC_SAT 1.000000
    *ASC_CC_XML id                                               instead of both, for a CDL in a .ccc beside it

Transitions are written as cuts: a list that carries CDLs is matched event by event, not conformed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import PurePosixPath

from lutnet.export.naming import safe_stem
from lutnet.grade import CDL, Triple
from lutnet.shot import Shot
from lutnet.timecode import is_drop_frame, nominal_rate, timecode

NO_REEL = "AX"
_REEL_LIMIT = 32
_SPECIAL_REELS = {"BL", "BLACK", "BARS", NO_REEL}


def edl_text(
    title: str,
    shots: Sequence[Shot],
    cdls: Mapping[str, CDL],
    rate: Fraction,
    *,
    corrections: Mapping[str, str] | None = None,
    remarks: Mapping[str, str] | None = None,
) -> str:
    """The list of one video track: every shot in record order, with the CDL of those in ``cdls`` (by id).

    rate: of the timeline; record and source times are counted at it. Shots shorter than a frame are left out.
    corrections: by shot id, the id of its CDL in a collection, which the event then points to. remarks: by shot id,
    what is said of it for people.
    """
    references, said = corrections or {}, remarks or {}
    reels = reel_names(shots)
    lines = [
        f"TITLE: {one_line(title)}",
        f"FCM: {'DROP FRAME' if is_drop_frame(rate) else 'NON-DROP FRAME'}",
    ]
    for number, shot in enumerate(played(shots), start=1):
        lines += ["", *_event(number, shot, reels[shot.id], rate), *_cdl_lines(cdls.get(shot.id))]
        if shot.id in said:
            lines.append(f"* {one_line(said[shot.id])}")
        if shot.id in references:
            lines.append(f"*ASC_CC_XML {references[shot.id]}")
    return "\n".join(lines) + "\n"


def played(shots: Sequence[Shot]) -> list[Shot]:
    """The shots that a list has events for, in its order: those of a frame or more."""
    return sorted((shot for shot in shots if _recorded(shot) > 0), key=lambda shot: shot.record.start)


def reel_names(shots: Sequence[Shot]) -> dict[str, str]:
    """A reel per shot id: the media file's name without suffix, one reel per file; ``AX`` without media."""
    media = {shot.media: _reel(shot.media) for shot in shots if shot.media is not None}
    uses = Counter(media.values())
    numbered = {
        path: reel if uses[reel] == 1 else f"{reel[: _REEL_LIMIT - 5]}_{number:04}"
        for number, (path, reel) in enumerate(sorted(media.items()), start=1)
    }
    return {shot.id: NO_REEL if shot.media is None else numbered[shot.media] for shot in shots}


def _reel(media: str) -> str:
    stem = safe_stem(PurePosixPath(media.replace("\\", "/")).stem, _REEL_LIMIT - 2).replace(".", "_")
    return f"R_{stem}" if stem.upper() in _SPECIAL_REELS else stem


def _event(number: int, shot: Shot, reel: str, rate: Fraction) -> list[str]:
    record_in, record_out = round(shot.record.start), round(shot.record.end)
    source_in, source_out = source_frames(shot, rate)
    times = (timecode(frame, rate) for frame in (source_in, source_out, record_in, record_out))
    lines = [f"{number:03}  {reel:<8} V     C        {' '.join(times)}"]
    if _is_retimed(shot, rate):
        speed = float(rate * shot.source.duration_seconds * rate / _recorded(shot))
        start = timecode(source_in, rate).replace(";", ":")  # readers know no drop-frame sign here
        lines.append(f"M2   {reel:<8}       {speed:05.1f}                {start}")
    return [*lines, f"* FROM CLIP NAME: {one_line(shot.name)}"]


def source_frames(shot: Shot, rate: Fraction) -> tuple[int, int]:
    """First frame and end of the used range of the source, counted at ``rate``; the end is exclusive."""
    start = _label_frame(shot.source.start, shot.source.rate, rate)
    if _is_retimed(shot, rate):
        return start, start + round(shot.source.duration_seconds * rate)
    return start, start + _recorded(shot)


def _is_retimed(shot: Shot, rate: Fraction) -> bool:
    return abs(shot.source.duration_seconds * rate - _recorded(shot)) >= 1


def _recorded(shot: Shot) -> int:
    """The frames that the shot takes in the list, which counts whole ones."""
    return round(shot.record.end) - round(shot.record.start)


def _label_frame(frame: Fraction, source_rate: Fraction, rate: Fraction) -> int:
    # Timecode is a label: 01:00:00:00 stays 01:00:00:00 between 23.976 and 24, though the seconds differ.
    return int(frame * nominal_rate(rate) / nominal_rate(source_rate))


def _cdl_lines(cdl: CDL | None) -> list[str]:
    if cdl is None:
        return []
    return [f"*ASC_SOP {sop_text(cdl)}", f"*ASC_SAT {cdl.saturation:.6f}"]


def sop_text(cdl: CDL) -> str:
    """Slope, offset and power as lists state them: ``(r g b)(r g b)(r g b)``."""
    return "".join(f"({_numbers(values)})" for values in (cdl.slope, cdl.offset, cdl.power))


def _numbers(values: Triple) -> str:
    return " ".join(f"{value:.6f}" for value in values)


def one_line(text: str) -> str:
    """``text`` without tabs, line ends and control characters."""
    return re.sub(r"[\s\x00-\x1f\x7f]+", " ", text).strip()
