"""The words beside a clip's pictures: name and place, what was found, colour differences; and its warnings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PIL import ImageDraw

from lutnet.export.lettering import AMBER, BRIGHT, DIM, PLAIN, Grey, put, width, wrapped
from lutnet.export.manifest import skip_reason
from lutnet.grade import Correction, Diagnosis
from lutnet.result import Basis, ClipResult, Followed, Status
from lutnet.timecode import timecode


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, in a few words, and how sure that is (0..1; None where nothing says)."""

    text: str
    confidence: float | None


Describe = Callable[[Diagnosis], Sequence[Finding]]
"""The findings of a diagnosis, the most important first; none for "leave alone"."""

FOLLOWED = {
    Followed.PIXELS: "by the reference's pixels",
    Followed.LOOK: "by the reference's look",
    Followed.NOTHING: "not by the reference",
}

WARNING_LINE = 19
"""Height of a line of warnings, in pixels."""

_NOTABLE_LEVEL = 1 / 6
_MAX_FINDINGS = 4
_MOST_LINES = 3  # of one warning
_LINE = 21
_NAME, _TEXT, _SMALL, _FIGURE = 20, 15, 13, 18


def described(diagnosis: Diagnosis) -> list[Finding]:
    """The corrections by their own names (``exposure -0.4 stop``), the surest first; those near 0 left out."""
    found = [
        (name, correction)
        for name, correction in diagnosis.corrections.items()
        if abs(correction.level) >= _NOTABLE_LEVEL
    ]
    found.sort(key=lambda pair: -pair[1].confidence)
    return [
        Finding(f"{name.replace('_', ' ')} {_amount(correction)}", correction.confidence)
        for name, correction in found
    ]


def draw_caption(
    draw: ImageDraw.ImageDraw,
    box: tuple[int, int, int, int],
    number: int,
    result: ClipResult,
    describe: Describe,
) -> None:
    """Write the caption of clip ``number`` into ``box`` (left, top, width and height in pixels)."""
    left, top, room, height = box
    label = f"{number}"
    indent = width(label, _TEXT) + 10
    put(draw, (left, top + 19), label, _TEXT, DIM, anchor="ls")
    put(draw, (left + indent, top + 19), result.shot.name, _NAME, BRIGHT, room=room - indent, anchor="ls")
    put(draw, (left, top + 32), _place(result), _SMALL, DIM, room=room - 80)
    put(draw, (left + room, top + 32), result.status.value, _SMALL, _status_grey(result.status), anchor="ra")
    _draw_differences(draw, (left, top + height - 66), result)
    _draw_findings(draw, (left, top + 62), room, findings_of(result, describe), _MAX_FINDINGS)


def findings_of(result: ClipResult, describe: Describe) -> list[Finding]:
    """What a caption says of what is wrong: first, whether that was left as it is."""
    if result.diagnosis is None:
        return []
    findings = list(describe(result.diagnosis))
    if not findings:
        return [Finding("leave alone", None)]
    if result.left is None or result.left.word is None:
        return findings
    return [Finding(result.left.word, None), *findings]


def _draw_findings(
    draw: ImageDraw.ImageDraw, corner: tuple[int, int], room: int, findings: Sequence[Finding], limit: int
) -> None:
    left, top = corner
    shown = findings if len(findings) <= limit else findings[: limit - 1]
    for finding in shown:
        put(draw, (left, top), finding.text, _TEXT, room=room - 56)
        if finding.confidence is not None:
            put(draw, (left + room, top), f"{100 * finding.confidence:.0f} %", _TEXT, DIM, anchor="ra")
        top += _LINE
    if len(shown) < len(findings):
        put(draw, (left, top), f"+ {len(findings) - len(shown)} more", _TEXT, DIM)


def _draw_differences(draw: ImageDraw.ImageDraw, corner: tuple[int, int], result: ClipResult) -> None:
    """Where the shot was found in the reference, how far it is off; else how much it is changed."""
    left, top = corner
    difference = result.delta_e
    if difference is None:
        return
    followed = "" if result.followed is None else f", {FOLLOWED[result.followed]}"
    if difference.basis is Basis.PREDICTED:
        put(draw, (left, top), f"Change{followed}", _SMALL, DIM)
        figures = [("DE2000", difference.before)]
        if difference.cdl:
            figures.append(("of it by the LUT", difference.cdl))
    else:
        put(draw, (left, top), f"DE2000 to the reference, {difference.pixels or 0:,} pixels", _SMALL, DIM)
        figures = [
            ("as it is", difference.before),
            ("CDL", difference.cdl),
            ("CDL + LUT", difference.cdl_lut),
        ]
    for column, (name, value) in enumerate(figures):
        x = left + 100 * column
        put(draw, (x, top + 19), f"{value:.1f}", _FIGURE, BRIGHT if column else PLAIN)
        put(draw, (x, top + 43), name, _SMALL, DIM)


def warnings_below(result: ClipResult, room: int) -> list[str]:
    """The lines, ``room`` pixels wide, that a clip's warnings take below it."""
    reason = skip_reason(result)  # which stands in the pictures' place
    warnings = [text for text in result.told if text != reason]
    return [line for text in warnings for line in wrapped(text, _SMALL, room, _MOST_LINES)]


def draw_warnings(
    draw: ImageDraw.ImageDraw, corner: tuple[int, int], lines: Sequence[str], room: int
) -> None:
    """Write ``lines`` of ``warnings_below`` from ``corner`` (left, top) down."""
    left, top = corner
    for index, line in enumerate(lines):
        put(draw, (left, top + WARNING_LINE * index), line, _SMALL, AMBER, room=room)


def _place(result: ClipResult) -> str:
    shot = result.shot
    start, end = (timecode(round(frame), shot.record.rate) for frame in (shot.record.start, shot.record.end))
    return f"V{shot.track}   {start} - {end}"


def _status_grey(status: Status) -> Grey:
    return {Status.SKIPPED: AMBER, Status.PROPOSED: DIM}.get(status, BRIGHT)


def _amount(correction: Correction) -> str:
    if correction.unit == "stop":
        return f"{correction.value:+.1f} stop"
    return f"{correction.value:+.0f} {correction.unit}"
