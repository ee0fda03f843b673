"""The cuts as pictures, worst first: last frame of one shot and first of the next side by side, before above after.

For the eye; nothing reads it back. The surround is that of the contact sheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from lutnet.export.lettering import AMBER, BRIGHT, DIM, PLAIN, put
from lutnet.export.png import png_bytes
from lutnet.result import Cut

CELL = (320, 180)
"""Largest picture, in pixels: both sides of a cut are seen at once."""

_SURROUND, _RULE = (38, 38, 38), (58, 58, 58)
_MARGIN, _CAPTION, _GAP, _SEAM, _ROW_GAP, _HEADER, _FOOTER = 40, 300, 24, 6, 41, 84, 40

WORSE = "worse with the grades than without"

Picture = npt.NDArray[np.uint8]
"""``[H, W, 3]``, encoded for the display."""


@dataclass(frozen=True, eq=False, slots=True)
class ShownCut:
    """left, right: names of the shots. before, after: pictures of both sides without grades, and with them."""

    left: str
    right: str
    cut: Cut
    before: tuple[Picture, Picture]
    after: tuple[Picture, Picture]


def cut_strip(title: str, cuts: Sequence[ShownCut], total: int) -> bytes:
    """The PNG. cuts: to be shown, one or more, in order; total: of the timeline."""
    height = 2 * CELL[1] + _SEAM
    width = _MARGIN + _CAPTION + _GAP + 2 * CELL[0] + _MARGIN
    sheet = Image.new(
        "RGB", (width, _HEADER + len(cuts) * (height + _ROW_GAP) - _ROW_GAP + _FOOTER), _SURROUND
    )
    draw = ImageDraw.Draw(sheet)
    put(draw, (_MARGIN, 50), title, 26, BRIGHT, room=width - 2 * _MARGIN - 240, anchor="ls")
    told = f"cuts, worst first: {len(cuts)} of {total}"
    put(draw, (width - _MARGIN, 50), told, 15, DIM, anchor="rs")
    for number, cut in enumerate(cuts):
        top = _HEADER + number * (height + _ROW_GAP)
        if number:
            rule = top - (_ROW_GAP + 1) // 2
            draw.line((_MARGIN, rule, width - _MARGIN - 1, rule), fill=_RULE)
        _caption(draw, top, number + 1, cut)
        for row, pair in enumerate((cut.before, cut.after)):
            _paste(sheet, pair, _MARGIN + _CAPTION + _GAP, top + row * (CELL[1] + _SEAM))
    return png_bytes(np.asarray(sheet))


def _caption(draw: ImageDraw.ImageDraw, top: int, number: int, shown: ShownCut) -> None:
    put(draw, (_MARGIN, top + 2), f"{number}", 15, DIM)
    left, room = _MARGIN + 32, _CAPTION - 32
    put(draw, (left, top), shown.left, 18, BRIGHT, room=room)
    put(draw, (left, top + 24), f"> {shown.right}", 18, BRIGHT, room=room)
    columns = (left, left + 120, left + 206)
    for place, name in zip(columns[1:], ("before", "after"), strict=True):
        put(draw, (place, top + 64), name, 14, DIM)
    before, after = shown.cut.before, shown.cut.after
    figures = (
        ("DE", before.delta_e, after.delta_e, ".1f"),
        ("R-B of neutrals", before.warmth, after.warmth, "+.3f"),
        ("skin-like DE", before.skin, after.skin, ".1f"),
        ("black level", before.black, after.black, "+.3f"),
        ("white level", before.white, after.white, "+.3f"),
    )
    line = top + 88
    for name, one, other, form in figures:
        if one is None or other is None:
            continue
        for place, text in zip(columns, (name, f"{one:{form}}", f"{other:{form}}"), strict=True):
            put(draw, (place, line), text, 15, BRIGHT if name == "DE" else PLAIN)
        line += 24
    if before.delta_e is None:
        put(draw, (left, line + 4), "nothing that both sides show", 14, DIM, room=room)
        line += 24
    if shown.cut.worsened:
        put(draw, (left, line + 4), WORSE, 15, AMBER, room=room)
    put(draw, (left, top + 2 * CELL[1] + _SEAM - 20), "above: before grading; below: after", 14, DIM)


def _paste(sheet: Image.Image, pair: tuple[Picture, Picture], left: int, top: int) -> None:
    """Both pictures against the cut between them, as one is seen after the other."""
    seam = left + CELL[0]
    for side, pixels in enumerate(pair):
        picture = Image.fromarray(pixels)
        scale = min(CELL[0] / picture.width, CELL[1] / picture.height)
        size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
        picture = picture.resize(size, Image.Resampling.LANCZOS)
        sheet.paste(picture, (seam - picture.width if side == 0 else seam, top))
