"""The hard cuts of an edited film: where the picture changes much more than around, as PySceneDetect finds them; and,
where everything moves before or after a cut, where the colours of the whole picture become others at once."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from av.video.reformatter import Interpolation, VideoReformatter

from lutnet.errors import MissingPartError
from lutnet.frames.container import decoded, opened, rate_of
from lutnet.frames.reduce import analysis_size

Array = npt.NDArray[Any]

SHORT_SIDE = 120
"""Pixels; a cut changes the whole picture, so that small ones show it."""
SHORTEST = Fraction(2, 5)
"""Seconds: flashes are shorter than shots."""

CHANGED, OTHER, AT_ONCE = 27.0, 0.25, 2.5
"""Mean change of hue, saturation and value, in codes, from which on a picture may be that of another shot (as
PySceneDetect has it); share of its pixels whose colours the picture before had not; and how many times the most of that
around. Motion leaves colours where they are, and a flash changes them twice. See ``docs/benchmarks.md``."""

AROUND = 3
"""Frames before and after."""

_BINS = 8  # of each channel


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
    reformatter = VideoReformatter()
    found: list[int] = []
    leaps = _Leaps()
    with opened(path) as (container, stream):
        rate = rate_of(stream)
        size = analysis_size(stream.codec_context.width, stream.codec_context.height, SHORT_SIDE)
        least = max(1, round(SHORTEST * rate))
        detector = AdaptiveDetector(min_scene_len=least)
        ticks, origin = 1 / (rate * stream.time_base), stream.start_time or 0
        for index, frame in enumerate(decoded(container, stream)):
            number = index if frame.pts is None else round((frame.pts - origin) / ticks)
            small = reformatter.reformat(frame, *size, "bgr24", interpolation=Interpolation.AREA, threads=1)
            # The detector's clock only counts frames: a variable rate must not move cuts.
            pixels = small.to_ndarray()
            cut = detector.process_frame(FrameTimecode(number, float(rate)), pixels)
            found.extend(each.frame_num for each in cut)
            leaps.see(number, pixels)
    for number in leaps.found():
        if all(abs(number - other) >= least for other in found):
            found.append(number)
    return tuple(sorted({number for number in found if number > 0}))


class _Leaps:
    """Frames at which the colours of a film become others at once."""

    def __init__(self) -> None:
        self._before: tuple[Array, Array] | None = None
        self._numbers: list[int] = []
        self._changes: list[float] = []
        self._others: list[float] = []

    def see(self, number: int, pixels: Array) -> None:
        """The next frame, ``[H, W, 3]`` uint8, BGR."""
        import cv2  # here, as it is slow to import and few timelines are films

        tones = cv2.cvtColor(pixels, cv2.COLOR_BGR2HSV).astype(np.int16)
        colours = cv2.calcHist([pixels], [0, 1, 2], None, [_BINS] * 3, [0, 256] * 3) / tones[..., 0].size
        if self._before is not None:
            self._numbers.append(number)
            self._changes.append(float(np.abs(tones - self._before[0]).mean()))
            self._others.append(1.0 - float(np.minimum(colours, self._before[1]).sum()))
        self._before = tones, colours

    def found(self) -> list[int]:
        """Their numbers."""
        found = []
        for place, (number, change, other) in enumerate(
            zip(self._numbers, self._changes, self._others, strict=True)
        ):
            around = (
                self._others[max(0, place - AROUND) : place] + self._others[place + 1 : place + 1 + AROUND]
            )
            if change >= CHANGED and other >= max(OTHER, AT_ONCE * max(around, default=0.0)):
                found.append(number)
        return found
