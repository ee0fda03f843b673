"""Shots and files to ``Frames``: a few representative frames at analysis size, without black bars."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lutnet.errors import InputError, MediaError
from lutnet.frames.bars import active_box
from lutnet.frames.readers import reader_of
from lutnet.frames.record import MediaInfo, Picture, Span
from lutnet.frames.reduce import HDR_WARNINGS
from lutnet.frames.select import most_different
from lutnet.frames.used import frames_before, used_span
from lutnet.shot import Frames

if TYPE_CHECKING:
    from fractions import Fraction

    from lutnet.shot import Shot


def read_frames(source: Path | str, *, count: int = 3, height: int = 256) -> Frames:
    """Up to ``count`` representative frames of a video, or the one of a still.

    Pixels ``[N, 3, h, w]`` float32, R'G'B' encoded, 0..1; the shorter side is ``height`` before black bars
    are cropped, less where the source is smaller. Raises MediaError where nothing can be decoded.
    """
    path = Path(source)
    info = reader_of(path).probe(path)
    return _frames(path, Span(0, max(info.frame_count, 1)), count, height).few


def read_shot(shot: Shot, *, count: int = 3, height: int = 256, every: bool = False) -> Frames:
    """Up to ``count`` representative frames of the used range of ``shot``; as ``read_frames``, in ``shot.space``.

    every: all that were decoded, up to twice as many, in order; the representative ones are ``few`` of them.
    Raises MediaError where the media cannot be decoded or ends before the range.
    """
    if shot.media is None:
        raise MediaError("the clip has no media", where=shot.name)
    path = Path(shot.media)
    span, warnings = used_span(shot, _probed(path))
    frames = _frames(path, span, count, height, warnings)
    frames = frames if every else frames.few
    if shot.space is None:
        return frames
    told = tuple(warning for warning in frames.warnings if warning not in HDR_WARNINGS.values())
    return replace(frames, space=shot.space, warnings=told)


def frames_into(shot: Shot, frame: int) -> Fraction:
    """Frames of the range that speaks for ``shot``, as its source counts them, before ``frame`` of its file."""
    return frames_before(shot, _probed(Path(shot.media or "")), frame)


def _probed(path: Path) -> MediaInfo:
    """A film cuts the same files many times: each is opened once to ask, while it stays as it is."""
    try:
        facts = path.stat()
    except OSError:
        return reader_of(path).probe(path)  # which says what is wrong
    return _probed_once(path, facts.st_size, facts.st_mtime_ns)


@lru_cache(maxsize=256)
def _probed_once(path: Path, size: int, changed: int) -> MediaInfo:
    del size, changed
    return reader_of(path).probe(path)


def _frames(path: Path, span: Span, count: int, height: int, warnings: tuple[str, ...] = ()) -> Frames:
    import torch

    if count < 1 or height < 1:
        raise InputError("count and height must be positive", value=(count, height))
    pictures = list(reader_of(path).read(path, span, count, height))
    if not pictures:
        raise MediaError("no frame could be decoded", value=path, where=f"frames {span.first} to {span.end}")
    chosen = most_different(pictures, count)
    box = active_box([picture.visible for picture in pictures])
    stacked = np.stack([box.crop(picture.pixels) for picture in pictures])
    return Frames(
        pixels=torch.from_numpy(stacked).permute(0, 3, 1, 2).contiguous(),
        indices=tuple(picture.index for picture in pictures),
        source=str(path),
        space=pictures[0].space,
        warnings=(*warnings, *_warnings(pictures)),
        different=tuple(pictures.index(picture) for picture in chosen) if len(chosen) < len(pictures) else (),
    )


def _warnings(pictures: list[Picture]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for picture in pictures for text in picture.warnings))
