"""The list that came in, with its CDLs: an EDL or an ALE as its program wrote it, every other line untouched.

Events and rows are matched to shots by their order, as they were read; nothing else in them names a shot.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from lutnet.errors import OutputError
from lutnet.export.edl import sop_text
from lutnet.grade import CDL
from lutnet.shot import Shot

_EVENT = re.compile(r"^\s*\d+\s+\S+\s+(?P<channel>\S+)\s+\S.*?(?P<times>(?:\s+[\d:;.,]+){4})\s*$")
_GRADE = re.compile(r"^\s*\*?\s*ASC_(?:SOP|SAT|CC_XML)\b")
_COLUMNS = ("ASC_SOP", "ASC_SAT")


def edl_with_cdls(text: str, shots: Sequence[Shot], cdls: Mapping[str, CDL]) -> str:
    """``text``, an EDL, with the CDLs (by shot id) of ``shots`` in place of those it held.

    shots: in timeline order, as the list was read. Raises OutputError where the list has other events.
    """
    lines = text.splitlines(keepends=True)
    after = _shot_after(lines, shots)
    written: list[str] = []
    waiting: list[str] = []  # what the event that is being read will end with
    graded = False
    end = _line_end(lines)
    for number, line in enumerate(lines):
        if _EVENT.match(line):
            written += waiting
            waiting, graded = [], False
        if not (graded and _GRADE.match(line)):
            written.append(_ended(line, lines))
        if (cdl := cdls.get(after.get(number, ""))) is not None:
            graded = True
            waiting = [f"*ASC_SOP {sop_text(cdl)}{end}", f"*ASC_SAT {cdl.saturation:.6f}{end}"]
    return "".join([*written, *waiting])


def ale_with_cdls(text: str, shots: Sequence[Shot], cdls: Mapping[str, CDL]) -> str:
    """``text``, an ALE, with the CDLs of ``shots``, one per row, in its CDL columns, which are added if need be."""
    lines = text.splitlines(keepends=True)
    marks = [line.strip() for line in lines]
    try:
        head = next(n for n in range(marks.index("Column") + 1, len(lines)) if marks[n])
        rows = [n for n in range(marks.index("Data") + 1, len(lines)) if marks[n]]
    except (ValueError, StopIteration) as error:
        raise OutputError("the list has no columns to write the CDLs into") from error
    if len(rows) != len(shots):
        raise _changed(len(rows), len(shots))
    columns = lines[head].rstrip("\r\n").split("\t")
    wanted = [*columns, *(name for name in _COLUMNS if name not in columns)]
    lines[head] = "\t".join(wanted) + _line_end(lines)
    for number, shot in zip(rows, shots, strict=True):
        cells = lines[number].rstrip("\r\n").split("\t")
        cells += [""] * (len(wanted) - len(cells))
        if (cdl := cdls.get(shot.id)) is not None:
            cells[wanted.index("ASC_SOP")] = sop_text(cdl)
            cells[wanted.index("ASC_SAT")] = f"{cdl.saturation:.6f}"
        lines[number] = "\t".join(cells) + _line_end(lines)
    return "".join(lines)


def written_back(source: Path, shots: Sequence[Shot], cdls: Mapping[str, CDL]) -> bytes | None:
    """The content of ``source`` with its CDLs; None for a format that holds none, or is OTIO, which the package has.

    Raises OutputError where the file is gone or has changed since it was read.
    """
    write = FORMATS.get(source.suffix.lower())
    if write is None:
        return None
    try:
        # Lists come in many encodings; what is not a CDL's passes through as it is.
        text = source.read_bytes().decode("utf-8", "surrogateescape")
    except OSError as error:
        raise OutputError("cannot read the list again", value=error.strerror, where=source) from error
    return write(text, shots, cdls).encode("utf-8", "surrogateescape")


FORMATS: Mapping[str, Callable[[str, Sequence[Shot], Mapping[str, CDL]], str]] = {
    ".edl": edl_with_cdls,
    ".ale": ale_with_cdls,
}


def _shot_after(lines: Sequence[str], shots: Sequence[Shot]) -> dict[int, str]:
    """The shot id of every event line that is a shot: of pictures, and with a length on the record."""
    events: dict[str, list[tuple[tuple[int, ...], int]]] = {}
    for number, line in enumerate(lines):
        match = _EVENT.match(line)
        channel = "" if match is None else match["channel"].upper()
        track = "V" if channel == "B" else (re.findall(r"V\d*", channel) or [""])[0]
        if match is None or not track:
            continue
        begin, end = (tuple(map(int, re.split(r"[:;.,]", time))) for time in match["times"].split()[2:])
        if begin < end:
            events.setdefault(track, []).append((begin, number))
    tracks = sorted(events.values(), key=min)
    ordered = [number for track in tracks for _, number in sorted(track)]
    if len(ordered) != len(shots):
        raise _changed(len(ordered), len(shots))
    return {number: shot.id for number, shot in zip(ordered, shots, strict=True)}


def _changed(found: int, expected: int) -> OutputError:
    return OutputError(
        "the list is not the one that was graded",
        value=f"{found} shots",
        allowed=f"{expected}",
        fix="Grade it anew",
    )


def _line_end(lines: Sequence[str]) -> str:
    return "\r\n" if any(line.endswith("\r\n") for line in lines) else "\n"


def _ended(line: str, lines: Sequence[str]) -> str:
    return line if line.endswith(("\n", "\r")) else line + _line_end(lines)
