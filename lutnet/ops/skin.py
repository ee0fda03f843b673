"""Skin: which colours may be skin, and how far a grade turns their hue. Display-referred Rec.709, sRGB decoding."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from lutnet.ops.encoding import lab_to_rgb, rgb_to_lab

HUE_RANGE = (25.0, 92.0)
"""CIELAB hue angles of skin, degrees: from the reddest to the most yellow of all peoples, with some light."""

CHROMA_RANGE = (8.0, 45.0)
LIGHTNESS_RANGE = (15.0, 95.0)
_SOFT = (10.0, 4.0, 35.0)  # how far beyond each range something of the protection is left

_TONES = (
    *((246, 237, 228), (243, 231, 219), (247, 234, 208), (234, 218, 186), (215, 189, 150)),
    *((160, 126, 86), (130, 92, 67), (96, 65, 52), (58, 49, 42), (41, 36, 32)),
    *((115, 82, 68), (194, 150, 130), (240, 208, 184), (86, 58, 46)),
)


def skin_tones() -> Tensor:
    """Skin from the lightest to the darkest ``[14, 3]``, 0..1: the Monk scale, the ColorChecker's, two more."""
    return torch.tensor(_TONES, dtype=torch.float64) / 255.0


def skin_like(colours: Tensor) -> Tensor:
    """Which of ``colours [..., 3]`` may be skin, bool ``[...]``."""
    return skin_lab(rgb_to_lab(colours))


def skin_lab(lab: Tensor) -> Tensor:
    """Which of ``lab [..., 3]`` (CIE Lab) may be skin, bool ``[...]``."""
    lightness, chroma, hue = _polar_of_lab(lab)
    inside = [
        (low <= values) & (values <= high)
        for values, (low, high) in ((lightness, LIGHTNESS_RANGE), (chroma, CHROMA_RANGE), (hue, HUE_RANGE))
    ]
    return inside[0] & inside[1] & inside[2]


def hue_turn(colours: Tensor, graded: Tensor) -> Tensor:
    """By how many degrees of CIELAB hue each of ``colours [..., 3]`` was turned, -180..180."""
    turned: Tensor = (_polar(graded)[2] - _polar(colours)[2] + 180.0) % 360.0 - 180.0
    return turned


def turn_of_skin(grade: Callable[[Tensor], Tensor]) -> tuple[float, float]:
    """By how many degrees ``grade`` turns the hue of ``skin_tones``, from 0: the median and the most of them."""
    tones = skin_tones().float()
    turned = hue_turn(tones, grade(tones)).abs()
    return float(turned.median()), float(turned.max())


def hue_held(colours: Tensor, graded: Tensor, most: float = 0.0) -> Tensor:
    """``graded [..., 3]`` with the hue of skin turned by ``most`` degrees at most from what it is in ``colours``.

    Lightness and chroma stay as graded; values in 0..1. The nearer to skin a colour is, the more of its turn beyond
    that is taken back; greys and other hues keep what the grade made of them.
    """
    lightness, chroma, hue = _polar(graded)
    turned = hue_turn(colours, graded)
    back = torch.deg2rad(hue - (turned - turned.clamp(-most, most)) * skin_share(colours))
    lab = torch.stack((lightness, chroma * torch.cos(back), chroma * torch.sin(back)), dim=-1)
    return lab_to_rgb(lab).clamp(0.0, 1.0)


def skin_share(colours: Tensor) -> Tensor:
    """How much ``colours [..., 3]`` are skin, 0..1: 1 in the ranges above, falling softly beyond their ends."""
    share = torch.ones_like(colours[..., 0])
    ranges = (LIGHTNESS_RANGE, CHROMA_RANGE, HUE_RANGE)
    for values, (low, high), soft in zip(_polar(colours), ranges, _SOFT, strict=True):
        outside = torch.maximum(low - values, values - high).clamp(min=0.0)
        share = share * (1.0 - outside / soft).clamp(min=0.0)
    return share * share * (3.0 - 2.0 * share)


def _polar(colours: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    return _polar_of_lab(rgb_to_lab(colours))


def _polar_of_lab(lab: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    lightness, a, b = lab.unbind(-1)
    return lightness, (a * a + b * b).sqrt(), torch.rad2deg(torch.atan2(b, a))
