"""Few frames that speak for many: the most different ones."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from lutnet.frames.record import Picture

THUMBNAIL = (16, 9)


def most_different(pictures: Sequence[Picture], count: int) -> list[Picture]:
    """``count`` of ``pictures``, in order: the medoid, then each time the one farthest from those chosen.

    Distance is the root mean square over thumbnails, so that equal-looking frames are not taken twice while
    others are left.
    """
    if len(pictures) <= count:
        return list(pictures)
    distances = _distances(pictures)
    chosen = [int(distances.sum(axis=1).argmin())]
    while len(chosen) < count:
        chosen.append(int(distances[chosen].min(axis=0).argmax()))
        if chosen[-1] in chosen[:-1]:  # all the others equal one that is chosen
            chosen[-1] = next(index for index in range(len(pictures)) if index not in chosen)
    return [pictures[index] for index in sorted(chosen)]


def _distances(pictures: Sequence[Picture]) -> npt.NDArray[np.float64]:
    small = [cv2.resize(each.visible, THUMBNAIL, interpolation=cv2.INTER_AREA) for each in pictures]
    flat = np.stack(small).reshape(len(small), -1).astype(np.float64)
    squares: npt.NDArray[np.float64] = ((flat[:, None] - flat[None]) ** 2).mean(axis=-1)
    return np.sqrt(squares)
