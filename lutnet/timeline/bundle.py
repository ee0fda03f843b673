"""Bundles: a timeline with its media, as a folder (``.otiod``) or zipped (``.otioz``)::

    content.otio  media/a.mov  version.txt

A zipped bundle is unpacked once, beside it, into ``<name>.otioz.media``; players need files.
"""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

from lutnet.errors import OutputError, TimelineError

CONTENT = "content.otio"
MAX_CONTENT = 1 << 29
"""Bytes of a bundle's timeline: half a GiB is a hundred thousand clips."""
MAX_RATIO = 200
"""A member that grows more than this is a bomb: media is compressed already, black frames shrink most."""
MAX_MEMBERS = 1_000_000
_FREE_SPACE_KEPT = 1 << 30
_STAMP = "unpacked"


def open_folder(path: Path) -> tuple[bytes, Path]:
    """The timeline of an ``.otiod`` and the folder that its media paths start from. Raises TimelineError."""
    content = path / CONTENT
    if not content.is_file():
        raise TimelineError("the bundle holds no timeline", value=CONTENT, where=path)
    _refuse_large(content.stat().st_size, path)
    for file in (path / "media").rglob("*"):
        if file.is_symlink() and not file.resolve().is_relative_to(path.resolve()):
            raise TimelineError("a link leads out of the bundle", value=file.name, where=path)
    return content.read_bytes(), path


def unpacked(path: Path) -> tuple[bytes, Path]:
    """The timeline of an ``.otioz`` and the folder beside it into which its media was unpacked, now or before.

    Raises TimelineError where it is damaged, a path in it leads outside, or it would grow beyond all measure;
    OutputError where it cannot be written.
    """
    folder = path.with_name(f"{path.name}.media")
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            _check(members, path)
            content = archive.read(CONTENT)
            if not _is_current(folder, path):
                _unpack(archive, members, folder, path)
    except (zipfile.BadZipFile, EOFError, KeyError, NotImplementedError, RuntimeError) as error:
        raise TimelineError(f"the bundle is damaged ({error})", where=path) from error
    return content, folder


def _check(members: list[zipfile.ZipInfo], path: Path) -> None:
    if len(members) > MAX_MEMBERS:
        raise TimelineError(
            "the bundle holds too many files", value=len(members), allowed=f"{MAX_MEMBERS}", where=path
        )
    for member in members:
        name = member.filename
        parts = PurePosixPath(name.replace("\\", "/")).parts
        is_link = (member.external_attr >> 16) & 0o170000 == 0o120000
        if not parts or ".." in parts or parts[0].startswith("/") or ":" in parts[0] or is_link:
            raise TimelineError("a path leads out of the bundle", value=name, where=path)
        if member.file_size > MAX_RATIO * max(member.compress_size, 1024):
            raise TimelineError("a file of the bundle grows beyond measure", value=name, where=path)
        if name == CONTENT:
            _refuse_large(member.file_size, path)


def _unpack(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], folder: Path, path: Path) -> None:
    media = [member for member in members if member.filename.startswith("media/")]
    try:
        needed, free = sum(member.file_size for member in media), shutil.disk_usage(path.parent).free
        if needed > free - _FREE_SPACE_KEPT:
            raise OutputError("no room to unpack the bundle", value=f"{needed} bytes", where=path.parent)
        with tempfile.TemporaryDirectory(prefix=".lutnet-", dir=path.parent) as temporary:
            new = Path(temporary) / "new"
            new.mkdir()
            for member in media:
                archive.extract(member, new)
            (new / _STAMP).write_text(_stamp(path))
            if folder.exists():
                folder.rename(Path(temporary) / "old")
            new.rename(folder)
    except OSError as error:
        raise OutputError("cannot unpack the bundle", value=error.strerror, where=folder) from error


def _is_current(folder: Path, path: Path) -> bool:
    stamp = folder / _STAMP
    return stamp.is_file() and stamp.read_text() == _stamp(path)


def _stamp(path: Path) -> str:
    facts = path.stat()
    return f"{facts.st_size} {facts.st_mtime_ns}\n"


def _refuse_large(size: int, path: Path) -> None:
    if size > MAX_CONTENT:
        raise TimelineError(
            "the bundle's timeline is too large", value=size, allowed=f"{MAX_CONTENT} bytes", where=path
        )
