"""The package's cache: files that can be made again, bounded in size, the longest unused going first."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from lutnet.export.atomic import cannot_write
from lutnet.export.package import CACHE

LIMIT_BYTES = 4 * 2**30


class Cache:
    """Files by name. Two that ask for the same file at a time get the one that the first makes."""

    def __init__(self, package: Path, limit_bytes: int = LIMIT_BYTES) -> None:
        self.folder = package / CACHE
        self._limit = limit_bytes
        self._guard = threading.Lock()
        self._making: dict[str, threading.Lock] = {}

    def file(self, name: str, make: Callable[[Path], None]) -> Path:
        """The file ``name``; ``make`` writes it, whole or not at all, where it is not there.

        Raises OutputError where the cache cannot be written, and what ``make`` raises.
        """
        path = self.folder / name
        with self._guard:
            lock = self._making.setdefault(name, threading.Lock())
        with lock:
            if path.is_file():
                with suppress(OSError):
                    os.utime(path)
                return path
            try:
                self.folder.mkdir(exist_ok=True)
            except OSError as error:
                raise cannot_write(self.folder, error) from error
            make(path)
            self._trim(path)
        return path

    def _trim(self, kept: Path) -> None:
        """Delete the longest unused files above the limit, never ``kept`` nor what is being written."""
        with self._guard:
            found = [(path.stat(), path) for path in self._files() if path != kept]
            size = kept.stat().st_size + sum(facts.st_size for facts, _ in found)
            for facts, path in sorted(found, key=lambda pair: pair[0].st_mtime):
                if size <= self._limit:
                    return
                with suppress(OSError):
                    path.unlink()
                    size -= facts.st_size

    def _files(self) -> list[Path]:
        with suppress(OSError):
            return [
                path for path in self.folder.iterdir() if path.is_file() and not path.name.startswith(".")
            ]
        return []
