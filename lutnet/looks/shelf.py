"""Looks by name or path; those that ship with lutnet are made by ``luts/recipes.py``."""

from __future__ import annotations

from pathlib import Path

from lutnet.errors import InputError
from lutnet.looks.files import read_look
from lutnet.looks.record import Look

SUFFIX = ".look"
SHELF = Path(__file__).parent / "shipped"


def shipped_looks() -> dict[str, Path]:
    """The looks that ship, by name."""
    return {path.stem: path for path in sorted(SHELF.glob(f"*{SUFFIX}"))}


def find_look(name: str) -> Path:
    """The file of the look ``name``: a path, or the name of one that ships. Raises InputError where there is none."""
    shipped = shipped_looks()
    if name in shipped and not Path(name).is_file():
        return shipped[name]
    path = Path(name)
    if not path.is_file():
        raise InputError(
            "no such look",
            value=name,
            allowed=f"a {SUFFIX} file, or one of {', '.join(shipped)}",
            fix="lutnet look fit makes one.",
        )
    return path


def look_on(display: str, path: Path) -> Look:
    """The look at ``path`` for pictures that people see on ``display`` (OpenColorIO's name).

    Raises GradeFileError where it cannot be read, InputError where it is for another display.
    """
    look = read_look(path)
    if look.space != display:
        raise InputError(
            "the look is for pictures on another display",
            value=look.space,
            allowed=display,
            where=path,
            fix="Fit it for this one: lutnet look fit --display.",
        )
    return look
