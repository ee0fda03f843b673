"""OpenColorIO's processors on tensors."""

from __future__ import annotations

import numpy as np
import PyOpenColorIO as ocio
import torch
from torch import Tensor


def converted(processor: ocio.CPUProcessor, colours: Tensor) -> Tensor:
    """``colours [..., 3]`` through ``processor``, in float32; values outside 0..1 stay what they are."""
    values = np.array(
        colours.detach().cpu().float().contiguous().numpy()
    )  # a copy: OpenColorIO works in place
    if values.size:
        processor.applyRGB(values)
    return torch.from_numpy(values)
