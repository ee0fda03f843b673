"""Colour pairs from places that shot and reference both show: the best evidence where it exists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import torch
from torch import Tensor

from lutnet.refinement.align import Matrix, Overlay, homography, overlay
from lutnet.refinement.features import LUMA, LocalFeatures, Picture, equalised, local_features, matched
from lutnet.shot import Frames

SAME_SCENE_SHARE = 0.08
"""Smallest share of a frame seen in both at which the scene counts as the same (strangers: below 0.02)."""

MOST_OVERLAYS = 2
_PATCH = 1.0  # deviation of the Gaussian whose means are paired, pixels
_EDGE = 0.03  # luma per pixel at which a pair counts half: a shift of a pixel is an error of that size


@dataclass(frozen=True, eq=False, slots=True)
class Correspondence:
    """Colours of the same places: ``source``, ``target`` ``[P, 3]``, ``weights [P]`` (mean 1).

    share: of the source frame's pixels that were found. inliers: features that agreed.
    """

    source: Tensor
    target: Tensor
    weights: Tensor
    share: float
    inliers: int

    def __len__(self) -> int:
        return len(self.source)


@dataclass(frozen=True, eq=False, slots=True)
class _View:
    picture: Picture
    features: LocalFeatures


def correspond(frames: Frames, references: Sequence[Frames]) -> Correspondence | None:
    """Pixels of ``frames`` that ``references`` show too, or None where the scene is another.

    Every frame is compared by features; the ``MOST_OVERLAYS`` pairs that agree best are laid over each other.
    """
    candidates: list[tuple[int, int, _View, _View, Matrix]] = []
    for source in _views(frames):
        for reference in [view for frames in references for view in _views(frames)]:
            found = homography(*matched(source.features, reference.features))
            if found is not None:
                candidates.append((found[1], len(candidates), source, reference, found[0]))
    best = sorted(candidates, key=lambda entry: (-entry[0], entry[1]))[:MOST_OVERLAYS]
    laid = [
        (source, overlay(source.picture, reference.picture, matrix, inliers))
        for inliers, _, source, reference, matrix in best
    ]
    same = [_pairs(source.picture, over) for source, over in laid if over.share >= SAME_SCENE_SHARE]
    return _joined(same) if same else None


@lru_cache(maxsize=64)
def _views(frames: Frames) -> tuple[_View, ...]:
    """Pictures and features of frames; kept, because one reference meets every shot."""
    pictures = [np.ascontiguousarray(frame.movedim(0, -1).float().cpu().numpy()) for frame in frames.pixels]
    return tuple(_View(picture, local_features(equalised(picture))) for picture in pictures)


def _pairs(source: Picture, over: Overlay) -> Correspondence:
    ours, theirs = (cv2.GaussianBlur(picture, (0, 0), _PATCH) for picture in (source, over.picture))
    luma = ours @ LUMA
    steepness = cv2.magnitude(*(cv2.Sobel(luma, cv2.CV_32F, 1 - axis, axis, scale=1 / 8) for axis in (0, 1)))
    weights = (over.likeness / (1.0 + steepness / _EDGE))[over.trusted]
    return Correspondence(
        torch.from_numpy(ours[over.trusted]).clamp(0.0, 1.0),
        torch.from_numpy(theirs[over.trusted]).clamp(0.0, 1.0),
        torch.from_numpy(weights / weights.mean()),
        over.share,
        over.inliers,
    )


def _joined(parts: Sequence[Correspondence]) -> Correspondence:
    return Correspondence(
        torch.cat([part.source for part in parts]),
        torch.cat([part.target for part in parts]),
        torch.cat([part.weights for part in parts]),
        max(part.share for part in parts),
        max(part.inliers for part in parts),
    )
