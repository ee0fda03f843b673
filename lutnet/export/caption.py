"""The words beside a clip's pictures: name and place, what was found, colour differences, warnings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PIL import ImageDraw

from lutnet.export.lettering import BRIGHT, DIM, PLAIN, Grey, put, width
from lutnet.export.manifest import skip_reason
from lutnet.grade import Correction, Diagnosis
from lutnet.result import Basis, ClipResult, DeltaE, Status
from lutnet.timecode import timecode


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, in a few words, and how sure that is (0..1; None where nothing says)."""

    text: str
    confidence: float | None


Describe = Callable[[Diagnosis], Sequence[Finding]]
"""The findings of a diagnosis, the most important first; none for "leave alone"."""

BASIS_NOTE = "predicted: how the change splits between CDL and LUT, no accuracy."

_AMBER: Grey = (206, 186, 146)  # the one tint, and a weak one: a warning must be seen, not judged against
_NOTABLE_LEVEL = 1 / 6
_MAX_FINDINGS = 4
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
    warned = _draw_warnings(draw, (left, top + height), room, result)
    if result.delta_e is not None:
        _draw_differences(draw, (left, top + height - warned - 66), result.delta_e)
    _draw_findings(draw, (left, top + 62), room, findings_of(result, describe), _MAX_FINDINGS - bool(warned))


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


def _draw_differences(draw: ImageDraw.ImageDraw, corner: tuple[int, int], delta_e: DeltaE) -> None:
    left, top = corner
    basis = "predicted" if delta_e.basis is Basis.PREDICTED else "aligned"
    pixels = "" if delta_e.pixels is None else f", {delta_e.pixels:,} pixels"
    put(draw, (left, top), f"DE2000 to the target, {basis}{pixels}", _SMALL, DIM)
    figures = (("ungraded", delta_e.before), ("CDL", delta_e.cdl), ("CDL + LUT", delta_e.cdl_lut))
    for column, (name, value) in enumerate(figures):
        x = left + 100 * column
        put(draw, (x, top + 19), f"{value:.1f}", _FIGURE, BRIGHT if column else PLAIN)
        put(draw, (x, top + 43), name, _SMALL, DIM)


def _draw_warnings(draw: ImageDraw.ImageDraw, corner: tuple[int, int], room: int, result: ClipResult) -> int:
    """Write the first warning above ``corner``, the bottom left; returns the height that it takes."""
    reason = skip_reason(result)  # which stands in the pictures' place
    warnings = [text for text in dict.fromkeys((*result.shot.warnings, *result.warnings)) if text != reason]
    if not warnings:
        return 0
    left, bottom = corner
    more = f"  (+{len(warnings) - 1})" if len(warnings) > 1 else ""
    put(draw, (left, bottom - 16), warnings[0], _SMALL, _AMBER, room=room - width(more, _SMALL))
    put(draw, (left + room, bottom - 16), more, _SMALL, _AMBER, anchor="ra")
    return 22


def _place(result: ClipResult) -> str:
    shot = result.shot
    start, end = (timecode(round(frame), shot.record.rate) for frame in (shot.record.start, shot.record.end))
    return f"V{shot.track}   {start} - {end}"


def _status_grey(status: Status) -> Grey:
    return {Status.SKIPPED: _AMBER, Status.PROPOSED: DIM}.get(status, BRIGHT)


def _amount(correction: Correction) -> str:
    if correction.unit == "stop":
        return f"{correction.value:+.1f} stop"
    return f"{correction.value:+.0f} {correction.unit}"
