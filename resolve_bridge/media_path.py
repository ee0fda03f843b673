"""Whether two paths name the same media: one from grades.json, one from Resolve.

They may come from different systems, so ``/`` and ``\\`` are one, as are composed and decomposed accents
(macOS), and the frame numbers of image sequences in any of their notations.
"""

import re
import unicodedata
from enum import Enum

_SEQUENCE = re.compile(r"\[\d+-\d+\]|%0?\d*d|#+(?=\.[A-Za-z0-9]+$)")


class Likeness(Enum):
    """SAME path; MOVED: the same file name in another folder; OTHER file."""

    SAME = "same"
    MOVED = "moved"
    OTHER = "other"


def likeness(one: str, other: str) -> Likeness:
    one, other = _plain(one), _plain(other)
    if one == other:
        return Likeness.SAME
    return Likeness.MOVED if file_name(one) == file_name(other) else Likeness.OTHER


def file_name(path: str) -> str:
    """The last part of a path of any system."""
    return _plain(path).rsplit("/", 1)[-1]


def _plain(path: str) -> str:
    text = unicodedata.normalize("NFC", path).replace("\\", "/")
    return _SEQUENCE.sub("#", text)
