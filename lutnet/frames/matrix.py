"""Y'CbCr to R'G'B', in exact arithmetic (ITU-T H.273, equations 38 to 52).

swscale converts with small tables and is up to 2.6 code values off; it is only asked to resize here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from lutnet.frames.record import Pixels

WEIGHTS: dict[int, tuple[float, float]] = {
    1: (0.2126, 0.0722),
    4: (0.30, 0.11),
    5: (0.299, 0.114),
    6: (0.299, 0.114),
    7: (0.212, 0.087),
    9: (0.2627, 0.0593),
    10: (0.2627, 0.0593),
}
"""Kr and Kb by H.273 MatrixCoefficients: BT.709, FCC, BT.601 (625 and 525 lines), SMPTE 240M, BT.2020.

10 is BT.2020 with constant luminance, which differs from 9 in strong colours only; it is taken as 9.
"""
BT709, BT601 = 1, 6
HD_LINES = 720


@dataclass(frozen=True, slots=True)
class Coding:
    """How a video codes colour. matrix: a key of WEIGHTS. full: full range. bits: of one component."""

    matrix: int
    full: bool
    bits: int


def matrix_of(tagged: int, lines: int) -> tuple[int, str | None]:
    """The matrix to use for a tag (H.273) and a picture's lines, and a warning where it is assumed."""
    if tagged in WEIGHTS:
        return tagged, None
    matrix, name = (BT709, "BT.709") if lines >= HD_LINES else (BT601, "BT.601")
    return matrix, f"the video does not name its colour matrix: taken as {name}"


def to_rgb(planes: npt.NDArray[np.uint16], coding: Coding) -> Pixels:
    """Convert ``planes [3, H, W]`` (Y', Cb, Cr, shifted up to 16 bits) to R'G'B' ``[H, W, 3]``, clipped."""
    pixels = cv2.transform(
        cv2.merge([np.asarray(plane) for plane in planes]).astype(np.float32), _affine(coding)
    )
    return np.asarray(np.clip(pixels, 0, 1, out=pixels))


@lru_cache(maxsize=64)
def _affine(coding: Coding) -> npt.NDArray[np.float64]:
    """``[3, 4]``: R'G'B' of Y', Cb and Cr as they are stored, and 1."""
    kr, kb = WEIGHTS[coding.matrix]
    kg = 1 - kr - kb
    of_red, of_blue = 2 * (1 - kr), 2 * (1 - kb)
    matrix = np.array([[1, 0, of_red], [1, -kb * of_blue / kg, -kr * of_red / kg], [1, of_blue, 0]])
    if coding.full:
        peak = (2**coding.bits - 1) * 2 ** (16 - coding.bits)
        offsets, scales = np.array([0, 2**15, 2**15]), np.array([peak, peak, peak])
    else:
        offsets, scales = np.array([16 * 256, 2**15, 2**15]), np.array([219 * 256, 224 * 256, 224 * 256])
    matrix = matrix / scales  # Y' in 0..1, Cb and Cr in -0.5..0.5
    return np.column_stack([matrix, -matrix @ offsets])
