"""The detune model: seven ways in which a display-referred Rec.709 frame can be wrong.

A detune is a vector ``p`` in [-1, 1]^7 in the order of NAMES; 0 is untouched, +-1 is 100 %. The first three
act on scene light behind a simple film shoulder, so that exposure happens in the scene and not on the
display. After Gibbs, "Video color grading via deep neural networks": spoil right frames in a known way,
learn to name and undo it.
"""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor

from lutnet.ops.cdl import saturate

NAMES = (
    "exposure",
    "temperature",
    "tint",
    "contrast",
    "black_point",
    "white_point",
    "saturation",
)
LEVELS = (-1.0, -2 / 3, -1 / 3, 0.0, 1 / 3, 2 / 3, 1.0)
"""The seven levels of a correction: -100, -66, -33, 0, 33, 66, 100 %."""

EXPOSURE_STOPS = 1.5
TEMPERATURE_STOPS = 0.6  # red up and blue down by as much
TINT_GREEN_STOPS = 0.45
TINT_RED_BLUE_STOPS = -0.15
CONTRAST_STOPS = 0.7
CONTRAST_PIVOT = 0.43
BLACK_RANGE = 0.15
WHITE_RANGE = 0.30
PALE_RANGE = 0.9  # the palest level keeps a tenth of the saturation

_GAMMA = 2.2
_SHOULDER_KNEE = 0.6
_SHOULDER_MAX = 1.6
_PLACES = 255 * 256


def detune(colours: Tensor, amounts: Tensor) -> Tensor:
    """Spoil ``colours [..., 3]`` (display-encoded Rec.709, 0..1) by ``amounts [..., 7]``, broadcast.

    Returns ``[..., 3]`` in 0..1, not quantised. Amount 0 returns the colours up to rounding.
    """
    exposure, temperature, tint, contrast, black, white, saturation = amounts.unsqueeze(-2).unbind(-1)
    display = enc(shoulder(scene(lin(colours)) * light_gain(exposure, temperature, tint)))
    toned = _clip((display - CONTRAST_PIVOT) * 2.0 ** (CONTRAST_STOPS * contrast) + CONTRAST_PIVOT)
    lifted = _black(toned, BLACK_RANGE * black)
    whitened = _white(lifted, WHITE_RANGE * white)
    return _clip(saturate(whitened, saturation_factor(saturation)))


def light_gain(exposure: Tensor, temperature: Tensor, tint: Tensor) -> Tensor:
    """Gain on scene light per channel, ``[..., 3]``, for amounts ``[..., 1]``."""
    stops = EXPOSURE_STOPS * exposure + torch.cat(
        (
            TEMPERATURE_STOPS * temperature + TINT_RED_BLUE_STOPS * tint,
            TINT_GREEN_STOPS * tint,
            -TEMPERATURE_STOPS * temperature + TINT_RED_BLUE_STOPS * tint,
        ),
        dim=-1,
    )
    return 2.0**stops


def saturation_factor(amount: Tensor) -> Tensor:
    """The factor on colourfulness for a saturation amount in [-1, 1]."""
    return torch.where(amount > 0, 1.0 + amount, 1.0 + PALE_RANGE * amount)


def lin(encoded: Tensor) -> Tensor:
    return encoded**_GAMMA


def enc(linear: Tensor) -> Tensor:
    # 1e-8 keeps the root's gradient finite at black and is far below a 16-bit step.
    return linear.clamp(1e-8, 1.0) ** (1.0 / _GAMMA)


def scene(linear: Tensor) -> Tensor:
    """Display light (0..1) back through the shoulder to scene light."""
    return _SHOULDER_KNEE * linear / (_SHOULDER_MAX - linear)


def scene_stops(encoded: Tensor) -> Tensor:
    """Scene light of display-encoded values in 0..1, in stops: ``log2(scene(lin(x)))``, from the first 8-bit code on.

    Read off a table that every 8-bit code is a place of: 0.006 stops of the lowest code are the farthest it is off, for
    a ninth of the time.
    """
    places = (encoded.clamp(0.0, 1.0) * _PLACES + 0.5).int()
    return _stops_table().to(encoded.device).index_select(0, places.flatten()).view(encoded.shape)


@cache
def _stops_table() -> Tensor:
    values = torch.arange(_PLACES + 1, dtype=torch.float64) / _PLACES
    return torch.log2(scene(lin(values.clamp(min=1 / 256)))).float()


def shoulder(light: Tensor) -> Tensor:
    """Scene light (>= 0) through the film shoulder to display light, at most 1.6 before clipping."""
    return _SHOULDER_MAX * light / (light + _SHOULDER_KNEE)


def _black(values: Tensor, lift: Tensor) -> Tensor:
    return torch.where(lift > 0, lift + (1.0 - lift) * values, _clip((values + lift) / (1.0 + lift)))


def _white(values: Tensor, lift: Tensor) -> Tensor:
    return torch.where(lift < 0, values * (1.0 + lift), _clip(values / (1.0 - lift)))


def _clip(values: Tensor) -> Tensor:
    return values.clamp(0.0, 1.0)


def undo(colours: Tensor, amounts: Tensor) -> Tensor:
    """Undo ``detune`` as far as it can be undone: what was clipped stays clipped.

    ``colours [..., 3]`` in 0..1, ``amounts [..., 7]``; returns ``[..., 3]`` in 0..1.
    """
    exposure, temperature, tint, contrast, black, white, saturation = amounts.unsqueeze(-2).unbind(-1)
    lift, gain = BLACK_RANGE * black, WHITE_RANGE * white
    values = saturate(colours, 1.0 / saturation_factor(saturation))
    values = torch.where(gain < 0, values / (1.0 + gain), values * (1.0 - gain))
    values = torch.where(lift > 0, (values - lift) / (1.0 - lift), values * (1.0 + lift) - lift)
    values = (values - CONTRAST_PIVOT) * 2.0 ** (-CONTRAST_STOPS * contrast) + CONTRAST_PIVOT
    # 1e-8 as in enc(): the power's gradient at 0 times anything is fine, but black must not go negative.
    light = scene(lin(values.clamp(1e-8, 1.0))) / light_gain(exposure, temperature, tint)
    return enc(shoulder(light))
