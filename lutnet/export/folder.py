"""Exchanging the contents of a package folder whole or not at all, with what others keep in it untouched.

New contents are built in ``.lutnet-new`` inside the folder. Then the old ones move to ``.lutnet-old``, the
seal (``grades.json``) first, and the new ones take their place, the seal last: while the seal is there, all
that it names is there. What fails is rolled back; what was killed in the middle, the next writer finishes.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager, suppress
from pathlib import Path

from lutnet.errors import OutputError
from lutnet.export.atomic import cannot_write

NEW = ".lutnet-new"
OLD = ".lutnet-old"


@contextmanager
def exchanged(folder: Path, seal: str, owned: Callable[[Path], Set[str]]) -> Iterator[Path]:
    """Give a folder to build the new contents in, and put them in place when the block ends without error.

    seal: name of the file without which the contents do not count; the block must write it.
    owned: the entries of ``folder`` that belong to the contents, from the path of the old seal.
    Raises OutputError; ``folder`` then holds what it held before (nothing, if it was not there).
    """
    made = _make(folder)
    try:
        _finish(folder, seal, owned)
        new = folder / NEW
        new.mkdir()
        yield new
        _sync(new)
        _commit(folder, seal, owned)
    except BaseException as error:
        _clear(folder, made)
        if isinstance(error, OSError):
            raise cannot_write(folder, error) from error
        raise


def was_interrupted(folder: Path) -> bool:
    """Whether a writer was stopped between the old contents and the new."""
    return (folder / OLD).exists()


def _make(folder: Path) -> list[Path]:
    """Create ``folder``; returns the folders that were not there before, innermost first."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error
    return missing


def _finish(folder: Path, seal: str, owned: Callable[[Path], Set[str]]) -> None:
    """Finish what a killed writer began: forward once its exchange had begun, away with it before."""
    if was_interrupted(folder) and (folder / NEW / seal).exists():
        _commit(folder, seal, owned)
    for leftover in (folder / NEW, folder / OLD):
        if leftover.exists():
            shutil.rmtree(leftover)


def _commit(folder: Path, seal: str, owned: Callable[[Path], Set[str]]) -> None:
    new, old = folder / NEW, folder / OLD
    names = sorted((path.name for path in new.iterdir()), key=lambda name: (name == seal, name))
    if seal not in names:
        raise OutputError("new contents lack their seal", value=seal, where=folder)
    try:
        old.mkdir(exist_ok=True)
        _move(seal, folder, old)
        for name in sorted(owned(old / seal) | set(names)):
            _move(name, folder, old)
        for name in names:
            os.replace(new / name, folder / name)  # noqa: PTH105 - the one name that tests let fail
    except OSError as error:
        _roll_back(folder, seal, names)
        raise cannot_write(folder, error) from error
    _sync(folder)
    shutil.rmtree(old)
    new.rmdir()


def _move(name: str, source: Path, target: Path) -> None:
    # A second attempt finds the old entry moved already; what stands in its place is the new one.
    if (source / name).exists() and not (target / name).exists():
        os.replace(source / name, target / name)  # noqa: PTH105


def _roll_back(folder: Path, seal: str, names: list[str]) -> None:
    new, old = folder / NEW, folder / OLD
    with suppress(OSError):  # what cannot be undone now, the next writer finishes
        for name in names:
            if not (new / name).exists():
                os.replace(folder / name, new / name)  # noqa: PTH105
        for path in sorted(old.iterdir(), key=lambda path: path.name == seal):
            os.replace(path, folder / path.name)  # noqa: PTH105
        old.rmdir()


def _clear(folder: Path, made: list[Path]) -> None:
    if not was_interrupted(folder):
        shutil.rmtree(folder / NEW, ignore_errors=True)
    for path in made:
        with suppress(OSError):
            path.rmdir()


def _sync(folder: Path) -> None:
    """Flush the directory itself where the system can (Windows cannot open one)."""
    with suppress(PermissionError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
