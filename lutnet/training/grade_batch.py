"""Many known grades at once, each with colours of its own."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from lutnet.ops.cdl import apply_cdl
from lutnet.ops.detune import detune
from lutnet.ops.lut3d import apply_lut3d
from lutnet.training.grades import (
    OFFSET_RANGE,
    POWER_RANGE,
    SATURATION_RANGE,
    SLOPE_RANGE,
    random_amounts,
)

DETUNE, CDL_GRADE, LUT_GRADE = range(3)
"""Kinds, in the order of ``grades.GradeKind``."""

NOTHING = 3
"""The kind of no grade at all."""


@dataclass(frozen=True, eq=False, slots=True)
class GradeBatch:
    """B grades: ``kinds [B]`` says which of ``amounts [B, 7]``, ``cdl [B, 10]``, ``looks [B]`` holds.

    pool: the lattices ``[L, N, N, N, 3]`` that ``looks`` counts.
    """

    kinds: Tensor
    amounts: Tensor
    cdl: Tensor
    looks: Tensor
    pool: Tensor

    def select(self, index: Tensor) -> GradeBatch:
        kinds, amounts, cdl, looks = self.kinds, self.amounts, self.cdl, self.looks
        return GradeBatch(kinds[index], amounts[index], cdl[index], looks[index], self.pool)

    def apply(self, colours: Tensor) -> Tensor:
        """Grade ``colours [B, P, 3]``, each row by its grade."""
        graded = colours.clone()
        detuned, with_cdl, looked = (self.kinds == kind for kind in (DETUNE, CDL_GRADE, LUT_GRADE))
        graded[detuned] = detune(colours[detuned], self.amounts[detuned].unsqueeze(1))
        numbers = torch.split(self.cdl[with_cdl].unsqueeze(1), [3, 3, 3, 1], dim=-1)
        graded[with_cdl] = apply_cdl(colours[with_cdl], *numbers)
        if bool(looked.any()):
            graded[looked] = apply_lut3d(colours[looked], self.pool[self.looks[looked]])
        return graded.clamp(0.0, 1.0)


def draw_grades(count: int, shares: tuple[float, ...], pool: Tensor, draw: torch.Generator) -> GradeBatch:
    """``count`` grades in the protocols' ranges; ``shares``: of the kinds, in their order."""

    def between(low: float, high: float, width: int) -> Tensor:
        return low + (high - low) * torch.rand(count, width, generator=draw)

    kinds = torch.multinomial(torch.tensor(shares), count, replacement=True, generator=draw)
    three = [between(*limits, 3) for limits in (SLOPE_RANGE, OFFSET_RANGE, POWER_RANGE)]
    return GradeBatch(
        kinds,
        torch.stack([random_amounts(draw) for _ in range(count)]),
        torch.cat((*three, between(*SATURATION_RANGE, 1)), dim=1),
        torch.randint(len(pool), (count,), generator=draw),
        pool,
    )
