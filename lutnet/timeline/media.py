"""From what a timeline writes about its media to a path on this machine.

    url      = "file://" [ host ] path | other-scheme "://" ... | path
    path     = POSIX path | drive ":" ( "/" | "\" ) ... | "\\" server "\" share ... | relative path

Percent escapes are decoded in ``file:`` URLs; a bare path is taken as written first (``100%25.mov`` is a
legal file name) and decoded only where no such file exists.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from lutnet.sequence import ImageSequence
from lutnet.timeline.media_index import MediaIndex

_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]+://")
_DRIVE = re.compile(r"^/?[A-Za-z]:[\\/]")


@dataclass(frozen=True, slots=True)
class MediaLocator:
    """Finds media files.

    folder: relative URLs are relative to it (the timeline's own folder). renamed: pairs of a folder as
    written and where it is now, tried first. roots: folders under which media is looked for last, by as much
    of the end of its written path as exists there. files: what lies under the roots, for media that is elsewhere
    below them and for lists without paths.
    """

    folder: Path
    renamed: tuple[tuple[str, Path], ...] = ()
    roots: tuple[Path, ...] = ()
    files: MediaIndex = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "files", MediaIndex(self.roots or (self.folder,), deep=bool(self.roots)))

    def named(self, names: Sequence[str]) -> tuple[Path, ...]:
        """The files that the first of ``names`` to fit any may mean: by file name, stem, then reel."""
        return next((found for name in names if (found := self.files.named(name))), ())

    def locate(self, url: str) -> Path | None:
        """The existing file or image sequence that ``url`` names, or None. Opens nothing."""
        return next((path for path in self.candidates(url) if _is_there(path)), None)

    def below(self, url: str) -> tuple[Path, ...]:
        """What ``url`` may mean anywhere below the roots: files of its name in folders most like its own."""
        text = next(reversed(written_paths(url)), "").replace("\\", "/")
        if not text or not self.roots:
            return ()
        sequence = ImageSequence.parse(text)
        written = PurePosixPath(text if sequence is None else sequence.image(0))
        found = [(_alike(path, written), path) for path in self.files.called(written.name)]
        best = max((score for score, _ in found), default=0)
        named = [path for score, path in found if score == best]
        return tuple(path if sequence is None else path.with_name(PurePosixPath(text).name) for path in named)

    def candidates(self, url: str) -> Iterator[Path]:
        """The paths that ``url`` may mean here, most literal first."""
        written = [text.replace("\\", "/") if _is_windows(text) else text for text in written_paths(url)]
        for old, new in self.renamed:
            old_folder = old.replace("\\", "/").rstrip("/") + "/"
            yield from (new / text[len(old_folder) :] for text in written if text.startswith(old_folder))
        yield from (self.folder / text for text in written)
        for root in self.roots:
            parts = [part for part in PurePosixPath(written[-1] if written else "").parts if part != ".."]
            yield from (root.joinpath(*parts[start:]) for start in range(1, len(parts)))
            yield from (root / part for part in parts[-1:])


def written_paths(url: str) -> tuple[str, ...]:
    """The path as written, without scheme, host and percent escapes; () for URLs that are no files."""
    if url.lower().startswith("file:"):
        return (_file_url_path(url[len("file:") :]),)
    if _SCHEME.match(url) or not url:
        return ()
    decoded = unquote(url)
    return (url,) if decoded == url else (url, decoded)


def media_name(url: str) -> str:
    """The file name at the end of ``url``, whatever system wrote it."""
    paths = written_paths(url)
    text = paths[-1] if paths else url
    return PurePosixPath(text.replace("\\", "/")).name


def _alike(path: Path, written: PurePosixPath) -> int:
    """How many names at the ends of two paths are the same."""
    pairs = zip(reversed(path.parts), reversed(written.parts), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0].lower() == pair[1].lower(), pairs))


def _file_url_path(rest: str) -> str:
    path = unquote(rest)
    if path.startswith("//"):
        host, slash, tail = path[2:].partition("/")
        local = host.lower() in ("", "localhost", "127.0.0.1")
        # file://C:/x and file://server/share/x are common mistakes and shares: keep the "host" in both.
        path = slash + tail if local else (host + slash + tail if host.endswith(":") else path)
    return path[1:] if _DRIVE.match(path) and path.startswith("/") else path


def _is_windows(text: str) -> bool:
    return bool(_DRIVE.match(text)) or text.startswith("\\\\") or ("\\" in text and "/" not in text)


def _is_there(path: Path) -> bool:
    sequence = ImageSequence.parse(str(path))
    ends = () if sequence is None else (sequence.image(0), sequence.image(len(sequence) - 1))
    try:
        return path.is_file() or any(Path(image).is_file() for image in ends)
    except (OSError, ValueError):  # a name too long, or one with a NUL
        return False
