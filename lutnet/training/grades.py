"""Known grades, drawn at random: detune vectors, ASC CDLs and third-party creative LUTs.

Ranges are those of the measuring protocols (M for detunes). Each grade records what was drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from lutnet.errors import GradeFileError
from lutnet.grade import CDL, LUT3D
from lutnet.ops.detune import detune

DETUNE_RANGE = (0.6, 0.8, 0.5, 0.6, 0.6, 0.6, 0.5)
"""Protocol M: each amount is uniform in plus or minus this, in the order of the detune model."""

SLOPE_RANGE = (0.8, 1.25)
OFFSET_RANGE = (-0.06, 0.06)
POWER_RANGE = (0.8, 1.25)
SATURATION_RANGE = (0.6, 1.4)

TEST_STOCKS = ("kodachrome", "provia", "polaroid")
"""Film stocks whose LUTs are for testing only: LUTs of one stock resemble each other."""


class GradeKind(StrEnum):
    DETUNE = "detune"
    CDL = "CDL"
    LUT = "LUT"


@dataclass(frozen=True, eq=False, slots=True)
class Detune:
    """A detune by ``amounts [7]``, used as a grade."""

    amounts: Tensor

    def apply_colours(self, colours: Tensor) -> Tensor:
        return detune(colours, self.amounts.to(colours))


@dataclass(frozen=True, eq=False, slots=True)
class KnownGrade:
    """A grade whose truth is known. ``transform`` grades colours ``[..., 3]`` (encoded, 0..1)."""

    kind: GradeKind
    name: str
    transform: Detune | CDL | LUT3D

    def apply_colours(self, colours: Tensor) -> Tensor:
        if isinstance(self.transform, Detune):
            return self.transform.apply_colours(colours)
        return self.transform.apply(colours).clamp(0.0, 1.0)

    def apply(self, pixels: Tensor) -> Tensor:
        """Grade ``pixels [..., 3, H, W]`` in 0..1."""
        return self.apply_colours(pixels.movedim(-3, -1)).movedim(-1, -3)


def random_grade(kind: GradeKind, luts: Sequence[tuple[str, LUT3D]], draw: torch.Generator) -> KnownGrade:
    """Draw one grade of ``kind``; ``luts`` are the named LUTs to draw from."""
    if kind is GradeKind.DETUNE:
        return KnownGrade(kind, "detune", Detune(random_amounts(draw)))
    if kind is GradeKind.CDL:
        return KnownGrade(kind, "CDL", random_cdl(draw))
    name, lut = luts[int(torch.randint(len(luts), (), generator=draw))]
    return KnownGrade(kind, name, lut)


def random_amounts(draw: torch.Generator) -> Tensor:
    """A detune vector ``[7]`` as protocol M draws it."""
    return (2.0 * torch.rand(7, generator=draw) - 1.0) * torch.tensor(DETUNE_RANGE)


def random_cdl(draw: torch.Generator) -> CDL:
    def three(low: float, high: float) -> tuple[float, float, float]:
        red, green, blue = (low + (high - low) * torch.rand(3, generator=draw)).tolist()
        return (red, green, blue)

    saturation = three(*SATURATION_RANGE)[0]
    return CDL(three(*SLOPE_RANGE), three(*OFFSET_RANGE), three(*POWER_RANGE), saturation)


def read_luts(folder: Path) -> list[tuple[str, LUT3D]]:
    """All 3D ``.cube`` files below ``folder`` with their names, in the order of their paths.

    Raises GradeFileError where there is none.
    """

    paths = sorted(folder.rglob("*.cube"))
    if not paths:
        raise GradeFileError("no .cube file found", where=folder)
    return [(path.stem, LUT3D(_table(path))) for path in paths]


def is_for_testing(name: str) -> bool:
    """Whether the LUT of this name is kept from training."""
    return any(stock in name for stock in TEST_STOCKS)


def _table(path: Path) -> npt.NDArray[np.float32]:
    import colour

    return np.asarray(colour.io.read_LUT_IridasCube(str(path)).table, dtype=np.float32)
