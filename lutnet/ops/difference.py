"""CIE DE2000 colour difference, safe to train through.

Source: G. Sharma, W. Wu, E. N. Dalal, "The CIEDE2000 color-difference formula", Color Research and
Application 30 (2005); equation numbers below are theirs.
"""

from __future__ import annotations

import torch
from torch import Tensor

from lutnet.errors import InputError
from lutnet.ops.encoding import rgb_to_lab
from lutnet.ops.finite import require_colours

GRADIENT_LIMIT = 3.0
"""Largest gradient of DE2000 with respect to one Lab colour that is passed on.

Away from neutrals the true gradient stays below about 2; beside a neutral the hue terms make it grow
without bound (and equal colours have none), so its length, not its direction, is limited there.
"""


def delta_e_2000(lab_1: Tensor, lab_2: Tensor) -> Tensor:
    """CIE DE2000 between Lab colours ``[..., 3]`` (L* 0..100), as ``[...]``.

    Gradients are finite everywhere, 0 for equal colours, and at most GRADIENT_LIMIT long per colour.
    First derivatives only. Raises InputError for NaN, infinity, shapes that differ.
    """
    require_colours("first colours", lab_1)
    require_colours("second colours", lab_2)
    if lab_1.shape != lab_2.shape:
        raise InputError(
            "colours to compare differ in shape",
            value=(tuple(lab_1.shape), tuple(lab_2.shape)),
            allowed="equal shapes",
        )
    difference: Tensor = _BoundedDeltaE.apply(lab_1, lab_2)  # type: ignore[no-untyped-call]
    return difference


def delta_e_rgb(encoded_1: Tensor, encoded_2: Tensor, decode: str = "srgb") -> Tensor:
    """CIE DE2000 between encoded R'G'B' colours ``[..., 3]`` in 0..1, as ``[...]``."""
    return delta_e_2000(rgb_to_lab(encoded_1, decode), rgb_to_lab(encoded_2, decode))


class _BoundedDeltaE(torch.autograd.Function):
    """The formula with its gradient computed beside it, cut to GRADIENT_LIMIT and cleared of NaN."""

    @staticmethod
    def forward(  # type: ignore[override]
        ctx: torch.autograd.function.FunctionCtx, lab_1: Tensor, lab_2: Tensor
    ) -> Tensor:
        if not (lab_1.requires_grad or lab_2.requires_grad):
            return _sharma(lab_1, lab_2)
        with torch.enable_grad():
            first, second = lab_1.detach().requires_grad_(), lab_2.detach().requires_grad_()
            difference = _sharma(first, second)
            gradients = torch.autograd.grad(difference.sum(), (first, second))
        ctx.save_for_backward(*(_bounded(gradient) for gradient in gradients))
        return difference.detach()

    @staticmethod
    def backward(ctx, grad_output: Tensor) -> tuple[Tensor, Tensor]:  # type: ignore[no-untyped-def, override]
        gradient_1, gradient_2 = ctx.saved_tensors
        upstream = grad_output.unsqueeze(-1)
        return upstream * gradient_1, upstream * gradient_2


def _bounded(gradient: Tensor) -> Tensor:
    gradient = torch.nan_to_num(gradient, nan=0.0, posinf=GRADIENT_LIMIT, neginf=-GRADIENT_LIMIT)
    length = gradient.norm(dim=-1, keepdim=True)
    scale: Tensor = GRADIENT_LIMIT / length.clamp(min=GRADIENT_LIMIT)
    return gradient * scale


