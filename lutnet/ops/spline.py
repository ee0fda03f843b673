"""Uniform cubic B-splines over the colour cube, ``control`` points per axis: their values and their least squares.

A colour is ruled by the 4 x 4 x 4 control points around it alone. The normal equations are therefore summed
interval by interval and solved in a band; a dense design would cost some twenty times as much.
"""

from __future__ import annotations

import torch
from scipy.linalg import solveh_banded
from torch import Tensor

_REACH = 4  # control points per axis that rule one place


def spline_at(places: Tensor, control: int) -> tuple[Tensor, Tensor]:
    """First of the four control points that rule each of ``places`` (0..1), and their weights ``[..., 4]``."""
    position = places.clamp(0.0, 1.0) * (control - _REACH + 1)
    first = position.floor().clamp(max=control - _REACH)
    t = position - first
    rising = (t**3, 1.0 + 3.0 * (t + t**2 - t**3), 4.0 - 6.0 * t**2 + 3.0 * t**3, (1.0 - t) ** 3)
    return first.long(), torch.stack(rising[::-1], dim=-1) / 6.0


def normal_equations(
    colours: Tensor, values: Tensor, precision: Tensor, control: int
) -> tuple[Tensor, Tensor]:
    """``A^T W A [B, n]`` and ``A^T W values [n, K]`` of n = ``control ** 3`` control points (axes r, g, b).

    ``colours [P, 3]`` in 0..1, ``values [P, K]`` and ``precision [P]``, all float64. The matrix is symmetric, kept as
    a band (see ``band_width``): whole it would be 24 MB.
    """
    first, weights = spline_at(colours, control)
    ruled = torch.einsum("pr,pg,pb->prgb", weights[:, 0], weights[:, 1], weights[:, 2]).flatten(1)
    corner = _flat(first, control)
    order = corner.argsort(stable=True)
    corners, interval, counts = torch.unique_consecutive(
        corner[order], return_inverse=True, return_counts=True
    )
    place = torch.arange(len(order)) - (counts.cumsum(0) - counts)[interval]
    most = int(counts.max()) if len(counts) else 0
    rows = ruled.new_zeros(len(corners), most, _REACH**3 + values.shape[1])
    rows[interval, place] = torch.cat((ruled, values), dim=1)[order] * precision[order].sqrt().unsqueeze(-1)
    summed = rows[..., : _REACH**3].mT @ rows
    around = _flat(torch.cartesian_prod(*[torch.arange(_REACH)] * 3), control)
    points, size = corners.unsqueeze(-1) + around, control**3
    rows_of, columns_of = torch.tril_indices(_REACH**3, _REACH**3)
    places = (around[rows_of] - around[columns_of]) * size + points[:, columns_of]
    band = ruled.new_zeros(band_width(control) * size)
    band.index_add_(0, places.flatten(), summed[:, rows_of, columns_of].flatten())
    wanted = summed[..., _REACH**3 :].reshape(-1, values.shape[1])
    right = ruled.new_zeros(size, values.shape[1]).index_add_(0, points.flatten(), wanted)
    return band.view(-1, size), right


def band_width(control: int) -> int:
    """Rows of a symmetric matrix of control points as a band: row b holds at j what is at ``[j + b, j]``.

    It ties points together that are at most three apart on each axis.
    """
    return (_REACH - 1) * (control**2 + control + 1) + 1


def banded(matrix: Tensor, control: int) -> Tensor:
    """The band ``[B, n]`` of ``matrix [n, n]``."""
    size = control**3
    band = matrix.new_zeros(band_width(control), size)
    for below, row in enumerate(band):
        row[: size - below] = matrix.diagonal(-below)
    return band


def solved(band: Tensor, right: Tensor) -> Tensor:
    """``x [n, K]`` with ``A @ x = right``, for the positive definite ``A`` whose ``band`` this is, which is used up."""
    found = solveh_banded(band.numpy(), right.numpy(), lower=True, overwrite_ab=True, check_finite=False)
    return torch.from_numpy(found)


def sampled(control_points: Tensor, size: int) -> Tensor:
    """The spline of ``control_points [n, K]`` on a lattice: ``[size, size, size, K]``, inputs 0..1."""
    control = round(len(control_points) ** (1 / 3))
    first, weights = spline_at(torch.linspace(0.0, 1.0, size, dtype=control_points.dtype), control)
    axis = weights.new_zeros(size, control)
    axis.scatter_(1, first.unsqueeze(-1) + torch.arange(_REACH), weights)
    cube = control_points.view(control, control, control, -1)
    return torch.einsum("rgbc,xr,yg,zb->xyzc", cube, axis, axis, axis).contiguous()


def _flat(points: Tensor, control: int) -> Tensor:
    """Numbers of control points ``[..., 3]`` (r, g, b) in a flat table."""
    return (points * points.new_tensor((control**2, control, 1))).sum(-1)
