"""OpenColorIO's processors on tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import PyOpenColorIO as ocio

if TYPE_CHECKING:
    from torch import Tensor


def converted(processor: ocio.CPUProcessor, colours: Tensor) -> Tensor:
    """``colours [..., 3]`` through ``processor``, in float32; values outside 0..1 stay what they are."""
    values = np.array(
        colours.detach().cpu().float().contiguous().numpy()
    )  # a copy: OpenColorIO works in place
    if values.size:
        processor.applyRGB(values)
    import torch

    return torch.from_numpy(values)
