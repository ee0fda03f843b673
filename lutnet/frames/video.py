"""Encoded video, through PyAV: seek to a key frame, then decode forward to the exact frame.

Cost: one frame for a cell that holds a key frame; for any other, the frames from the key frame before it on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import av
from av.video.reformatter import VideoReformatter

from lutnet.errors import MediaError
from lutnet.frames.container import frame_count, opened, rate_of, start_timecode
from lutnet.frames.film import Film
from lutnet.frames.record import Cell, MediaInfo, Picture
from lutnet.frames.reduce import analysis_size, reduced


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


def read(path: Path, cells: Sequence[Cell], short_side: int) -> Iterator[Picture]:
    """One picture of each cell, in order; cells past the end of the media yield nothing.

    Raises MediaError where the file cannot be opened or decoded.
    """
    with opened(path) as (container, stream):
        size = analysis_size(stream.codec_context.width, stream.codec_context.height, short_side)
        reformatter = VideoReformatter()
        film = Film(container, stream)
        for cell in cells:
            try:
                frame = film.frame_in(cell)
            except (av.error.FFmpegError, OSError) as error:
                raise MediaError(
                    "media cannot be decoded", value=path, where=f"frame {cell.middle}"
                ) from error
            if frame is not None:
                yield reduced(frame, film.number(frame), size, reformatter)
