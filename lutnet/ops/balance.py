"""A balance: the eight numbers by which shots of one scene differ, as one smooth transform that can be undone.

Saturation about luma, then contrast and a lift per channel on encoded values, then a gain per channel on scene light
behind the film shoulder of ``lutnet.ops.detune``: whatever ``undo`` undoes is a balance, up to clipping, and so is what
sets two cameras apart in white balance, exposure, contrast, flare and saturation. Nothing clips, so that balances
have derivatives everywhere and an exact inverse.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from lutnet.ops.cdl import saturate
from lutnet.ops.detune import CONTRAST_PIVOT
from lutnet.ops.weights import LUMA_WEIGHTS

SIZE = 8
STOPS, CONTRAST, LIFT, SATURATION = slice(0, 3), slice(3, 4), slice(4, 7), slice(7, 8)
"""Of a balance ``[..., 8]``: doublings of scene light for R, G, B; of contrast; lift for R, G, B; of saturation."""

_GAMMA, _WHITE = 2.2, 1.6
_WIDEST = 1.2  # encoded value beyond which light behind the shoulder is not told apart any more
_LEAST = 0.05


def apply_balance(colours: Tensor, balance: Tensor) -> Tensor:
    """Balance ``colours [..., 3]`` (display-encoded) by ``balance [..., 8]``, broadcast; may leave 0..1."""
    stops, contrast, lift, saturation = parts(balance)
    toned = (saturate(colours, 2.0**saturation) - CONTRAST_PIVOT) * 2.0**contrast + CONTRAST_PIVOT + lift
    return _lit(toned, 2.0**stops)


def undo_balance(colours: Tensor, balance: Tensor) -> Tensor:
    """What ``apply_balance`` turns into ``colours [..., 3]``."""
    stops, contrast, lift, saturation = parts(balance)
    toned = _lit(colours, 2.0**-stops)
    return saturate((toned - lift - CONTRAST_PIVOT) * 2.0**-contrast + CONTRAST_PIVOT, 2.0**-saturation)


def with_derivatives(colours: Tensor, balance: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """``apply_balance``, and its derivatives by the balance ``[..., 3, 8]`` and by the colours ``[..., 3, 3]``."""
    stops, contrast, lift, saturation = parts(balance)
    luma = colours.new_tensor(LUMA_WEIGHTS)
    away = colours - (colours * luma).sum(-1, keepdim=True)
    factor, steepness, gain = 2.0**saturation, 2.0**contrast, 2.0**stops
    saturated = colours + (factor - 1.0) * away
    toned = (saturated - CONTRAST_PIVOT) * steepness + CONTRAST_PIVOT + lift
    held = toned.clamp(-_WIDEST, _WIDEST)
    light = held.abs() ** _GAMMA
    below = (_WHITE + (gain - 1.0) * light).clamp(min=_LEAST)
    scale = (_WHITE * gain / below) ** (1.0 / _GAMMA)
    by_tone = torch.where(toned.abs() < _WIDEST, _WHITE * scale / below, scale)
    by_stop = math.log(2.0) / _GAMMA * toned * scale * (_WHITE - light) / below
    by_contrast = by_tone * math.log(2.0) * steepness * (saturated - CONTRAST_PIVOT)
    by_saturation = by_tone * steepness * math.log(2.0) * factor * away
    by_balance = torch.cat(
        (
            torch.diag_embed(by_stop),
            by_contrast.unsqueeze(-1),
            torch.diag_embed(by_tone),
            by_saturation.unsqueeze(-1),
        ),
        dim=-1,
    )
    eye = torch.eye(3, dtype=colours.dtype)
    mixing = factor.unsqueeze(-1) * (eye - luma) + luma  # [..., 3, 3]: rows are outputs
    by_colour = (by_tone * steepness).unsqueeze(-1) * mixing
    return toned * scale, by_balance, by_colour


def parts(balance: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Stops ``[..., 3]``, contrast ``[..., 1]``, lift ``[..., 3]`` and saturation ``[..., 1]``."""
    return balance[..., STOPS], balance[..., CONTRAST], balance[..., LIFT], balance[..., SATURATION]


def _lit(encoded: Tensor, gain: Tensor) -> Tensor:
    """Encoded values with ``gain`` on their scene light: ``enc(shoulder(gain * scene(lin(x))))`` in one step.

    In this form it has no root at black, is its own inverse with ``1 / gain``, and goes on below 0.
    """
    light = encoded.clamp(-_WIDEST, _WIDEST).abs() ** _GAMMA
    return encoded * (_WHITE * gain / (_WHITE + (gain - 1.0) * light).clamp(min=_LEAST)) ** (1.0 / _GAMMA)
