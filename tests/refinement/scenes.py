"""Made-up scenes for the refinement tests: textured, coloured, the same at every call."""

import cv2
import numpy as np
import torch

from lutnet.shot import Frames


def scene(seed: int, height: int = 150, width: int = 220) -> torch.Tensor:
    """A picture ``[3, height, width]`` of soft blobs, hard shapes and fine texture in many colours."""
    rng = np.random.default_rng(seed)
    canvas = np.zeros((height, width, 3), np.float32)
    for size in (60, 25, 10):
        coarse = rng.random((height // size + 2, width // size + 2, 3)).astype(np.float32)
        canvas += cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC) / 3
    for _ in range(40):
        centre = (int(rng.integers(width)), int(rng.integers(height)))
        colour = [float(value) for value in rng.random(3)]
        cv2.circle(canvas, centre, int(rng.integers(3, 18)), colour, -1, cv2.LINE_AA)
    canvas += rng.normal(0, 0.01, canvas.shape).astype(np.float32)
    return torch.from_numpy(np.clip(canvas, 0, 1)).movedim(-1, 0).contiguous()


def moved(
    picture: torch.Tensor, degrees: float = 3.0, scale: float = 1.08, shift: float = 9.0
) -> torch.Tensor:
    """The picture from another camera: rotated, scaled, shifted."""
    height, width = picture.shape[-2:]
    warp = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, scale)
    warp[:, 2] += shift
    pixels = picture.movedim(0, -1).numpy()
    warped = cv2.warpAffine(pixels, warp, (width, height), borderMode=cv2.BORDER_REFLECT_101)
    return torch.from_numpy(warped).movedim(-1, 0).contiguous()


def frames(*pictures: torch.Tensor) -> Frames:
    return Frames(torch.stack(pictures))
