"""ASC CDL v1.2: slope, offset, power per channel, then saturation about Rec.709 luma.

``out = clamp(in * slope + offset) ^ power``, ``luma + saturation * (out - luma)``, clamp.
Source: ASC Technology Committee, "ASC Color Decision List (ASC CDL) Transfer Functions and Interchange
Syntax", version 1.2. The clamping style is explicit; the non-clamping one is OpenColorIO's CDL_NO_CLAMP.
"""

from __future__ import annotations

import torch
from torch import Tensor

from lutnet.ops.finite import require_colours
from lutnet.ops.weights import LUMA_WEIGHTS


def luma(colours: Tensor) -> Tensor:
    """Rec.709 luma of encoded colours ``[..., 3]`` as ``[..., 1]``."""
    weights = colours.new_tensor(LUMA_WEIGHTS)
    return (colours * weights).sum(-1, keepdim=True)


def saturate(colours: Tensor, saturation: Tensor) -> Tensor:
    """Scale the distance of ``colours [..., 3]`` from their luma by ``saturation [..., 1]`` (>= 0)."""
    grey = luma(colours)
    return grey + saturation * (colours - grey)


def apply_cdl(
    colours: Tensor,
    slope: Tensor,
    offset: Tensor,
    power: Tensor,
    saturation: Tensor,
    *,
    clamp: bool = True,
) -> Tensor:
    """Apply an ASC CDL in the encoding of ``colours``.

    Parameters
    ----------
    colours: ``[..., 3]``, any finite values; meaningful in the encoding the CDL was made for.
    slope, offset, power: ``[..., 3]``, broadcast against ``colours``; slope >= 0, power > 0.
    saturation: ``[..., 1]``, broadcast; >= 0.
    clamp: True is the ASC v1.2 style (0..1 after offset and at the end); False neither clamps nor
        raises negative values to a power.

    Returns ``[..., 3]``. Gradients are finite everywhere, also at exact black.
    Raises InputError for NaN, infinity or a wrong shape.
    """
    require_colours("colours", colours)
    base = colours * slope + offset
    if clamp:
        base = base.clamp(0.0, 1.0)
    graded = saturate(_power(base, power), saturation)
    return graded.clamp(0.0, 1.0) if clamp else graded


def undo_cdl(colours: Tensor, slope: Tensor, offset: Tensor, power: Tensor, saturation: Tensor) -> Tensor:
    """What the non-clamping style turns into ``colours [..., 3]``; numbers as in ``apply_cdl``, all above 0."""
    grey = luma(colours)  # which saturation leaves as it is
    base = grey + (colours - grey) / saturation
    return (_power(base, 1.0 / power) - offset) / slope


def _power(base: Tensor, power: Tensor) -> Tensor:
    """``base ^ power`` where positive, ``base`` itself elsewhere (0 stays 0), with finite gradients.

    The inner ``where`` keeps 0 away from ``pow``: its gradient there is infinite for powers below 1,
    and infinity times the outer mask's zero is NaN.
    """
    positive = base > 0.0
    raised = torch.where(positive, base, torch.ones_like(base)) ** power
    return torch.where(positive, raised, base)
