"""1D LUT (shaper) application: linear interpolation per channel, as a log space needs before a 3D LUT."""

from __future__ import annotations

import torch
from torch import Tensor

from lutnet.errors import InputError
from lutnet.ops.finite import require_colours


def apply_lut1d(colours: Tensor, curve: Tensor, domain: tuple[float, float] = (0.0, 1.0)) -> Tensor:
    """Look each channel of ``colours [..., 3]`` up in ``curve [N, 3]`` (N >= 2, column per channel).

    ``domain`` holds the inputs of the first and the last row; values outside are clamped to it.
    Returns the shape of ``colours``. Raises InputError for NaN, infinity or shapes that do not fit.
    """
    require_colours("colours", colours)
    require_colours("curve points", curve)
    if curve.ndim != 2 or curve.shape[0] < 2:
        raise InputError("curve has the wrong shape", value=tuple(curve.shape), allowed="[N >= 2, 3]")
    low, high = domain
    last = curve.shape[0] - 1
    position = ((colours - low) / (high - low)).clamp(0.0, 1.0) * last
    base = position.detach().floor().clamp(max=last - 1)
    row = base.to(torch.int64)
    channel = torch.arange(3, device=colours.device)
    return torch.lerp(curve[row, channel], curve[row + 1, channel], position - base)
