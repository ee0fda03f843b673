"""Opening media files with PyAV, and the numbers that their headers state."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from lutnet.errors import MediaError
from lutnet.frames.shelf import SHELF, Identity
from lutnet.timecode import parse_timecode

DECODE_THREADS = 2
PROGRAM_STREAM = "mpeg"
"""Its duration is guessed from its last timestamps, and up to three frames short."""
FALLBACK_RATE = Fraction(25)
"""Frames per second of streams that do not state theirs."""
_OPTIONS = {"protocol_whitelist": "file"}
"""Playlists and other containers that name further files must not reach the network."""


@contextmanager
def opened(path: Path) -> Iterator[tuple[Any, Any]]:
    """The container and its best video stream, ready to decode on DECODE_THREADS threads; to seek in before anything
    is read, as it may have been read before.

    Raises MediaError where the file is missing, empty, no media, or has no picture.
    """
    if path.is_dir():
        raise MediaError("a folder is no still or video", value=path, fix="Name the files in it")
    if not path.is_file():
        raise MediaError("media not found", value=path, fix="Check the path, or relink the media")
    identity = Identity.of(path)
    if identity.size == 0:
        raise MediaError("media file is empty", value=path)
    container, stream = SHELF.take(identity) or _opened_anew(identity.path, path)
    known = len(stream.index_entries)
    try:
        yield container, stream
    except BaseException:  # who knows in what state it is
        container.close()
        raise
    if len(stream.index_entries) == known:
        SHELF.put(identity, container, stream)
    else:  # fragments: it has learned places that one who opens it does not know
        container.close()


def _opened_anew(resolved: Path, path: Path) -> tuple[Any, Any]:
    try:
        container = av.open(str(resolved), container_options=_OPTIONS)
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise MediaError(f"media cannot be opened ({_reason(error)})", value=path) from error
    try:
        return container, _video_stream(container, path)
    except BaseException:
        container.close()
        raise


def decoded(container: Any, stream: Any, spared: Callable[[Any], bool] = lambda _: False) -> Iterator[Any]:
    """Frames from here on, in the order they are shown; packets that cannot be decoded are passed over.

    spared: the packets whose frame nobody looks at: it is decoded only where other frames are predicted from it.
    """
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
            stream.codec_context.skip_frame = "NONREF" if spared(packet) else "DEFAULT"
            frames = packet.decode()
        except (StopIteration, av.error.EOFError):
            return
        except av.error.InvalidDataError:
            continue
        except (av.error.FFmpegError, OSError):
            return
        yield from frames


def rate_of(stream: Any) -> Fraction:
    """Frames per second: the mean over the file where that is known, which also suits variable rates."""
    return stream.average_rate or stream.guessed_rate or FALLBACK_RATE


def frame_count(container: Any, stream: Any) -> int:
    """As the header states it, else by duration, else by counting packets (nothing is decoded)."""
    if stream.frames:
        return int(stream.frames)
    if container.format.name == PROGRAM_STREAM:
        return _packets(container, stream)
    if stream.duration:
        return round(Fraction(stream.duration * stream.time_base) * rate_of(stream))
    if container.duration:
        return round(Fraction(container.duration, av.time_base) * rate_of(stream))
    return _packets(container, stream)


def _packets(container: Any, stream: Any) -> int:
    return sum(1 for packet in container.demux(stream) if packet.size)


def start_timecode(container: Any, stream: Any) -> int | None:
    """The first frame's timecode in frames; None without one."""
    carriers = (stream, *container.streams.data, container)
    texts = (carrier.metadata.get("timecode") for carrier in carriers)
    return next((parse_timecode(text, rate_of(stream)) for text in texts if text), None)


def _video_stream(container: Any, path: Path) -> Any:
    streams = [each for each in container.streams.video if each.codec_context and each.codec_context.width]
    if not streams:
        raise MediaError("media has no picture that can be decoded", value=path)
    stream = max(streams, key=lambda each: each.codec_context.width * each.codec_context.height)
    stream.thread_type = "AUTO"
    stream.codec_context.thread_count = DECODE_THREADS
    return stream


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or type(error).__name__
