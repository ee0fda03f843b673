"""The hard cuts of an edited film, found with PySceneDetect: where the picture changes much more than around."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from av.video.reformatter import Interpolation, VideoReformatter

from lutnet.errors import MissingPartError
from lutnet.frames.container import decoded, opened, rate_of
from lutnet.frames.reduce import analysis_size

SHORT_SIDE = 120
"""Pixels; a cut changes the whole picture, so that small ones show it."""
SHORTEST = Fraction(2, 5)
"""Seconds: flashes are shorter than shots."""


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
    with opened(path) as (container, stream):
        rate = rate_of(stream)
        size = analysis_size(stream.codec_context.width, stream.codec_context.height, SHORT_SIDE)
        detector = AdaptiveDetector(min_scene_len=max(1, round(SHORTEST * rate)))
        ticks, origin = 1 / (rate * stream.time_base), stream.start_time or 0
        for index, frame in enumerate(decoded(container, stream)):
            number = index if frame.pts is None else round((frame.pts - origin) / ticks)
            small = reformatter.reformat(frame, *size, "bgr24", interpolation=Interpolation.AREA, threads=1)
            # The detector's clock only counts frames: a variable rate must not move cuts.
            cut = detector.process_frame(FrameTimecode(number, float(rate)), small.to_ndarray())
            found.extend(each.frame_num for each in cut)
    return tuple(sorted({number for number in found if number > 0}))