def _sharma(lab_1: Tensor, lab_2: Tensor) -> Tensor:
    lightness_1, a_1, b_1 = lab_1.unbind(-1)
    lightness_2, a_2, b_2 = lab_2.unbind(-1)

    mean_chroma = (_length(a_1, b_1) + _length(a_2, b_2)) / 2  # (2, 3)
    g = 0.5 * (1 - _seventh_root_ratio(mean_chroma))  # (4)
    a_1, a_2 = (1 + g) * a_1, (1 + g) * a_2  # (5)
    chroma_1, chroma_2 = _length(a_1, b_1), _length(a_2, b_2)  # (6)
    hue_1, hue_2 = _hue_degrees(a_1, b_1), _hue_degrees(a_2, b_2)  # (7)

    d_lightness = lightness_2 - lightness_1  # (8)
    d_chroma = chroma_2 - chroma_1  # (9)
    d_hue = _hue_difference(a_1, b_1, a_2, b_2, chroma_1 * chroma_2)  # (10, 11)

    lightness = (lightness_1 + lightness_2) / 2  # (12)
    chroma = (chroma_1 + chroma_2) / 2  # (13)
    hue = _mean_hue(hue_1, hue_2, chroma_1 * chroma_2)  # (14)

    t = (
        1
        - 0.17 * _cos_degrees(hue - 30)
        + 0.24 * _cos_degrees(2 * hue)
        + 0.32 * _cos_degrees(3 * hue + 6)
        - 0.20 * _cos_degrees(4 * hue - 63)
    )  # (15)
    rotation = 30 * torch.exp(-(((hue - 275) / 25) ** 2))  # (16)
    r_c = 2 * _seventh_root_ratio(chroma)  # (17)
    from_middle = (lightness - 50) ** 2
    s_l = 1 + 0.015 * from_middle / torch.sqrt(20 + from_middle)  # (18)
    s_c = 1 + 0.045 * chroma  # (19)
    s_h = 1 + 0.015 * chroma * t  # (20)
    r_t = -torch.sin(torch.deg2rad(2 * rotation)) * r_c  # (21)

    l_term, c_term, h_term = d_lightness / s_l, d_chroma / s_c, d_hue / s_h
    squared = l_term**2 + c_term**2 + h_term**2 + r_t * c_term * h_term  # (22)
    return _safe_sqrt(squared)


def _safe_sqrt(values: Tensor) -> Tensor:
    """Square root with value and gradient 0 at 0 and below (rounding can leave -1e-12)."""
    positive = values > 0
    return torch.where(positive, torch.where(positive, values, torch.ones_like(values)).sqrt(), 0.0)


def _length(a: Tensor, b: Tensor) -> Tensor:
    return _safe_sqrt(a * a + b * b)


def _seventh_root_ratio(chroma: Tensor) -> Tensor:
    # As a ratio to 25: its seventh power stays far from the limits of float32.
    seventh = (chroma / 25.0) ** 7
    return _safe_sqrt(seventh / (seventh + 1.0))


def _cos_degrees(degrees: Tensor) -> Tensor:
    cosine: Tensor = torch.cos(torch.deg2rad(degrees))
    return cosine


def _hue_degrees(a: Tensor, b: Tensor) -> Tensor:
    neutral = (a == 0) & (b == 0)
    degrees = torch.rad2deg(torch.atan2(b, torch.where(neutral, torch.ones_like(a), a)))
    return torch.where(degrees < 0, degrees + 360.0, degrees)


def _hue_difference(a_1: Tensor, b_1: Tensor, a_2: Tensor, b_2: Tensor, product: Tensor) -> Tensor:
    """``2 sqrt(C1 C2) sin(dh / 2)`` without the angle, by half-angle formulas.

    Two forms, each where it loses no digits: hues less than 90 degrees apart as cross product over a
    half-angle cosine (smooth at equal hues), the others as a signed root of ``2 (C1 C2 - dot)``.
    """
    cross = a_1 * b_2 - a_2 * b_1
    dot = a_1 * a_2 + b_1 * b_2
    near = dot > 0
    half = torch.where(near, (product + dot) / 2, torch.ones_like(dot))
    far = torch.where(cross < 0, -1.0, 1.0) * _safe_sqrt(2 * (product - dot))
    return torch.where(near, cross / half.sqrt(), far)


def _mean_hue(hue_1: Tensor, hue_2: Tensor, product: Tensor) -> Tensor:
    total = hue_1 + hue_2
    apart = (hue_1 - hue_2).abs() > 180.0
    wrapped = torch.where(total < 360.0, total + 360.0, total - 360.0)
    mean = torch.where(apart, wrapped, total) / 2
    return torch.where(product == 0, total, mean)
