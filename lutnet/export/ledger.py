"""What each file of a package was made from, so that the next writer takes over what would come out the same.

A file is taken over (linked, or copied where links are not to be had) when it was made from the same and nobody
has touched it since: size and time of change are those that were noted.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from lutnet.export.atomic import write_bytes
from lutnet.plain import Json


@dataclass(frozen=True, slots=True)
class _Made:
    """name: in the package, with ``/``. key: hash of what it was made from. sha256: of the content."""

    name: str
    key: str
    sha256: str
    size: int
    mtime_ns: int


class Ledger:
    """The files of the package in ``folder``, and those of the one that will replace it."""

    def __init__(self, folder: Path, noted: str = "", maker: str = "") -> None:
        """noted: ``to_text`` of the ledger with which ``folder`` was written; "" where it is not at hand.

        maker: what else all files follow from (the program); another one makes all of them anew.
        """
        self._folder = folder
        self._maker = maker
        plain: Json = json.loads(noted) if noted else {"maker": maker, "files": []}
        known = [_Made(**entry) for entry in plain["files"]] if plain["maker"] == maker else []
        self._known = {made.key: made for made in known}
        self._new: dict[str, _Made] = {}

    def place(self, new: Path, key: str, make: Callable[[], tuple[str, bytes]]) -> tuple[str, str]:
        """Put a file into ``new``: the one that was made from ``key`` before, else what ``make`` gives.

        make: name in the package and content. Returns name and SHA-256 of the content.
        """
        made = self._known.get(key)
        if made is None or not self._is_untouched(made) or not _taken_over(self._folder, new, made.name):
            name, content = make()
            write_bytes(new / name, content, flush=False)
            made = _noted(new, name, key, hashlib.sha256(content).hexdigest())
        self._new[made.name] = made
        return made.name, made.sha256

    def place_all(
        self, new: Path, files: Iterable[tuple[str, Callable[[], tuple[str, bytes]]]]
    ) -> list[tuple[str, str]]:
        """``place`` of many, given as key and make; several are made at a time, on threads."""
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return list(pool.map(lambda file: self.place(new, *file), files))

    def put(self, new: Path, name: str, content: bytes) -> None:
        """``place`` of a file that costs nothing to make."""
        self.place(new, key_of(name, hashlib.sha256(content).hexdigest()), lambda: (name, content))

    def note_rest(self, new: Path) -> None:
        """Note what others have put into ``new``."""
        for path in sorted(new.rglob("*")):
            name = path.relative_to(new).as_posix()
            if path.is_file() and name not in self._new:
                self._new[name] = _noted(new, name, key_of("another's", name), "")

    def is_intact(self) -> bool:
        """Whether the package in the folder is, by size and time, as it was written."""
        return bool(self._known) and all(map(self._is_untouched, self._known.values()))

    def to_text(self) -> str:
        """What the next ledger of this folder should be given."""
        return json.dumps({"maker": self._maker, "files": [asdict(made) for made in self._new.values()]})

    def _is_untouched(self, made: _Made) -> bool:
        try:
            facts = (self._folder / made.name).lstat()
        except OSError:
            return False
        return (facts.st_size, facts.st_mtime_ns) == (made.size, made.mtime_ns)


def key_of(*facts: object) -> str:
    """One hash of plain values."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _noted(new: Path, name: str, key: str, sha256: str) -> _Made:
    facts = (new / name).stat()
    return _Made(name, key, sha256, facts.st_size, facts.st_mtime_ns)


def _taken_over(folder: Path, new: Path, name: str) -> bool:
    try:
        os.link(folder / name, new / name)
    except OSError:
        try:
            shutil.copy2(folder / name, new / name)
        except OSError:
            return False
    return True
