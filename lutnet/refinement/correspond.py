"""Colour pairs from places that shot and reference both show: the best evidence where it exists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import torch
from torch import Tensor

from lutnet.frames.motion import Picture, equalised
from lutnet.refinement.align import Matrix, Overlay, Plane, homography, overlay
from lutnet.refinement.features import (
    LocalFeatures,
    local_features,
    matched,
    shared_with_each,
)
from lutnet.shot import Frames

SAME_SCENE_SHARE = 0.04
"""Smallest share of a frame seen in both at which the scene counts as the same (strangers: 0.01 at most)."""

TRIED, CLEAREST = 6, 240
"""Pairs of frames that are compared by all their features: those that agree most by the clearest few of each."""

MOST_OVERLAYS = 2
MOST_PAIRS = 60_000
"""Neighbouring pixels say the same: more pairs than this cost time and change nothing."""

_PATCH = 0.7  # deviation of the Gaussian whose means are paired, pixels
_EDGE = 0.02  # change per pixel at which a pair counts half: a shift of a pixel is an error of that size


@dataclass(frozen=True, eq=False, slots=True)
class Correspondence:
    """Colours of the same places: ``source``, ``target`` ``[P, 3]``, ``weights [P]`` (mean 1).

    share: of the source frame's pixels that were found. inliers: features that agreed. exact: every pair is
    one and the same pixel.
    """

    source: Tensor
    target: Tensor
    weights: Tensor
    share: float
    inliers: int
    exact: bool

    def __len__(self) -> int:
        return len(self.source)


@dataclass(frozen=True, eq=False, slots=True)
class View:
    """One picture ``[H, W, 3]``, and the local features by which it is found in others."""

    picture: Picture
    features: LocalFeatures


def correspond(frames: Frames, references: Sequence[Frames]) -> Correspondence | None:
    """Pixels of ``frames`` that ``references`` show too, or None where the scene is another.

    Every frame is compared by features, the ``TRIED`` most promising pairs by all of them; the ``MOST_OVERLAYS``
    pairs that agree best are laid over each other.
    """
    seen = [view for reference in references for view in _reference_views(reference)]
    looked = _promising(_views(frames), seen)
    found = [(pair, homography(*matched(pair[0].features, pair[1].features))) for pair in looked]
    best = sorted((pair for pair in found if pair[1]), key=lambda pair: -pair[1][1] if pair[1] else 0)
    laid = [
        laid_over(one.picture, other.picture, *place) for (one, other), place in best[:MOST_OVERLAYS] if place
    ]
    same = [each for each in laid if each is not None]
    return joined(same) if same else None


def _promising(ours: Sequence[View], theirs: Sequence[View]) -> list[tuple[View, View]]:
    """The pairs of frames worth a closer look: a reference may be a whole film."""
    pairs = [(one, other) for one in ours for other in theirs]
    if len(pairs) <= TRIED:
        return pairs
    clearest = [other.features.descriptors[:CLEAREST] for other in theirs]
    agreed = [
        count for one in ours for count in shared_with_each(one.features.descriptors[:CLEAREST], clearest)
    ]
    return [pairs[number] for number in np.argsort(np.negative(agreed), kind="stable")[:TRIED]]


def laid_over(
    ours: Picture, theirs: Picture, matrix: Matrix, inliers: int, enough: float = 1.0
) -> Correspondence | None:
    """Colours of the places that two pictures share by ``matrix`` (see ``homography``); None where they are few.

    enough: see ``overlay``.
    """
    over = overlay(ours, theirs, matrix, inliers, enough)
    return _pairs(ours, over) if over.share >= SAME_SCENE_SHARE else None


def _views(frames: Frames) -> tuple[View, ...]:
    """Pictures and features of frames."""
    pictures = [np.ascontiguousarray(frame.movedim(0, -1).float().cpu().numpy()) for frame in frames.pixels]
    return tuple(View(picture, local_features(equalised(picture))) for picture in pictures)


@lru_cache(maxsize=32)
def _reference_views(frames: Frames) -> tuple[View, ...]:
    """Kept, because one reference meets every shot."""
    return _views(frames)


def _pairs(source: Picture, over: Overlay) -> Correspondence:
    ours, theirs = source, over.picture
    weights = np.ones_like(over.likeness)
    if not over.exact:
        ours, theirs = (cv2.GaussianBlur(picture, (0, 0), _PATCH) for picture in (ours, theirs))
        weights = over.likeness / (1.0 + (_steepness(ours) / _EDGE) ** 2)
    kept = weights[over.trusted]
    return Correspondence(
        torch.from_numpy(ours[over.trusted]).clamp(0.0, 1.0),
        torch.from_numpy(theirs[over.trusted]).clamp(0.0, 1.0),
        torch.from_numpy(kept / kept.mean()),
        over.share,
        over.inliers,
        over.exact,
    )


def _steepness(picture: Picture) -> Plane:
    """The steepest channel's change per pixel."""
    across, down = (cv2.Sobel(picture, cv2.CV_32F, axis, 1 - axis, scale=1 / 8) for axis in (1, 0))
    # Plane by plane: along an axis of three, extremes take ten times as long.
    red, green, blue = cv2.split(cv2.magnitude(across, down))
    return np.asarray(cv2.max(cv2.max(red, green), blue))


def joined(parts: Sequence[Correspondence]) -> Correspondence:
    """Several correspondences as one, thinned to MOST_PAIRS."""
    step = -(-sum(len(part) for part in parts) // MOST_PAIRS)
    return Correspondence(
        torch.cat([part.source[::step] for part in parts]),
        torch.cat([part.target[::step] for part in parts]),
        torch.cat([part.weights[::step] for part in parts]),
        max(part.share for part in parts),
        max(part.inliers for part in parts),
        all(part.exact for part in parts),
    )
