"""The records of this package: what a file holds, a run of frames, and a decoded picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from lutnet.shot import LOGARITHMIC, REC709

Pixels = npt.NDArray[np.float32]
"""``[H, W, 3]`` float32, R'G'B' encoded, 0..1."""


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """What a file says of itself; nothing is decoded for it.

    kind: ``video``, ``still`` or ``sequence``. width, height: as coded, before any
    rotation. rate: frames per second, None for
    stills and sequences. frame_count: as the header states it or by duration. start_timecode: of the first frame, in
    frames at ``rate``; None where the file carries none. tags: what the file says of its colour and codec.
    """

    kind: str
    width: int
    height: int
    rate: Fraction | None = None
    frame_count: int = 1
    start_timecode: int | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Span:
    """Frames ``[first, end)``, counted from the head of the media; at least one."""

    first: int
    end: int

    @property
    def middle(self) -> int:
        return (self.first + self.end - 1) // 2

    @property
    def quarter(self) -> int:
        return (3 * self.first + self.end - 1) // 4

    def holds(self, number: int) -> bool:
        return self.first <= number < self.end

    def split(self, count: int) -> list[Span]:
        """``count`` spans of near equal length that make up this one; one per frame where it has fewer."""
        length = self.end - self.first
        count = min(count, length)
        edges = [self.first + length * index // count for index in range(count + 1)]
        return [Span(start, end) for start, end in pairwise(edges)]


@dataclass(frozen=True, eq=False, slots=True)
class Picture:
    """One decoded frame at analysis size. index: counted from the head of the media. space: as of ``Frames``."""

    index: int
    pixels: Pixels
    warnings: tuple[str, ...] = ()
    space: str = REC709

    @property
    def visible(self) -> Pixels:
        """About what people see of it, 0..1: linear light would make every shadow black."""
        encoded = self.space in (REC709, LOGARITHMIC)
        return self.pixels if encoded else self.pixels.clip(0.0, 1.0) ** np.float32(1 / 2.4)
