"""Exchanging the contents of a package folder whole or not at all, with what others keep in it untouched.

New contents are built in ``.lutnet-new`` inside the folder. Then the old ones move to ``.lutnet-old``, the
seal (``grades.json``) first, and the new ones take their place, the seal last: while the seal is there, all
that it names is there. What fails is rolled back; what was killed in the middle, the next writer finishes.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager, suppress
from pathlib import Path

from lutnet.errors import OutputError
from lutnet.export.atomic import cannot_write, flush_all, flush_folder

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

NEW = ".lutnet-new"
OLD = ".lutnet-old"

_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP}  # some network drives

Owned = Callable[[Path], Set[str]]
"""The entries of a folder that belong to its contents, from the path of their seal (which may be missing)."""


@contextmanager
def exchanged(folder: Path, seal: str, owned: Owned) -> Iterator[Path]:
    """Give a folder to build the new contents in, and put them in place when the block ends without error.

    seal: name of the file without which the contents do not count; the block must write it.
    Raises OutputError; ``folder`` then holds what it held before, and is gone if it was not there.
    """
    made = _make(folder)
    try:
        with _locked(folder):
            yield from _built(folder, seal, owned)
    except BaseException as error:
        for path in made:
            with suppress(OSError):
                path.rmdir()
        if isinstance(error, OSError):
            raise cannot_write(folder, error) from error
        raise


def was_interrupted(folder: Path, seal: str) -> bool:
    """Whether a writer was stopped between the old contents and the new."""
    return (folder / OLD).exists() and not (folder / seal).exists()


def _make(folder: Path) -> list[Path]:
    """Create ``folder``; returns the folders that were not there before, innermost first."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error
    return missing


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keep other writers out, where system and drive can lock a folder; the lock ends with the process."""
    if fcntl is None:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        _lock(handle, folder)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, folder: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise OutputError(
            "another lutnet is writing this package", where=folder, fix="Wait until it has finished."
        ) from error
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise


def _built(folder: Path, seal: str, owned: Owned) -> Iterator[Path]:
    _finish(folder, seal, owned)
    new = folder / NEW
    try:
        new.mkdir()
        yield new
        flush_all(new)
        _commit(folder, seal, owned)
    finally:
        if not was_interrupted(folder, seal):
            shutil.rmtree(new, ignore_errors=True)


def _finish(folder: Path, seal: str, owned: Owned) -> None:
    """Finish what a killed writer began: forward once its exchange had begun, away with it before."""
    if (folder / OLD).exists() and (folder / NEW / seal).exists():
        _commit(folder, seal, owned)
    for leftover in (folder / NEW, folder / OLD):
        if leftover.exists():
            shutil.rmtree(leftover)


def _commit(folder: Path, seal: str, owned: Owned) -> None:
    new, old = folder / NEW, folder / OLD
    names = sorted((path.name for path in new.iterdir()), key=lambda name: (name == seal, name))
    if seal not in names:
        raise OutputError("new contents lack their seal", value=seal, where=folder)
    try:
        old.mkdir(exist_ok=True)
        _set_aside(seal, folder)
        for name in sorted(owned(old / seal) | set(names)):
            _set_aside(name, folder)
        for name in names:
            os.replace(new / name, folder / name)  # noqa: PTH105 - the one call that tests let fail
        flush_folder(folder)
    except BaseException:
        _roll_back(folder, seal, names)
        raise
    shutil.rmtree(old, ignore_errors=True)  # with the seal in place it means nothing any more


def _set_aside(name: str, folder: Path) -> None:
    # A second attempt finds the old entry moved already; what stands in its place is the new one.
    if os.path.lexists(folder / name) and not os.path.lexists(folder / OLD / name):
        os.replace(folder / name, folder / OLD / name)  # noqa: PTH105


def _roll_back(folder: Path, seal: str, names: list[str]) -> None:
    new, old = folder / NEW, folder / OLD
    with suppress(OSError):  # what cannot be undone now, the next writer finishes
        for name in names:
            if not (new / name).exists():
                os.replace(folder / name, new / name)  # noqa: PTH105
        for path in sorted(old.iterdir(), key=lambda path: path.name == seal):
            os.replace(path, folder / path.name)  # noqa: PTH105
        old.rmdir()
