"""Local features that survive a grade: SIFT on contrast-equalised luma."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from lutnet.frames.motion import Grey

Points = npt.NDArray[np.float32]
"""``[P, 2]``: x, y in pixels, 0 at the centre of the first pixel."""

Descriptors = npt.NDArray[np.float32]

MAX_FEATURES = 1200
SMALL_SIDE = 320
"""Pictures with a longer side below this are looked at twice as large: SIFT finds little in tiny ones."""

RATIO = 0.8
_FAINT = 0.01  # SIFT's contrast threshold: a quarter of its default, as flat grades leave faint edges


@dataclass(frozen=True, eq=False, slots=True)
class LocalFeatures:
    """``points [P, 2]`` and their RootSIFT ``descriptors [P, 128]``, of unit length; the clearest first."""

    points: Points
    descriptors: Descriptors


def local_features(grey: Grey, most: int = MAX_FEATURES, *, small: int = SMALL_SIDE) -> LocalFeatures:
    """The ``most`` clearest SIFT features of an equalised picture; none at all where it is flat.

    small: longer side, pixels, below which it is looked at twice as large.
    """
    scale = 2 if max(grey.shape) < small else 1
    larger = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    sift = cv2.SIFT_create(nfeatures=most, contrastThreshold=_FAINT)
    found, counts = sift.detectAndCompute(larger, None)
    if counts is None:
        return LocalFeatures(np.zeros((0, 2), np.float32), np.zeros((0, 128), np.float32))
    clearest = np.argsort([-point.response for point in found], kind="stable")
    points = (np.array([point.pt for point in found])[clearest] + 0.5) / scale - 0.5
    descriptors = np.sqrt(counts / np.maximum(counts.sum(1, keepdims=True), 1e-6))[clearest]
    return LocalFeatures(points.astype(np.float32), descriptors.astype(np.float32))


def matched(first: LocalFeatures, second: LocalFeatures) -> tuple[Points, Points]:
    """Points of both that are each other's best match and clearly better than the runner-up."""
    if len(first.points) < 2 or len(second.points) < 2:
        return first.points[:0], second.points[:0]
    kept, best = _kept(first.descriptors @ second.descriptors.T)
    return first.points[kept], second.points[best[kept]]


def shared_with_each(first: Descriptors, others: Sequence[Descriptors]) -> list[int]:
    """How many of ``first [P, 128]`` and of each of ``others [Q, 128]`` are matched as in ``matched``."""
    shared = np.zeros(len(others), np.intp)
    lengths = np.array([len(other) for other in others], np.intp)
    for length in np.unique(lengths) if len(first) > 1 else ():
        if length > 1:  # all of one length at once: many small steps take several times as long
            (places,) = np.nonzero(lengths == length)
            likeness = first @ np.concatenate([others[place] for place in places.tolist()]).T
            each = likeness.reshape(len(first), len(places), length).transpose(1, 0, 2)
            shared[places] = _kept(np.ascontiguousarray(each))[0].sum(-1)
    found: list[int] = shared.tolist()
    return found


def _kept(likeness: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.intp]]:
    """Which rows of ``likeness [..., P, Q]`` and their best columns are each other's best match, and clearly."""
    best = likeness.argmax(-1)
    returned = np.take_along_axis(likeness.argmax(-2), best, -1) == np.arange(best.shape[-1])
    column = best[..., None]
    top = np.take_along_axis(likeness, column, -1)[..., 0]
    np.put_along_axis(likeness, column, np.float32(-1.0), -1)
    distance, runner_up = (np.sqrt(np.maximum(2 - 2 * values, 0)) for values in (top, likeness.max(-1)))
    return returned & (distance < RATIO * runner_up), best
