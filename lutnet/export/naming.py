"""Names of clips as names of files: safe on every system, unique, never leaving the package."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from lutnet.errors import InputError
from lutnet.shot import Shot

MAX_NAME = 60
"""Longest file name of a package, suffix and hash included (grading systems cut longer ones)."""

_MAX_STEM = 40  # leaves room for "_" + 10 of the hash + ".cube"
_ID_DIGITS = 8
_RESERVED = {"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(1, 10))}


def safe_stem(name: str, limit: int = _MAX_STEM) -> str:
    """``name`` in letters, digits, ``.``, ``_``, ``-`` of ASCII; at most ``limit`` long, never empty.

    Accents are dropped, other signs become ``_``; names that Windows reserves get a prefix.
    """
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    stem = re.sub(r"[^A-Za-z0-9._-]+", "_", ascii_name).strip("._-")[:limit].strip("._-") or "clip"
    reserved = stem.split(".")[0].upper() in _RESERVED
    return f"clip_{stem}"[:limit] if reserved else stem


def portable_stem(name: str) -> str:
    """``name`` as it is, but for the signs that some system forbids in file names (they become ``_``)."""
    return re.sub(r'[\\/:*?"<>|\x00-\x1f\x7f]', "_", name) or "timeline"


def file_stems(shots: Sequence[Shot]) -> dict[str, str]:
    """One file stem per shot id, unique also where upper and lower case are one.

    Names that would be the same get the beginning of the shot's id, all of them, so that the file of a
    clip does not depend on its place in the timeline. Raises InputError where two shots share an id.
    """
    stems = {shot.id: safe_stem(shot.name) for shot in shots}
    if len(stems) != len(shots):
        raise InputError("two shots have the same id", value=_first_double([shot.id for shot in shots]))
    uses = Counter(stem.lower() for stem in stems.values())
    named = {
        shot_id: stem if uses[stem.lower()] == 1 else _with_id(stem, shot_id)
        for shot_id, stem in stems.items()
    }
    if len({stem.lower() for stem in named.values()}) != len(named):
        return {shot_id: _with_id("clip", shot_id, len(shot_id)) for shot_id in stems}
    return named


def _with_id(stem: str, shot_id: str, digits: int = _ID_DIGITS) -> str:
    tail = safe_stem(shot_id)[:digits]
    return f"{stem[: _MAX_STEM - len(tail) - 1]}_{tail}"


def _first_double(names: Sequence[str]) -> str:
    return Counter(names).most_common(1)[0][0]
