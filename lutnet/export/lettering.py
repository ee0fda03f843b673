"""Text on contact sheets, in the scalable face that Pillow brings along (ASCII and little more)."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache

from PIL import ImageDraw, ImageFont

Grey = tuple[int, int, int]
BRIGHT: Grey = (236, 236, 236)
PLAIN: Grey = (200, 200, 200)
DIM: Grey = (146, 146, 146)
AMBER: Grey = (206, 186, 146)
"""The one tint, and a weak one: a warning must be seen, not judged against."""

_ELLIPSIS = "..."
_SUBSTITUTES = str.maketrans({"–": "-", "—": "-", "−": "-", "’": "'", "“": '"', "”": '"', "→": ">"})


@cache
def face(size: int) -> ImageFont.FreeTypeFont:
    """The face at ``size`` pixels."""
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):  # a Pillow that was built without FreeType
        raise TypeError("Pillow lacks FreeType, which contact sheets need")
    return font


def width(text: str, size: int) -> float:
    return face(size).getlength(legible(text))


def put(
    draw: ImageDraw.ImageDraw,
    place: tuple[float, float],
    text: str,
    size: int,
    grey: Grey = PLAIN,
    *,
    room: float | None = None,
    anchor: str = "la",
) -> None:
    """Write one line at ``place``, cut to ``room`` pixels; ``anchor`` is Pillow's (left, top of the line)."""
    line = legible(text) if room is None else cut(legible(text), size, room)
    draw.text(place, line, fill=grey, font=face(size), anchor=anchor)


@lru_cache(maxsize=1024)  # most clips of a film have the same to say
def cut(text: str, size: int, room: float) -> str:
    """``text``, or as much of its beginning as fits into ``room`` pixels with an ellipsis behind it."""
    if width(text, size) <= room:
        return text
    kept = text
    while kept and width(kept.rstrip() + _ELLIPSIS, size) > room:
        kept = kept[:-1]
    return kept.rstrip() + _ELLIPSIS


def wrapped(text: str, size: int, room: float, limit: int) -> list[str]:
    """``text`` in up to ``limit`` lines, broken between words at ``room`` pixels; the last takes the rest."""
    lines = [""]
    for word in legible(text).split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and width(longer, size) > room and len(lines) < limit:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def legible(text: str) -> str:
    """``text`` in the signs that the face has: accents dropped, line ends as spaces, the rest as ``?``."""
    plain = unicodedata.normalize("NFKD", " ".join(text.split()).translate(_SUBSTITUTES))
    kept = (sign for sign in plain if not unicodedata.combining(sign))
    return "".join(sign if " " <= sign <= "~" else "?" for sign in kept)
