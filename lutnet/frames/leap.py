"""Whether two neighbours are of two shots: the colours become others, and nothing of the one is found in the other.

Motion leaves colours where they are; a flash or an explosion changes them, but the places are still there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from lutnet.frames.motion import Picture, equalised, motion_between, sampled

Codes = npt.NDArray[Any]
"""A picture ``[H, W, 3]`` uint8, R'G'B'."""

Colours = npt.NDArray[np.float32]
"""Share of the pixels in every cell of a picture's colours."""

OTHER = 0.25
"""Share of the pixels whose colours the frame before had not, between frames that may be of two shots."""

LASTING = 0.2
"""The same between any frame before and any after a cut: after a flash the colours come back."""

AROUND = 3
"""Frames on either side."""

FOUND = 0.15
"""Share of the places that is found again in the next frame of a shot, and never in another shot. See
``docs/benchmarks.md``."""

LINES = 120
"""Height at which places are followed: a cut changes the whole picture, so that small ones show it."""

_BINS = 8  # of each channel
_FLAT = 16  # codes of equalised luma around a place that shows nothing: black bars are in every shot
_ASTRAY = 1.0  # pixels by which the way there and back may miss
_ALIKE = 25  # codes of equalised luma by which one place may differ


@dataclass(frozen=True, eq=False, slots=True)
class Seen:
    """A frame as it is compared with its neighbours."""

    picture: Codes
    colours: Colours

    @classmethod
    def of(cls, picture: Codes) -> Seen:
        return cls(picture, _colours_of(picture))


def _colours_of(picture: Codes) -> Colours:
    counts = cv2.calcHist([picture], [0, 1, 2], None, [_BINS] * 3, [0, 256] * 3)
    return np.asarray(counts / picture[..., 0].size, np.float32)


def share_of_others(one: Seen, two: Seen) -> float:
    """Share of the pixels of ``two`` whose colours ``one`` had not, 0..1."""
    return 1.0 - float(np.minimum(one.colours, two.colours).sum())


def is_another_shot(before: Sequence[Seen], after: Sequence[Seen]) -> bool:
    """Whether there is a cut between frames that follow each other, up to AROUND on either side of it."""
    one, two = before[-1], after[0]
    if share_of_others(one, two) < OTHER or share_found_again(one.picture, two.picture) >= FOUND:
        return False
    return all(share_of_others(*sides) >= LASTING for sides in product(before, after))


def share_found_again(one: Codes, two: Codes) -> float:
    """Share of the textured places of ``one`` that are seen in ``two``, 0..1."""
    height, width = one.shape[:2]
    scale = min(1.0, LINES / min(height, width))
    size = max(16, round(width * scale)), max(16, round(height * scale))
    first, second = (equalised(_sized(each, size)) for each in (one, two))
    textured = cv2.morphologyEx(first, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > _FLAT
    if not textured.any():
        return 0.0
    motion = motion_between(first, second)
    there = sampled(second, motion.places).astype(np.int16)
    found = motion.inside & (motion.astray < _ASTRAY) & (np.abs(there - first) < _ALIKE)
    return float(found[textured].mean())


def _sized(picture: Codes, size: tuple[int, int]) -> Picture:
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return np.asarray(small.astype(np.float32) / 255.0)
