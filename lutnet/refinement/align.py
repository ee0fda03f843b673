"""Lay one picture over another of the same scene: a homography from features, then optical flow.

Flow follows people, parallax and leaves that no single map can; what it gets wrong is caught twice, by
walking back and by comparing the structure of what is laid over.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from lutnet.frames.motion import Grey, Picture, equalised
from lutnet.refinement.features import Points

MIN_INLIERS = 8
INLIER_PIXELS = 2.0
RETURN_PIXELS = 1.0
"""Farthest from its start that a pixel may end after going there by flow and back."""

STILL_PIXELS = 0.25
"""Farthest that a corner may move while the picture still counts as the very same pixels."""

MIN_LIKENESS = 0.7
"""Smallest correlation of structure (windows of about 13 pixels) at which two places count as the same."""

STILL_MARGIN = 0.02
_WINDOW = 3.0  # deviation of the Gaussian window, pixels
_SEED = 0

Plane = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class Overlay:
    """The reference as seen from the source's camera.

    picture: ``[H, W, 3]``, size of the source. trusted: where it shows the same thing, ``[H, W]``.
    likeness: correlation of structure, -1..1. inliers: features that agree on the map between the two.
    exact: nothing was moved; the pixels are the very same.
    """

    picture: Picture
    trusted: Mask
    likeness: Plane
    inliers: int
    exact: bool

    @property
    def share(self) -> float:
        """Share of the source's pixels that are seen in the reference too."""
        return float(self.trusted.mean())


def homography(source: Points, reference: Points) -> tuple[Matrix, int] | None:
    """The map of source points to reference points that most agree on, and how many do."""
    if len(source) < MIN_INLIERS:
        return None
    settings = cv2.UsacParams()
    settings.threshold, settings.maxIterations, settings.confidence = INLIER_PIXELS, 2000, 0.999
    settings.sampler, settings.score = cv2.SAMPLING_UNIFORM, cv2.SCORE_METHOD_MAGSAC
    settings.loMethod, settings.loIterations, settings.randomGeneratorState = cv2.LOCAL_OPTIM_SIGMA, 10, _SEED
    matrix, kept = cv2.findHomography(source, reference, settings)
    inliers = 0 if matrix is None else int(kept.sum())
    return (matrix, inliers) if inliers >= MIN_INLIERS else None


def is_still(matrix: Matrix, shape: tuple[int, ...]) -> bool:
    """Whether the map leaves every corner of a picture where it is: nothing between the two was moved."""
    height, width = shape[:2]
    corners = _grid(2, 2) * np.array([width - 1, height - 1], dtype=np.float32)
    return bool(np.abs(_mapped(corners, matrix) - corners).max() < STILL_PIXELS)


def overlay(
    source: Picture, reference: Picture, matrix: Matrix, inliers: int, enough: float = 1.0
) -> Overlay:
    """Warp ``reference`` by ``matrix`` (source to reference pixels), refine by flow, and check.

    enough: share of the source that is to be seen in the reference; flow, which costs most, is left out where the
    matrix alone finds as much.
    """
    height, width = source.shape[:2]
    exact = source.shape == reference.shape and is_still(matrix, source.shape)
    if exact:
        matrix = np.eye(3)
    grid = _grid(height, width)
    there = _mapped(grid, matrix)
    source_grey, rough_grey = equalised(source), equalised(_sampled(reference, there))
    within = _within(there, reference.shape)
    unmoved = _likeness(source_grey, rough_grey.astype(np.float32))
    seen = within & (unmoved > MIN_LIKENESS)
    if exact or seen.mean() >= enough:
        return Overlay(_sampled(reference, there), _inner(seen), unmoved, inliers, exact)
    forward, backward = _flow(source_grey, rough_grey), _flow(rough_grey, source_grey)
    places = grid + forward
    returned = np.linalg.norm(forward + _sampled(backward, places), axis=-1)
    flowed = _likeness(source_grey, _sampled(rough_grey, places))
    # Flow trembles by parts of a pixel; where the homography alone is as good, it is the better guide.
    still = unmoved >= flowed - STILL_MARGIN
    places = np.where(still[..., None], grid, places)
    likeness = np.where(still, unmoved, flowed)
    inside = _sampled(within.astype(np.float32), places, border=0.0) > 0.99
    trusted = (still | (returned < RETURN_PIXELS)) & inside & (likeness > MIN_LIKENESS)
    return Overlay(_sampled(reference, _sampled(there, places)), _inner(trusted), likeness, inliers, exact)


def _inner(trusted: Mask) -> Mask:
    """One pixel in from every edge of the trusted area, where flow mixes neighbours."""
    return np.asarray(cv2.erode(trusted.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0)


def _grid(height: int, width: int) -> Plane:
    return np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1).astype(np.float32)


def _mapped(places: Plane, matrix: Matrix) -> Plane:
    projection = matrix.astype(np.float32)
    moved = places @ projection[:, :2].T + projection[:, 2]
    depth = moved[..., 2:]
    return np.asarray(moved[..., :2] / np.where(np.abs(depth) < 1e-6, 1e-6, depth), dtype=np.float32)


def _within(places: Plane, shape: tuple[int, ...]) -> Mask:
    limits = np.array([shape[1] - 1, shape[0] - 1])
    return np.asarray(((places >= 0) & (places <= limits)).all(-1))


def _sampled(values: Plane | Grey, places: Plane, border: float | None = None) -> Plane:
    mode = cv2.BORDER_REPLICATE if border is None else cv2.BORDER_CONSTANT
    return np.asarray(cv2.remap(values, places, None, cv2.INTER_LINEAR, borderMode=mode), dtype=np.float32)


def _flow(first: Grey, second: Grey) -> Plane:
    flow = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    return np.asarray(flow.calc(first, second, None))


def _likeness(first: Grey, second: Plane) -> Plane:
    """Correlation of two pictures in a Gaussian window around every pixel."""
    one, two = first.astype(np.float32), second
    mean_1, mean_2 = _smooth(one), _smooth(two)
    variance_1, variance_2 = _smooth(one * one) - mean_1**2, _smooth(two * two) - mean_2**2
    shared = _smooth(one * two) - mean_1 * mean_2
    return np.asarray(shared / np.sqrt(np.maximum(variance_1, 1.0) * np.maximum(variance_2, 1.0)))


def _smooth(values: Plane) -> Plane:
    return np.asarray(cv2.GaussianBlur(values, (0, 0), _WINDOW))
