"""Files by name, for timelines that name their media without a path: EDLs say a reel, a clip, perhaps a file."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from lutnet.errors import InputError

MAX_FILES = 1_000_000
_VIDEO = (".avi", ".dv", ".m2ts", ".m4v", ".mkv", ".mov", ".mp4", ".mpg", ".mts", ".mxf", ".ts", ".webm")
_IMAGES = (".dpx", ".exr", ".jpeg", ".jpg", ".png", ".tif", ".tiff")
SUFFIXES = frozenset((*_VIDEO, *_IMAGES))
MIN_REEL = 4
"""Letters and digits: shorter reels are numbers, which are in too many names."""


class MediaIndex:
    """The media files of ``folders``, with all that is below them where ``deep``; looked at when first asked."""

    def __init__(self, folders: Sequence[Path], *, deep: bool) -> None:
        self._folders = tuple(folders)
        self._deep = deep

    def named(self, name: str) -> tuple[Path, ...]:
        """The files of that name; else with that stem; else with that stem but for its punctuation, in this order.

        ``A001C001`` finds ``A001_C001.mov``, and files whose longer names begin so where none is equal.
        """
        lower = name.lower()
        exact = self._by_name.get(lower) or self._by_stem.get(lower)
        if exact:
            return exact
        reel = _letters(lower)
        if len(reel) < MIN_REEL:
            return ()
        return self._by_letters.get(reel) or self._beginning(reel)

    def called(self, name: str) -> tuple[Path, ...]:
        """The files of exactly that name, but for capitals, in this order."""
        return self._by_name.get(name.lower(), ())

    def _beginning(self, reel: str) -> tuple[Path, ...]:
        return tuple(
            path for key, paths in self._by_letters.items() if key.startswith(reel) for path in paths
        )

    @cached_property
    def _by_name(self) -> Mapping[str, tuple[Path, ...]]:
        return _grouped((path.name.lower(), path) for path in self._paths)

    @cached_property
    def _by_stem(self) -> Mapping[str, tuple[Path, ...]]:
        return _grouped((path.stem.lower(), path) for path in self._paths)

    @cached_property
    def _by_letters(self) -> Mapping[str, tuple[Path, ...]]:
        return _grouped((_letters(path.stem.lower()), path) for path in self._paths)

    @cached_property
    def _paths(self) -> tuple[Path, ...]:
        found: list[Path] = []
        for path in self._walked():
            if path.suffix.lower() in SUFFIXES:
                found.append(path)
            if len(found) > MAX_FILES:
                raise InputError(
                    "too many files to look for media in", allowed=f"{MAX_FILES}", where="--media-root"
                )
        return tuple(sorted(found))

    def _walked(self) -> Iterator[Path]:
        for folder in self._folders:
            for where, folders, names in os.walk(folder):
                yield from (Path(where, name) for name in names)
                if not self._deep:
                    folders.clear()


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text)


def _grouped(pairs: Iterator[tuple[str, Path]]) -> Mapping[str, tuple[Path, ...]]:
    groups: dict[str, list[Path]] = defaultdict(list)
    for key, path in pairs:
        groups[key].append(path)
    return {key: tuple(paths) for key, paths in groups.items()}
