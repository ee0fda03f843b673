"""Creative grades made up at random, beside the third-party LUTs: more looks than any pack holds."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from lutnet.grade import LUT3D
from lutnet.ops.cdl import luma, saturate
from lutnet.ops.lut3d import apply_lut3d, identity_lattice

POINTS = 17


def look_pool(luts: Sequence[tuple[str, LUT3D]], count: int, draw: torch.Generator) -> Tensor:
    """``count`` lattices ``[count, POINTS, POINTS, POINTS, 3]`` to draw creative grades from.

    A quarter each: the LUTs themselves, mixtures of two, such mixtures behind a made-up look, made-up looks.
    """
    lattices = as_pool(luts)
    pool = []
    for number in range(count):
        one, two = (lattices[int(torch.randint(len(lattices), (), generator=draw))] for _ in range(2))
        share = torch.rand((), generator=draw)
        mixture = torch.lerp(one, two, share)
        made = random_look(identity_lattice(POINTS), draw)
        pool.append((one, mixture, apply_lut3d(made, mixture), made)[number % 4])
    return torch.stack(pool).clamp(0.0, 1.0)


def as_pool(luts: Sequence[tuple[str, LUT3D]]) -> Tensor:
    """``luts`` as they are, as lattices ``[len(luts), POINTS, POINTS, POINTS, 3]``."""
    return torch.stack([_sampled(lut) for _, lut in luts]).clamp(0.0, 1.0)


def random_look(colours: Tensor, draw: torch.Generator) -> Tensor:
    """A made-up look on ``colours [..., 3]``: crosstalk, curves, split toning, saturation by tone."""

    def uniform(*shape: int) -> Tensor:
        return 2.0 * torch.rand(*shape, generator=draw) - 1.0

    crosstalk = torch.eye(3) + 0.12 * uniform(3, 3)
    mixed = (colours @ (crosstalk / crosstalk.sum(0))).clamp(0.0, 1.0)
    gamma = 2.0 ** (0.45 * uniform(1) + 0.2 * uniform(3))
    curved = mixed**gamma
    shape = 0.5 * uniform(1) + 0.15 * uniform(3)
    curved = curved + shape * curved * (1.0 - curved) * (2.0 * curved - 1.0)
    lift, gain = 0.05 + 0.05 * uniform(1) + 0.03 * uniform(3), 0.96 + 0.04 * uniform(1) + 0.05 * uniform(3)
    curved = lift + (gain - lift) * curved
    grey = luma(curved)
    toned = curved + 0.07 * (uniform(3) * (1.0 - grey) ** 2 + uniform(3) * grey**2)
    factor = (1.0 + 0.4 * uniform(1)) + 0.3 * uniform(1) * (2.0 * grey - 1.0)
    return saturate(toned, factor.clamp(min=0.0)).clamp(0.0, 1.0)


def _sampled(lut: LUT3D) -> Tensor:
    return lut.apply(identity_lattice(POINTS))
