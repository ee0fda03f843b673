"""The certificate as a picture: neutral curve, cube in three dimensions, findings, greys and colours before and after.

What is wrong is marked where it is: where greys fall in the curve, and the cells that fold in the cube.
"""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image, ImageDraw

from lutnet.certificate.occupancy import DISPLAY, occupied_cells
from lutnet.certificate.quality import SKIN
from lutnet.certificate.record import Certificate, Finding, Verdict
from lutnet.certificate.shape import cells_that_fold, orientation
from lutnet.certificate.subject import Subject
from lutnet.export.lettering import BRIGHT, DIM, PLAIN, Grey, put, width, wrapped

SIZE = (1320, 640)
_SURROUND = (38, 38, 38)
_FIELD = (28, 28, 28)
_RULE = (64, 64, 64)
_CHANNELS = ((226, 98, 92), (104, 196, 112), (104, 146, 232))
_BAD: Grey = (240, 176, 84)
_BAD_FIELD: Grey = (78, 58, 34)
_PLOT = 400
_TOP = 76
_CURVE_LEFT, _CUBE_LEFT, _WORDS_LEFT = 40, 470, 900
_RAMP_TOP = 520
_CUBE_POINTS = 9
_PURE = ((204, 60, 60), (204, 180, 60), (60, 160, 60), (60, 170, 180), (60, 80, 190), (170, 70, 160))
"""sRGB codes: red, yellow, green, cyan, blue, magenta."""
_PATCH = 34
_FALL = 0.25 / 1023
_ORDER = (Verdict.DEFECT, Verdict.NOTE, Verdict.OK)

Array = npt.NDArray[np.float64]


def picture_png(subject: Subject, certificate: Certificate) -> bytes:
    """The picture as the content of a PNG file of ``SIZE``."""
    sheet = Image.new("RGB", SIZE, _SURROUND)
    draw = ImageDraw.Draw(sheet)
    verdict = "sound" if certificate.is_sound else "defects"
    put(draw, (40, 20), subject.path.name, 22, BRIGHT, room=_WORDS_LEFT - 80)
    put(draw, (_WORDS_LEFT, 20), verdict, 22, BRIGHT if certificate.is_sound else _BAD)
    put(draw, (40, 50), f"inputs taken as {certificate.space}", 13, DIM)
    verdicts = {finding.question: finding.verdict for finding in certificate.findings}
    _draw_curve(draw, subject, rises=verdicts["neutrals"] is Verdict.OK)
    _draw_cube(draw, subject)
    _draw_folds(draw, subject, certificate.space)
    _draw_findings(draw, certificate)
    _draw_ramps(sheet, draw, subject)
    if certificate.space == DISPLAY:
        _draw_patches(draw, subject)
    buffer = io.BytesIO()
    sheet.save(buffer, "PNG")
    return buffer.getvalue()


def _greys(subject: Subject, count: int) -> Array:
    greys = torch.linspace(0, 1, count)[:, None].expand(-1, 3).contiguous()
    return np.asarray(subject.apply(greys).double().numpy())


def _draw_curve(draw: ImageDraw.ImageDraw, subject: Subject, *, rises: bool) -> None:
    left, right, bottom = _CURVE_LEFT, _CURVE_LEFT + _PLOT, _TOP + _PLOT
    draw.rectangle((left, _TOP, right, bottom), fill=_FIELD)
    values = _greys(subject, _PLOT + 1)
    if not rises:
        for x in np.flatnonzero((np.diff(values, axis=0) < -_FALL).any(-1)).tolist():
            draw.line((left + x, _TOP, left + x, bottom), fill=_BAD_FIELD)
    for quarter in range(1, 4):
        at = quarter * _PLOT // 4
        draw.line((left + at, _TOP, left + at, bottom), fill=_RULE)
        draw.line((left, _TOP + at, right, _TOP + at), fill=_RULE)
    draw.line((left, bottom, right, _TOP), fill=_RULE)
    for channel, colour in enumerate(_CHANNELS):
        heights = np.clip(values[:, channel], -0.02, 1.02) * _PLOT
        draw.line(
            [(left + x, bottom - y) for x, y in enumerate(heights)], fill=colour, width=2, joint="curve"
        )
    put(draw, (left, bottom + 6), "greys: in from left to right, out upwards", 13, DIM)


def _draw_cube(draw: ImageDraw.ImageDraw, subject: Subject) -> None:
    """The lattice as wires, each in the colour it stands for; those inside the cube are darker."""
    draw.rectangle((_CUBE_LEFT, _TOP, _CUBE_LEFT + _PLOT, _TOP + _PLOT), fill=_FIELD)
    _draw_box(draw)
    ramp = torch.linspace(0, 1, _CUBE_POINTS)
    lattice = torch.stack(torch.meshgrid(ramp, ramp, ramp, indexing="ij"), -1)
    colours = subject.apply(lattice).double().numpy()
    places, depth = _projected(np.clip(colours, -0.1, 1.1))
    lines = []
    for axis in range(3):
        for start in np.ndindex(*(_CUBE_POINTS - (each == axis) for each in range(3))):
            end = tuple(index + (each == axis) for each, index in enumerate(start))
            outside = any(index in (0, _CUBE_POINTS - 1) for each, index in enumerate(start) if each != axis)
            lines.append((outside, float(depth[start]), start, end))
    for outside, _, start, end in sorted(lines):
        light = 1.0 if outside else 0.55
        red, green, blue = (int(light * (60 + 190 * value)) for value in np.clip(colours[start], 0, 1))
        draw.line((*places[start], *places[end]), fill=(red, green, blue))
    put(draw, (_CUBE_LEFT, _TOP + _PLOT + 6), "all colours after the LUT; grey box: before", 13, DIM)


