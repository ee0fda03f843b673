"""Encoded video, through PyAV: seek to a key frame, then decode forward to the exact frame.

Cost: where key frames lie all over the span, one frame for each candidate. Else the span is cut into as many
parts as frames are wanted, and each costs the frames from the key frame before its middle up to there, but for
those from which no other is predicted; frames passed on the way are candidates too.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
from av.video.reformatter import VideoReformatter

from lutnet.errors import MediaError
from lutnet.frames.container import frame_count, opened, rate_of, start_timecode
from lutnet.frames.film import Film
from lutnet.frames.record import MediaInfo, Picture, Span
from lutnet.frames.reduce import analysis_size, reduced, shape_of_pixels


def probe(path: Path) -> MediaInfo:
    """What the container says of its largest video stream. Raises MediaError."""
    with opened(path) as (container, stream):
        context = stream.codec_context
        return MediaInfo(
            kind="video",
            width=context.width,
            height=context.height,
            rate=rate_of(stream),
            frame_count=frame_count(container, stream),
            start_timecode=start_timecode(container, stream),
            tags={
                "codec": context.name,
                "pixel_format": context.pix_fmt or "",
                "matrix": str(int(context.colorspace)),
                "range": str(int(context.color_range)),
                "transfer": str(int(context.color_trc)),
                "primaries": str(int(context.color_primaries)),
            },
        )


def read(path: Path, span: Span, count: int, short_side: int) -> Iterator[Picture]:
    """About ``count`` to ``2 * count`` pictures from all over ``span``, in order; fewer where the media ends.

    Raises MediaError where the file cannot be opened or decoded.
    """
    with opened(path) as (container, stream):
        context = stream.codec_context
        aspect = float(stream.sample_aspect_ratio or 1)
        size = analysis_size(*shape_of_pixels(context.width, context.height, aspect), short_side)
        reformatter = VideoReformatter()
        film = Film(container, stream)
        parts = _parts(film, span, count)
        film.expect(parts)
        for part in parts:
            try:
                for number, frame in film.candidates(part):
                    yield reduced(frame, number, size, reformatter)
            except (av.error.FFmpegError, OSError) as error:
                raise MediaError(
                    "media cannot be decoded", value=path, where=f"frame {part.first}"
                ) from error


def _parts(film: Film, span: Span, count: int) -> list[Span]:
    """Twice ``count`` parts, of which those with a key frame are enough if they are ``count``."""
    cheap = [part for part in span.split(2 * count) if film.has_key(part)]
    return cheap if len(cheap) >= count else span.split(count)
