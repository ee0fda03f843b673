"""What one gets without a network: classic automatic corrections, to be beaten in the same run."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor

CUT = 0.005
"""Share of the pixels that auto levels lets clip at either end."""


def grey_world_levels(frame: Tensor) -> Tensor:
    """Grey world (channel means made equal), then auto levels over the three channels together."""
    means = frame.mean((1, 2), keepdim=True).clamp(min=1e-3)
    balanced = frame * (means.mean() / means)
    low, high = torch.quantile(balanced.flatten()[::7], torch.tensor([CUT, 1.0 - CUT]))
    levels: Tensor = (balanced - low) / (high - low).clamp(min=1e-3)
    return levels.clamp(0.0, 1.0)


def auto_contrast(frame: Tensor) -> Tensor:
    """Pillow's per-channel ``ImageOps.autocontrast`` as it comes."""
    image = Image.fromarray((frame.movedim(0, -1) * 255.0).round().byte().numpy())
    return torch.from_numpy(np.array(ImageOps.autocontrast(image))).movedim(-1, 0).float() / 255.0


BASELINES: dict[str, Callable[[Tensor], Tensor]] = {
    "grey world + auto levels": grey_world_levels,
    "per-channel auto contrast": auto_contrast,
}
"""Each takes and gives one frame ``[3, H, W]`` in 0..1."""
