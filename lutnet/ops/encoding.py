"""Transfer functions and CIE Lab for display-referred video.

Sources: IEC 61966-2-1 (sRGB), ITU-R BT.709-6 (camera OETF), ITU-R BT.1886 (reference display EOTF, here with
a black level of 0: gamma 2.4), CIE 15 (Lab). Negative values are mirrored (``f(-x) = -f(x)``), so that
out-of-range colours survive a round trip. White is D65, x 0.3127, y 0.3290.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from lutnet.errors import InputError

BT1886_GAMMA = 2.4
D65_XYZ = (0.3127 / 0.3290, 1.0, (1.0 - 0.3127 - 0.3290) / 0.3290)
"""D65 white with Y = 1, from its chromaticity."""

RGB_TO_XYZ = (
    (0.4123907992659595, 0.3575843393838780, 0.1804807884018343),
    (0.2126390058715104, 0.7151686787677559, 0.0721923153607337),
    (0.0193308187155918, 0.1191947797946259, 0.9505321522496608),
)
"""Linear BT.709 (and sRGB) primaries to CIE XYZ, derived from the chromaticities at full precision."""

_LAB_EPSILON = 216.0 / 24389.0
_LAB_KAPPA = 24389.0 / 27.0


@dataclass(frozen=True, slots=True)
class Encoding:
    """A transfer function pair: ``decode`` goes to linear light (0..1), ``encode`` comes back."""

    name: str
    decode: Callable[[Tensor], Tensor]
    encode: Callable[[Tensor], Tensor]


def encoding(name: str) -> Encoding:
    """Look up ``srgb``, ``rec709`` or ``bt1886``. Raises InputError for another name."""
    try:
        return ENCODINGS[name]
    except KeyError:
        raise InputError("unknown encoding", value=name, allowed=", ".join(ENCODINGS)) from None


def linear_to_xyz(linear: Tensor) -> Tensor:
    """Linear BT.709 ``[..., 3]`` (1 = white) to CIE XYZ ``[..., 3]`` (Y = 1 for white)."""
    return linear @ linear.new_tensor(RGB_TO_XYZ).T


def xyz_to_lab(xyz: Tensor) -> Tensor:
    """CIE XYZ ``[..., 3]`` (D65, Y = 1 for white) to CIE Lab ``[..., 3]`` (L* 0..100)."""
    relative = xyz / xyz.new_tensor(D65_XYZ)
    above = relative > _LAB_EPSILON
    cube_root = torch.where(above, relative, torch.ones_like(relative)) ** (1.0 / 3.0)
    f = torch.where(above, cube_root, (_LAB_KAPPA * relative + 16.0) / 116.0)
    x, y, z = f.unbind(-1)
    return torch.stack((116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)), dim=-1)


def lab_to_rgb(lab: Tensor, encode: str = "srgb") -> Tensor:
    """CIE Lab ``[..., 3]`` (D65) to encoded R'G'B', the inverse of ``rgb_to_lab``; values may lie outside 0..1."""
    lightness, a, b = lab.unbind(-1)
    y = (lightness + 16.0) / 116.0
    f = torch.stack((y + a / 500.0, y, y - b / 200.0), dim=-1)
    relative = torch.where(f > _LAB_EPSILON ** (1.0 / 3.0), f**3, (116.0 * f - 16.0) / _LAB_KAPPA)
    to_linear = torch.linalg.inv(lab.new_tensor(RGB_TO_XYZ))
    return encoding(encode).encode((relative * lab.new_tensor(D65_XYZ)) @ to_linear.T)


def rgb_to_lab(colours: Tensor, decode: str = "srgb") -> Tensor:
    """Encoded R'G'B' ``[..., 3]`` to CIE Lab (D65); ``decode`` names the encoding (see ``encoding``)."""
    return xyz_to_lab(linear_to_xyz(encoding(decode).decode(colours)))


def _mirrored(curve: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
    # Not sign() * curve(abs()): both have gradient 0 at exactly 0, and black would stop learning.
    def mirrored(values: Tensor) -> Tensor:
        negative = values < 0.0
        result = curve(torch.where(negative, -values, values))
        return torch.where(negative, -result, result)

    return mirrored


def _piecewise(toe: Tensor, above: Tensor, values: Tensor, curve: Callable[[Tensor], Tensor]) -> Tensor:
    # The curve sees 1 wherever the toe is used, so that its gradient there cannot be infinite.
    return torch.where(above, curve(torch.where(above, values, torch.ones_like(values))), toe)


def _srgb_decode(values: Tensor) -> Tensor:
    return _piecewise(values / 12.92, values > 0.04045, values, lambda v: ((v + 0.055) / 1.055) ** 2.4)


def _srgb_encode(linear: Tensor) -> Tensor:
    return _piecewise(linear * 12.92, linear > 0.0031308, linear, lambda v: 1.055 * v ** (1 / 2.4) - 0.055)


# BT.709 gives 1.099 and 0.018; these are the values at which curve and slope are continuous.
_REC709_ALPHA = 1.09929682680944
_REC709_BETA = 0.018053968510807


def _rec709_decode(values: Tensor) -> Tensor:
    above = values > 4.5 * _REC709_BETA
    return _piecewise(
        values / 4.5,
        above,
        values,
        lambda v: ((v + _REC709_ALPHA - 1.0) / _REC709_ALPHA) ** (1 / 0.45),
    )


def _rec709_encode(linear: Tensor) -> Tensor:
    above = linear > _REC709_BETA
    return _piecewise(linear * 4.5, above, linear, lambda v: _REC709_ALPHA * v**0.45 - (_REC709_ALPHA - 1.0))


def _bt1886_decode(values: Tensor) -> Tensor:
    return values**BT1886_GAMMA


def _bt1886_encode(linear: Tensor) -> Tensor:
    above = linear > 0.0
    return _piecewise(torch.zeros_like(linear), above, linear, lambda v: v ** (1 / BT1886_GAMMA))


ENCODINGS = {
    "srgb": Encoding("srgb", _mirrored(_srgb_decode), _mirrored(_srgb_encode)),
    "rec709": Encoding("rec709", _mirrored(_rec709_decode), _mirrored(_rec709_encode)),
    "bt1886": Encoding("bt1886", _mirrored(_bt1886_decode), _mirrored(_bt1886_encode)),
}
