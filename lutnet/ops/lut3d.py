"""3D LUT application: trilinear and tetrahedral interpolation of a lattice indexed ``[r, g, b]``.

Values outside the domain are clamped to it, as OpenColorIO's Lut3DTransform does. Both interpolations
are linear in the lattice and differentiable in lattice and colours.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

import torch
from torch import Tensor

from lutnet.errors import InputError
from lutnet.ops.finite import require_colours


class Interpolation(Enum):
    TRILINEAR = "trilinear"
    TETRAHEDRAL = "tetrahedral"


UNIT_DOMAIN = ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
Triple = tuple[float, float, float]


def identity_lattice(
    size: int, domain: tuple[Triple, Triple] = UNIT_DOMAIN, *, dtype: torch.dtype = torch.float32
) -> Tensor:
    """The lattice ``[size, size, size, 3]`` (axes r, g, b) that maps every colour of ``domain`` to itself."""
    low, high = domain
    axes = [torch.linspace(low[c], high[c], size, dtype=dtype) for c in range(3)]
    return torch.stack(torch.meshgrid(*axes, indexing="ij"), dim=-1)


def apply_lut3d(
    colours: Tensor,
    lattice: Tensor,
    domain: tuple[Triple, Triple] = UNIT_DOMAIN,
    interpolation: Interpolation = Interpolation.TETRAHEDRAL,
) -> Tensor:
    """Look ``colours`` up in ``lattice``.

    Parameters
    ----------
    colours: ``[..., 3]``; with a batched lattice ``[B, ..., 3]``. Clamped to ``domain``.
    lattice: ``[N, N, N, 3]`` or ``[B, N, N, N, 3]``, axes r, g, b, N >= 2; any output values.
    domain: input colours of the first and the last lattice point.

    Returns the shape of ``colours``.
    Raises InputError for NaN, infinity or shapes that do not fit.
    """
    require_colours("colours", colours)
    require_colours("lattice points", lattice)
    _check_shapes(colours, lattice)
    return look_up(colours, lattice, domain, interpolation)


def look_up(
    colours: Tensor,
    lattice: Tensor,
    domain: tuple[Triple, Triple] = UNIT_DOMAIN,
    interpolation: Interpolation = Interpolation.TETRAHEDRAL,
) -> Tensor:
    """``apply_lut3d`` of what is known to be sound: looking for NaN in a large lattice costs more than using it."""
    size = lattice.shape[-2]
    position = _lattice_position(colours, domain, size)
    base = position.detach().floor().clamp(max=size - 2)
    fraction = position - base
    corner = (base.to(torch.int64) * _strides(size, colours.device)).sum(-1)
    if lattice.ndim == 5:
        # Batched lattices lie one after another in the flat table.
        offsets = torch.arange(lattice.shape[0], device=colours.device) * size**3
        corner = corner + offsets.view(-1, *[1] * (corner.ndim - 1))
    table = lattice.reshape(-1, 3)
    return INTERPOLATORS[interpolation](table, corner, fraction, _strides(size, colours.device))


def look_up_with_jacobian(colours: Tensor, lattice: Tensor) -> tuple[Tensor, Tensor]:
    """``colours [P, 3]`` in 0..1 looked up tetrahedrally, and how that follows them: ``[P, 3 (out), 3 (in)]``."""
    size = lattice.shape[0]
    position = _lattice_position(colours, UNIT_DOMAIN, size)
    base = position.floor().clamp(max=size - 2)
    strides = _strides(size, colours.device)
    ordered, axes = (position - base).sort(dim=-1, descending=True)
    corner = (base.long() * strides).sum(-1, keepdim=True)
    walked = torch.cat((corner, corner + strides[axes].cumsum(-1)), -1)
    values = lattice.reshape(-1, 3)[walked]
    rises = values.diff(dim=1)  # along each axis, from the largest fraction to the smallest
    outputs = values[:, 0] + (rises * ordered.unsqueeze(-1)).sum(1)
    jacobian = torch.zeros_like(rises).scatter_(1, axes.unsqueeze(-1).expand_as(rises), rises)
    return outputs, jacobian.mT * (size - 1)


def _lattice_position(colours: Tensor, domain: tuple[Triple, Triple], size: int) -> Tensor:
    if domain != UNIT_DOMAIN:
        low, high = (colours.new_tensor(end) for end in domain)
        colours = (colours - low) / (high - low)
    return colours.clamp(0.0, 1.0) * (size - 1)


def _strides(size: int, device: torch.device) -> Tensor:
    return torch.tensor([size * size, size, 1], device=device)


def _trilinear(table: Tensor, corner: Tensor, fraction: Tensor, strides: Tensor) -> Tensor:
    stride_r, stride_g, stride_b = strides.tolist()
    r, g, b = (fraction[..., c : c + 1] for c in range(3))

    def along_b(index: Tensor) -> Tensor:
        return torch.lerp(table[index], table[index + stride_b], b)

    def along_g(index: Tensor) -> Tensor:
        return torch.lerp(along_b(index), along_b(index + stride_g), g)

    return torch.lerp(along_g(corner), along_g(corner + stride_r), r)


def _tetrahedral(table: Tensor, corner: Tensor, fraction: Tensor, strides: Tensor) -> Tensor:
    corners, weights = _tetrahedron(corner, fraction, strides)
    mixed = table[corners[0]] * weights[0]
    for index, weight in zip(corners[1:], weights[1:], strict=True):
        mixed = mixed + table[index] * weight
    return mixed


def vertices(colours: Tensor, size: int) -> tuple[Tensor, Tensor]:
    """Which points of a lattice of ``size`` tetrahedral interpolation mixes for ``colours [P, 3]`` in 0..1.

    Returns indices into the flat table ``[P, 4]`` and their weights ``[P, 4]``, which sum to 1.
    """
    position = _lattice_position(colours, UNIT_DOMAIN, size)
    base = position.floor().clamp(max=size - 2)
    strides = _strides(size, colours.device)
    corners, weights = _tetrahedron((base.long() * strides).sum(-1), position - base, strides)
    return torch.stack(corners, -1), torch.cat(weights, -1)


def _tetrahedron(corner: Tensor, fraction: Tensor, strides: Tensor) -> tuple[list[Tensor], list[Tensor]]:
    # Walking the cell's axes from the largest fraction to the smallest visits the four vertices of
    # the tetrahedron that holds the colour; the differences of the fractions are its weights.
    ordered, axes = fraction.sort(dim=-1, descending=True)
    steps = strides[axes]
    largest, middle, smallest = (ordered[..., c : c + 1] for c in range(3))
    second = corner + steps[..., 0]
    third = second + steps[..., 1]
    last = third + steps[..., 2]
    return [corner, second, third, last], [1.0 - largest, largest - middle, middle - smallest, smallest]


INTERPOLATORS: dict[Interpolation, Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]] = {
    Interpolation.TRILINEAR: _trilinear,
    Interpolation.TETRAHEDRAL: _tetrahedral,
}


def _check_shapes(colours: Tensor, lattice: Tensor) -> None:
    size = lattice.shape[-2]
    cubic = lattice.ndim in (4, 5) and lattice.shape[-4:-1] == (size, size, size) and size >= 2
    if not cubic:
        raise InputError(
            "lattice is not a cube",
            value=tuple(lattice.shape),
            allowed="[N, N, N, 3] or [B, N, N, N, 3] with N >= 2",
        )
    if lattice.ndim == 5 and (colours.ndim < 2 or colours.shape[0] != lattice.shape[0]):
        raise InputError(
            "batch of colours and batch of lattices differ",
            value=(tuple(colours.shape), tuple(lattice.shape)),
            allowed="the same first dimension",
        )