def _draw_box(draw: ImageDraw.ImageDraw) -> None:
    """The edges of the cube as it was before."""
    corners = np.array(list(np.ndindex(2, 2, 2)), dtype=np.float64)
    places, _ = _projected(corners)
    for one, other in np.ndindex(8, 8):
        if one < other and np.abs(corners[one] - corners[other]).sum() == 1:
            draw.line((*places[one], *places[other]), fill=_RULE)


def _draw_folds(draw: ImageDraw.ImageDraw, subject: Subject, space: str) -> None:
    """A dot for every cell that folds, those that pictures visit alone unless the LUT is ours."""
    lattice = subject.lattice
    folded = cells_that_fold(subject, orientation(lattice).straightened(lattice))
    if not subject.ours:
        folded &= torch.from_numpy(occupied_cells(space, len(folded)))
    if bool(folded.any()):
        places, _ = _projected(np.clip(lattice[:-1, :-1, :-1][folded].double().numpy(), -0.1, 1.1))
        for x, y in places:
            draw.rectangle((x - 1, y - 1, x + 1, y + 1), fill=_BAD)
        put(draw, (_CUBE_LEFT + 12, _TOP + 10), "marked: cells that fold", 13, _BAD)


def _projected(colours: Array) -> tuple[Array, Array]:
    """Places in the picture ``[..., 2]`` and depth ``[...]`` of colours, turned by 30 degrees and tilted."""
    red, green, blue = np.moveaxis(colours - 0.5, -1, 0)
    cos, sin, tilt = np.cos(0.6), np.sin(0.6), 0.45
    x = cos * red - sin * green
    into = sin * red + cos * green
    y = blue * np.cos(tilt) + into * np.sin(tilt)
    scale = 0.56 * _PLOT
    places = np.stack([_CUBE_LEFT + _PLOT / 2 + scale * x, _TOP + _PLOT / 2 - scale * y], -1)
    return places, -into


def _draw_findings(draw: ImageDraw.ImageDraw, certificate: Certificate) -> None:
    """Defects first, then notes, each with its text below; then what is well, a line each."""
    top = _TOP
    room = SIZE[0] - _WORDS_LEFT - 40
    for finding in sorted(certificate.findings, key=lambda each: _ORDER.index(each.verdict)):
        if finding.verdict is Verdict.OK:
            _put_pair(draw, top, finding, room)
            top += 22
            continue
        tint = _BAD if finding.verdict is Verdict.DEFECT else BRIGHT
        put(draw, (_WORDS_LEFT, top), f"{finding.question}: {finding.verdict.value}", 14, tint)
        for line in wrapped(finding.text, 12, room, 3):
            top += 17
            put(draw, (_WORDS_LEFT, top), line, 12, PLAIN, room=room)
        top += 24


def _put_pair(draw: ImageDraw.ImageDraw, top: float, finding: Finding, room: float) -> None:
    name = f"{finding.question}:"
    start = width(name, 13) + 6
    put(draw, (_WORDS_LEFT, top), name, 13, DIM)
    put(draw, (_WORDS_LEFT + start, top + 1), finding.text, 12, DIM, room=room - start)


def _draw_patches(draw: ImageDraw.ImageDraw, subject: Subject) -> None:
    """Four tones of skin and six colours, before and after."""
    before = torch.tensor((*SKIN, *_PURE)) / 255.0
    left = SIZE[0] - 40 - _PATCH * len(before)
    for row, values in enumerate((before, subject.apply(before))):
        codes = torch.round(255 * values.clamp(0, 1)).int().tolist()
        for place, (red, green, blue) in enumerate(codes):
            x, y = left + _PATCH * place, _RAMP_TOP + 46 * row
            draw.rectangle((x, y, x + _PATCH - 1, y + 33), fill=(red, green, blue))


def _draw_ramps(sheet: Image.Image, draw: ImageDraw.ImageDraw, subject: Subject) -> None:
    room = _CUBE_LEFT + _PLOT - _CURVE_LEFT
    ramp = np.repeat(np.linspace(0, 1, room)[:, None], 3, 1)
    for row, (name, values) in enumerate((("before", ramp), ("after", _greys(subject, room)))):
        codes = np.rint(255 * np.clip(values, 0, 1)).astype(np.uint8)
        strip = Image.fromarray(np.broadcast_to(codes, (34, room, 3)).copy())
        top = _RAMP_TOP + 46 * row
        sheet.paste(strip, (_CURVE_LEFT, top))
        put(draw, (_CURVE_LEFT + room + 10, top + 10), name, 13, DIM)
