"""Letterbox and pillarbox bars: found over all frames of a shot, so that one dark frame does not decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lutnet.frames.record import Pixels

BLACK = 0.04
"""A bar's R'G'B' stays below this in every frame; coding noise included."""
EDGE = 0.06
"""The picture beside a bar is brighter than it by this, over much of the edge, in some frame."""
MAX_SHARE = 0.4
"""Bars take less than this of a side, each."""
_WEIGHTS = np.asarray([0.2126, 0.7152, 0.0722], np.float32)


@dataclass(frozen=True, slots=True)
class Box:
    """The active picture: rows ``[top, bottom)``, columns ``[left, right)``."""

    top: int
    bottom: int
    left: int
    right: int

    def crop(self, pixels: Pixels) -> Pixels:
        return pixels[self.top : self.bottom, self.left : self.right]


def active_box(frames: Sequence[Pixels]) -> Box:
    """The part of equally large ``frames`` that is no black bar.

    Bars come in pairs of nearly equal width; a dark margin on one side, or one that fades into the picture,
    is picture.
    """
    luma = np.stack([frame @ _WEIGHTS for frame in frames])
    top, bottom = _bars(luma)
    left, right = _bars(luma.swapaxes(1, 2))
    height, width = luma.shape[1:]
    return Box(top, height - bottom, left, width - right)


def _bars(luma: npt.NDArray[np.float32]) -> tuple[int, int]:
    """Widths of the first and last bars across axis 1 of ``luma [N, rows, columns]``."""
    first, last = _bar(luma), _bar(luma[:, ::-1])
    alike = abs(first - last) <= max(2, 0.1 * max(first, last))
    return (first, last) if first and last and alike else (0, 0)


def _bar(luma: npt.NDArray[np.float32]) -> int:
    rows = luma.shape[1]
    dark = luma.max(axis=(0, 2)) < BLACK
    width = int(np.argmin(dark)) if not dark.all() else 0
    if not 0 < width < MAX_SHARE * rows:
        return 0
    # The row at the edge mixes bar and picture after reduction: it goes with the bar.
    inside = luma[:, min(width + 1, rows - 1)]
    sharp = ((inside - luma[:, width - 1]) > EDGE).mean(axis=1).max() > 0.3
    return width + 1 if sharp else 0
