"""The hard cuts of an edited film: where the picture changes much more than around, as PySceneDetect finds them; and,
where everything moves before or after a cut, where the colours become others and no place is found again."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter

from lutnet.errors import MissingPartError
from lutnet.frames.container import decoded, opened, rate_of
from lutnet.frames.leap import AROUND, LINES, Codes, Seen, is_another_shot
from lutnet.frames.reduce import analysis_size

SHORTEST = Fraction(2, 5)
"""Seconds: flashes are shorter than shots."""

Numbered = tuple[int, Seen]
"""A frame and its number, counted from the head of the film."""


def find_cuts(path: Path) -> tuple[int, ...]:
    """The first frame of every shot but the first, counted from the head of the film. Decodes all of it.

    Raises MediaError where nothing can be decoded, MissingPartError without PySceneDetect.
    """
    try:
        from scenedetect import AdaptiveDetector, FrameTimecode
    except ImportError as error:
        raise MissingPartError(
            "shots of a film are found with PySceneDetect, which is not installed",
            fix="pip install 'lutnet[nle]', or give a timeline",
        ) from error
    found: list[int] = []
    leaps: list[int] = []
    near: deque[Numbered | None] = deque([None] * 2 * AROUND, 2 * AROUND)
    with opened(path) as (container, stream):
        rate = rate_of(stream)
        least = max(1, round(SHORTEST * rate))
        detector = AdaptiveDetector(min_scene_len=least)
        for number, pixels in _pictures(container, stream):
            # The detector's clock only counts frames: a variable rate must not move cuts.
            cut = detector.process_frame(FrameTimecode(number, float(rate)), pixels)
            found.extend(each.frame_num for each in cut)
            near.append((number, Seen.of(np.ascontiguousarray(pixels[..., ::-1]))))
            leaps.extend(_leaps(near))
    for _ in range(AROUND - 1):
        near.append(None)
        leaps.extend(_leaps(near))
    for number in leaps:
        if all(abs(number - other) >= least for other in found):
            found.append(number)
    return tuple(sorted({number for number in found if number > 0}))


def _pictures(container: Any, stream: Any) -> Iterator[tuple[int, Codes]]:
    """Small pictures, BGR, with their numbers."""
    reformatter = VideoReformatter()
    size = analysis_size(stream.codec_context.width, stream.codec_context.height, LINES)
    ticks, origin = 1 / (rate_of(stream) * stream.time_base), stream.start_time or 0
    for index, frame in enumerate(decoded(container, stream)):
        number = index if frame.pts is None else round((frame.pts - origin) / ticks)
        small = reformatter.reformat(frame, *size, "bgr24", interpolation=Interpolation.AREA, threads=1)
        yield number, small.to_ndarray()


def _leaps(near: Iterable[Numbered | None]) -> Iterator[int]:
    """The first frame of the second half of ``near``, where it begins a shot; None is beyond the film."""
    every = tuple(near)
    before, after = ([each for each in side if each] for side in (every[:AROUND], every[AROUND:]))
    if before and after and is_another_shot([seen for _, seen in before], [seen for _, seen in after]):
        yield after[0][0]
