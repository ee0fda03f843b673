"""A transform sampled into a lattice behind a shaper: close to it, fast, and with derivatives where it has none.

The shaper puts the lattice's points where the transform is steep.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from lutnet.ops.lut1d import apply_lut1d
from lutnet.ops.lut3d import identity_lattice, look_up, look_up_with_jacobian

CURVE_POINTS = 4096
EVEN_SHARE = 0.5
"""Share of the points that are spread evenly: where the transform is flat, colours still have to be told apart."""


@dataclass(frozen=True, eq=False, slots=True)
class ShapedLattice:
    """``curve [M, 3]``, the same for every channel: inputs 0..1 to places in the ``lattice [N, N, N, 3]`` (r, g, b)."""

    curve: Tensor
    lattice: Tensor

    @classmethod
    def sampled(cls, transform: Callable[[Tensor], Tensor], size: int = 65) -> ShapedLattice:
        """``transform`` takes and gives colours ``[..., 3]``; inputs outside 0..1 are not asked for."""
        shape = _shaper(transform)
        places = torch.linspace(0.0, 1.0, size, dtype=torch.float64)
        inputs = _inverse(shape, places).float()
        nodes = inputs[(identity_lattice(size) * (size - 1)).round().long()]
        return cls(shape.float().unsqueeze(-1).expand(-1, 3).contiguous(), transform(nodes))

    def apply(self, colours: Tensor) -> Tensor:
        """``colours [..., 3]``, clamped to 0..1; differentiable in them."""
        # In the lattice's own precision: to convert it would cost more than to use it.
        return look_up(self.place(colours.to(self.lattice)), self.lattice).to(colours)

    def place(self, colours: Tensor) -> Tensor:
        """Colours ``[..., 3]`` behind the shaper, 0..1: evenly seen, more or less."""
        return apply_lut1d(colours, self.curve)

    def unplace(self, places: Tensor) -> Tensor:
        """The colours of ``places [..., 3]``."""
        return _inverse(self.curve[:, 0].contiguous(), places.contiguous())

    def with_jacobian(self, colours: Tensor) -> tuple[Tensor, Tensor]:
        """The transformed ``colours [P, 3]``, and how they follow them: ``[P, 3 (out), 3 (in)]``."""
        inputs = colours.detach().to(self.lattice)
        last = len(self.curve) - 1
        row = (inputs.clamp(0.0, 1.0) * last).long().clamp(max=last - 1)
        steepness = self.curve[:, 0].diff()[row] * last
        outputs, jacobian = look_up_with_jacobian(self.place(inputs), self.lattice)
        return outputs.to(colours), (jacobian * steepness.unsqueeze(-2)).to(colours)


def _shaper(transform: Callable[[Tensor], Tensor]) -> Tensor:
    """Rising values ``[CURVE_POINTS]`` from 0 to 1, steep where ``transform`` changes the neutrals quickly."""
    grey = torch.linspace(0.0, 1.0, CURVE_POINTS).unsqueeze(-1).expand(-1, 3).contiguous()
    change = transform(grey).double().diff(dim=0).abs().mean(-1)
    share = change / change.sum().clamp(min=1e-9)
    share = (1 - EVEN_SHARE) * share + EVEN_SHARE / len(share)
    risen = torch.cat((share.new_zeros(1), share.cumsum(0)))
    return risen / risen[-1]


def _inverse(shape: Tensor, places: Tensor) -> Tensor:
    """The inputs at which the rising ``shape`` reaches ``places``."""
    after = torch.searchsorted(shape, places).clamp(1, len(shape) - 1)
    low, high = shape[after - 1], shape[after]
    part = (places - low) / (high - low)
    return ((after - 1) + part) / (len(shape) - 1)
