"""The media of a shot as a browser gets it: the file itself where browsers play it, a proxy where they do not."""

from __future__ import annotations

from pathlib import Path

from lutnet.errors import LutnetError, MediaError
from lutnet.frames import probe
from lutnet.frames.record import MediaInfo
from lutnet.frames.used import used_span
from lutnet.plain import Json
from lutnet.review.cache import Cache
from lutnet.review.colour import Colours
from lutnet.review.proxy import proxy_name, write_proxy
from lutnet.shot import Shot

_CODECS = frozenset({"h264", "vp8", "vp9", "libdav1d", "av1"})
_EIGHT_BIT = frozenset({"yuv420p", "yuvj420p"})
_TYPES = {
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".mov": "video/mp4",
    ".webm": "video/webm",
    ".mkv": "video/webm",
}
"""By suffix, what a browser's demuxer reads; .mov and .mkv are what .mp4 and .webm were made from."""


class Media:
    """The playable file behind each shot."""

    def __init__(self, cache: Cache, colours: Colours) -> None:
        self._cache = cache
        self._colours = colours

    def described(self, shot: Shot) -> Json | None:
        """How the page should show a shot; None where there is nothing to show.

        kind: ``video`` or ``still``. direct: whether the file itself plays. start, end: seconds in that file;
        a proxy holds the used range only, from 0. rate: frames per second. first: of the used range, counted from
        the media's head. frames: of the used range.
        """
        if shot.media is None:
            return None
        try:
            info = probe(shot.media)
            span, _ = used_span(shot, info)
        except LutnetError:
            return None
        if info.kind == "still":
            return {"kind": "still", "width": info.width, "height": info.height}
        rate = info.rate or shot.source.rate
        return {
            "kind": "video",
            "direct": plays(Path(shot.media), info),
            "start": float(span.first / rate),
            "end": float(span.end / rate),
            "rate": float(rate),
            "first": span.first,
            "frames": span.end - span.first,
            "width": info.width,
            "height": info.height,
        }

    def file(self, shot: Shot) -> tuple[Path, str]:
        """The media itself and its type. Raises MediaError where browsers do not play it."""
        path = Path(shot.media or "")
        if not (shot.media and path.is_file() and plays(path, probe(path))):
            raise MediaError("browsers do not play this media", value=path.name, fix="Ask for the proxy.")
        return path, _TYPES[path.suffix.lower()]

    def proxy(self, shot: Shot) -> Path:
        """An ungraded WebM of the used range, made where it is missing. Raises MediaError."""
        return self._cache.file(
            proxy_name(shot, self._colours), lambda path: write_proxy(shot, path, self._colours)
        )


def plays(path: Path, info: MediaInfo) -> bool:
    """Whether browsers are expected to play a file: 8-bit 4:2:0 of a codec and a container that they know."""
    return (
        info.kind == "video"
        and path.suffix.lower() in _TYPES
        and info.tags.get("codec") in _CODECS
        and info.tags.get("pixel_format") in _EIGHT_BIT
    )
