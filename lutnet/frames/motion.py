"""Where the places of one frame are in another of the same shot: optical flow on luma that hardly knows exposure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from lutnet.ops.weights import LUMA_WEIGHTS

Picture = npt.NDArray[np.float32]
"""``[H, W, 3]`` in 0..1, encoded."""
Grey = npt.NDArray[np.uint8]
Plane = npt.NDArray[np.float32]

LUMA = np.array(LUMA_WEIGHTS, dtype=np.float32)


@dataclass(frozen=True, eq=False, slots=True)
class Motion:
    """places: ``[H, W, 2]``, x and y in the second frame of every pixel of the first. astray: ``[H, W]``, by how many
    pixels the way there and back misses where it began. inside: ``[H, W]``, whether the place is in the second frame.
    """

    places: Plane
    astray: Plane
    inside: npt.NDArray[np.bool_]


def equalised(picture: Picture) -> Grey:
    """Luma stretched between its extremes, then equalised locally: what is left hardly knows the grade."""
    luma = picture @ LUMA
    low, high = np.percentile(luma, (1, 99))
    stretched = np.clip((luma - low) / max(high - low, 1 / 64), 0.0, 1.0)
    return np.asarray(cv2.createCLAHE(3.0, (4, 4)).apply((stretched * 255.0).astype(np.uint8)))


def motion_between(first: Grey, second: Grey) -> Motion:
    """From one equalised frame to another of its size."""
    flow = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    there, back = flow.calc(first, second, None), flow.calc(second, first, None)
    height, width = first.shape
    places = _grid(height, width) + there
    away = there + sampled(back, places)
    across, down = places[..., 0], places[..., 1]
    inside = (across >= 0) & (across <= width - 1) & (down >= 0) & (down <= height - 1)
    return Motion(places, np.hypot(away[..., 0], away[..., 1]), inside)


def sampled(values: npt.NDArray[np.generic], places: Plane) -> Plane:
    """``values [H, W]`` or ``[H, W, 2]`` at ``places [H, W, 2]``."""
    return np.asarray(cv2.remap(values, places, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))


@lru_cache(maxsize=8)
def _grid(height: int, width: int) -> Plane:
    return np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1).astype(np.float32)
