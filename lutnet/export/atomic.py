"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from lutnet.errors import OutputError

_FLUSHED_AT_ONCE = 16
_REMEDIES: dict[type[OSError], str] = {
    FileNotFoundError: "Make the folder first.",
    FileExistsError: "A file is in the way: name a folder.",
    NotADirectoryError: "A file is in the way: name a folder.",
    IsADirectoryError: "This is a folder: name a file.",
}


def write_bytes(path: Path, data: bytes, *, flush: bool = True) -> None:
    """Write ``data`` beside ``path`` under a temporary name, flush it to the disk, then put it in place.

    flush: False leaves flushing to the caller: see ``flush_all``.
    Raises OutputError; ``path`` then holds what it held before, and nothing is left beside it.
    """
    temporary: str | None = None
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            if flush:
                file.flush()
                os.fsync(file.fileno())
        _give_usual_rights(temporary)
        os.replace(temporary, path)  # noqa: PTH105 - the one name that tests let fail
    except OSError as error:
        if temporary is not None:
            with suppress(OSError):
                Path(temporary).unlink()
        raise cannot_write(path, error) from error


def flush_all(folder: Path) -> None:
    """Flush every new file below ``folder``, then the folders: many at once cost far less than one by one.

    Files with another name beside this one are links to what was flushed before. Raises OSError.
    """
    paths = list(folder.rglob("*"))
    files = [path for path in paths if path.is_file() and path.stat().st_nlink == 1]
    with ThreadPoolExecutor(_FLUSHED_AT_ONCE) as pool:
        for _ in pool.map(_flush, files):
            pass
    for path in (*(each for each in paths if each.is_dir()), folder):
        flush_folder(path)


def flush_folder(folder: Path) -> None:
    """Flush the directory itself where the system can (Windows cannot open one)."""
    with suppress(PermissionError):
        _flush(folder)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDWR if path.is_file() else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_text(path: Path, text: str) -> None:
    """``write_bytes`` of UTF-8, with the line ends that ``text`` has. Raises OutputError."""
    write_bytes(path, text.encode("utf-8"))


def cannot_write(path: Path, error: OSError) -> OutputError:
    """The OutputError that says why ``path`` could not be written."""
    return OutputError(
        f"cannot write: {error.strerror or error}",
        where=path,
        fix=_REMEDIES.get(type(error), "Free space or choose a place that can be written."),
    )


def _give_usual_rights(path: str) -> None:
    # mkstemp makes files for the owner alone; a package is read by colleagues and farm machines.
    mask = os.umask(0)
    os.umask(mask)
    Path(path).chmod(0o666 & ~mask)
