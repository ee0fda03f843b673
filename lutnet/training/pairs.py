"""The pair protocols R1, R2, R2v, R3 and R3d: source, graded reference, and the truth a match should reach.

Every picture is stored with 8 bits, as a file would be. Pictures are ``[3, H, W]`` in 0..1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor

from lutnet.ops.detune import detune
from lutnet.ops.difference import delta_e_rgb
from lutnet.training.grades import KnownGrade

VIEW_COLUMNS = 110 / 160
"""Share of the columns that each of R2's two cameras sees."""

MAX_ROTATION_DEGREES = 4.0
SCALE_RANGE = (0.85, 1.15)
NOISE_DEVIATION = 1 / 255
JPEG_QUALITY = 85


@dataclass(frozen=True, eq=False, slots=True)
class Pair:
    """``source`` is to be graded so that it becomes ``truth``; ``reference`` shows how.

    A reference of several frames is ``[R, 3, H, W]``.
    """

    source: Tensor
    reference: Tensor
    truth: Tensor


@dataclass(frozen=True, slots=True)
class Score:
    """Mean, median and 95th percentile over pairs of DE2000 to the truth; share worse than doing nothing."""

    mean: float
    median: float
    p95: float
    worse: float


def aligned_pair(photo: Tensor, grade: KnownGrade) -> Pair:
    """R1: the reference is the graded source."""
    graded = stored(grade.apply(photo))
    return Pair(photo, graded, graded)


def two_camera_pair(photo: Tensor, grade: KnownGrade, draw: torch.Generator) -> Pair:
    """R2: the reference is another camera's view of the same scene, graded."""
    columns = round(photo.shape[-1] * VIEW_COLUMNS)
    source = photo[..., :columns]
    other = second_camera(photo, draw)[..., -columns:]
    return Pair(source, stored(grade.apply(other)), stored(grade.apply(source)))


def two_moment_pair(first: Tensor, second: Tensor, grade: KnownGrade) -> Pair:
    """R2v: the reference is another moment of the clip, graded."""
    return Pair(first, stored(grade.apply(second)), stored(grade.apply(first)))


def other_scene_pair(photo: Tensor, others: Tensor, grade: KnownGrade) -> Pair:
    """R3: the reference is one other scene ``[3, H, W]``, graded, or several ``[R, 3, H, W]``."""
    return two_moment_pair(photo, others, grade)


def spoiled_pair(photo: Tensor, other: Tensor, grade: KnownGrade, amounts: Tensor) -> Pair:
    """R3d: as R3, and the source is spoiled by a detune of its own; the truth is the graded clean source."""
    spoiled = stored(detune(photo.movedim(-3, -1), amounts).movedim(-1, -3))
    return Pair(spoiled, stored(grade.apply(other)), stored(grade.apply(photo)))


def second_camera(photo: Tensor, draw: torch.Generator) -> Tensor:
    """The same scene rotated, scaled, shifted by up to a pixel, with noise and JPEG loss."""
    angle, scale, across, down = (2.0 * torch.rand(4, generator=draw) - 1.0).tolist()
    middle, half = sum(SCALE_RANGE) / 2, (SCALE_RANGE[1] - SCALE_RANGE[0]) / 2
    height, width = photo.shape[-2:]
    warp = cv2.getRotationMatrix2D(
        ((width - 1) / 2, (height - 1) / 2), MAX_ROTATION_DEGREES * angle, middle + half * scale
    )
    warp[:, 2] += (across, down)
    picture = photo.movedim(0, -1).numpy()
    warped = cv2.warpAffine(
        picture, warp, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101
    )
    noise = torch.randn(warped.shape, generator=draw) * NOISE_DEVIATION
    return _jpeg((torch.from_numpy(warped) + noise).clamp(0.0, 1.0)).movedim(-1, 0)


def stored(picture: Tensor) -> Tensor:
    """``picture`` with 8 bits."""
    return (picture.clamp(0.0, 1.0) * 255.0).round() / 255.0


def difference(picture: Tensor, truth: Tensor) -> float:
    """Mean CIE DE2000 (D65, sRGB decoding) between two pictures ``[3, H, W]``."""
    return float(delta_e_rgb(picture.movedim(0, -1), truth.movedim(0, -1)).mean())


def score(differences: Sequence[float], untouched: Sequence[float]) -> Score:
    """Sum up the differences to the truth of one method, pair by pair beside those of doing nothing."""
    values = np.asarray(differences)
    return Score(
        mean=float(values.mean()) if len(values) else math.nan,
        median=float(np.median(values)) if len(values) else math.nan,
        p95=float(np.percentile(values, 95)) if len(values) else math.nan,
        worse=float((values > np.asarray(untouched)).mean()) if len(values) else math.nan,
    )


def _jpeg(picture: Tensor) -> Tensor:
    """``picture [H, W, 3]`` through JPEG at 4:4:4."""
    options = [
        *(cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY),
        *(cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444),
    ]
    codes = (picture * 255.0).round().to(torch.uint8).numpy()
    encoded = cv2.imencode(".jpg", codes[..., ::-1], options)[1]
    decoded = np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR))[..., ::-1]
    return torch.from_numpy(decoded.astype(np.float32)) / 255.0
