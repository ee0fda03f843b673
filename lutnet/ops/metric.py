"""DE2000 for small differences, as a matrix: what a least-squares fit needs to minimise what is seen."""

from __future__ import annotations

import torch
from torch import Tensor

from lutnet.ops.encoding import rgb_to_lab

_DARKEST = 0.02
"""Encoded value below which the metric is that of this value: sRGB's toe would make black infinitely loud."""


def perceptual_metric(colours: Tensor) -> Tensor:
    """Matrices ``[..., 3, 3]`` that turn a small difference of encoded R'G'B' into DE2000 units.

    ``colours [..., 3]`` (0..1, sRGB decoding) is where the difference is; the length of
    ``matrix @ difference`` approximates DE2000 (weights S_L, S_C, S_H; no hue rotation).
    """
    around = colours.detach().clamp(_DARKEST, 1.0)
    lab = rgb_to_lab(around)
    return _lab_weights(lab) @ _lab_jacobian(around)


def _lab_jacobian(colours: Tensor, step: float = 1e-3) -> Tensor:
    """Lab by R'G'B', ``[..., 3 (Lab), 3 (RGB)]``, by central differences."""
    steps = step * torch.eye(3, dtype=colours.dtype, device=colours.device)
    around = colours.unsqueeze(-2)
    return ((rgb_to_lab(around + steps) - rgb_to_lab(around - steps)) / (2 * step)).transpose(-1, -2)


def _lab_weights(lab: Tensor) -> Tensor:
    """Rotation to lightness, chroma and hue, each divided by its DE2000 weight; ``[..., 3, 3]``."""
    lightness, a, b = lab.unbind(-1)
    chroma = (a * a + b * b).sqrt()
    stretch = 1.0 + 0.5 * (1.0 - (chroma**7 / (chroma**7 + 25.0**7)).sqrt())  # 1 + G, on a* alone
    towards_a = torch.where(chroma > 1e-6, a / chroma.clamp(min=1e-6), torch.ones_like(a))
    towards_b = torch.where(chroma > 1e-6, b / chroma.clamp(min=1e-6), torch.zeros_like(b))
    middle = (lightness - 50.0).square()
    s_l = 1.0 + 0.015 * middle / (20.0 + middle).sqrt()
    s_c = 1.0 + 0.045 * chroma
    s_h = 1.0 + 0.015 * chroma
    zero = torch.zeros_like(lightness)
    rows = (
        torch.stack((1.0 / s_l, zero, zero), -1),
        torch.stack((zero, stretch * towards_a / s_c, towards_b / s_c), -1),
        torch.stack((zero, -stretch * towards_b / s_h, towards_a / s_h), -1),
    )
    return torch.stack(rows, -2)
