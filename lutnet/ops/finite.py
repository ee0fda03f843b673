"""NaN and infinity never enter the colour maths: a LUT or CDL that saw one would spread it in silence."""

from __future__ import annotations

import torch
from torch import Tensor

from lutnet.errors import InputError


def require_finite(name: str, values: Tensor) -> None:
    """Raise InputError when ``values`` holds NaN or infinity; ``name`` says whose values they are."""
    # A sum is finite only of finite values, and takes a tenth of the time; a vast one may be of finite values too.
    if bool(torch.isfinite(values.sum())) or bool(torch.isfinite(values).all()):
        return
    first = values[~torch.isfinite(values)][0].item()
    raise InputError(f"{name} hold a value that is not a number", value=first, allowed="finite numbers")


def require_colours(name: str, colours: Tensor) -> None:
    """Raise InputError unless ``colours`` is a finite floating-point tensor of shape ``[..., 3]``."""
    if colours.ndim == 0 or colours.shape[-1] != 3 or not colours.is_floating_point():
        raise InputError(
            f"{name} have the wrong shape or type",
            value=f"{tuple(colours.shape)} {colours.dtype}",
            allowed="a floating-point tensor [..., 3]",
        )
    require_finite(name, colours)
