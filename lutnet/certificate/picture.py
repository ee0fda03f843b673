"""The certificate as a picture: the neutral curve, the cube in three dimensions, a ramp before and after."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image, ImageDraw

from lutnet.certificate.record import Certificate, Verdict
from lutnet.certificate.subject import Subject
from lutnet.export.lettering import BRIGHT, DIM, PLAIN, put

SIZE = (1320, 640)
_SURROUND = (38, 38, 38)
_FIELD = (28, 28, 28)
_RULE = (64, 64, 64)
_CHANNELS = ((226, 98, 92), (104, 196, 112), (104, 146, 232))
_BAD: tuple[int, int, int] = (206, 186, 146)
_PLOT = 400
_TOP = 76
_CURVE_LEFT, _CUBE_LEFT, _WORDS_LEFT = 40, 470, 900
_RAMP_TOP = 520
_CUBE_POINTS = 9

Array = npt.NDArray[np.float64]


def picture_png(subject: Subject, certificate: Certificate) -> bytes:
    """The picture as the content of a PNG file of ``SIZE``."""
    sheet = Image.new("RGB", SIZE, _SURROUND)
    draw = ImageDraw.Draw(sheet)
    verdict = "sound" if certificate.is_sound else "defects"
    put(draw, (40, 20), f"{subject.path.name}: {verdict}", 22, BRIGHT, room=SIZE[0] - 80)
    put(draw, (40, 50), f"inputs taken as {certificate.space}", 13, DIM)
    _draw_curve(draw, subject)
    _draw_cube(draw, subject)
    _draw_findings(draw, certificate)
    _draw_ramps(sheet, draw, subject)
    buffer = io.BytesIO()
    sheet.save(buffer, "PNG")
    return buffer.getvalue()


def _greys(subject: Subject, count: int) -> Array:
    greys = torch.linspace(0, 1, count)[:, None].expand(-1, 3).contiguous()
    return np.asarray(subject.apply(greys).double().numpy())


def _draw_curve(draw: ImageDraw.ImageDraw, subject: Subject) -> None:
    left, right, bottom = _CURVE_LEFT, _CURVE_LEFT + _PLOT, _TOP + _PLOT
    draw.rectangle((left, _TOP, right, bottom), fill=_FIELD)
    for quarter in range(1, 4):
        at = quarter * _PLOT // 4
        draw.line((left + at, _TOP, left + at, bottom), fill=_RULE)
        draw.line((left, _TOP + at, right, _TOP + at), fill=_RULE)
    draw.line((left, bottom, right, _TOP), fill=_RULE)
    values = np.clip(_greys(subject, _PLOT + 1), -0.02, 1.02)
    for channel, colour in enumerate(_CHANNELS):
        points = [(left + x, bottom - float(value) * _PLOT) for x, value in enumerate(values[:, channel])]
        draw.line(points, fill=colour, width=2, joint="curve")
    put(draw, (left, bottom + 6), "neutral curve", 13, DIM)


def _draw_cube(draw: ImageDraw.ImageDraw, subject: Subject) -> None:
    """The lattice as wires, each in the colour it stands for; those inside the cube are darker."""
    draw.rectangle((_CUBE_LEFT, _TOP, _CUBE_LEFT + _PLOT, _TOP + _PLOT), fill=_FIELD)
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
    put(draw, (_CUBE_LEFT, _TOP + _PLOT + 6), "the cube after the LUT", 13, DIM)


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
    top = _TOP
    for finding in certificate.findings:
        tint = _BAD if finding.verdict is Verdict.DEFECT else PLAIN
        put(draw, (_WORDS_LEFT, top), f"{finding.question}: {finding.verdict.value}", 14, tint)
        put(draw, (_WORDS_LEFT, top + 17), finding.text, 12, DIM, room=SIZE[0] - _WORDS_LEFT - 40)
        top += 37


def _draw_ramps(sheet: Image.Image, draw: ImageDraw.ImageDraw, subject: Subject) -> None:
    width = 2 * _PLOT + _CUBE_LEFT - _CURVE_LEFT - _PLOT
    ramp = np.repeat(np.linspace(0, 1, width)[:, None], 3, 1)
    for row, (name, values) in enumerate((("before", ramp), ("after", _greys(subject, width)))):
        codes = np.rint(255 * np.clip(values, 0, 1)).astype(np.uint8)
        strip = Image.fromarray(np.broadcast_to(codes, (34, width, 3)).copy())
        top = _RAMP_TOP + 46 * row
        sheet.paste(strip, (_CURVE_LEFT, top))
        put(draw, (_CURVE_LEFT + width + 10, top + 10), name, 13, DIM)
