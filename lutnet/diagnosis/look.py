"""What is right in one show: a look that belongs on frames which are neutral."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from lutnet.diagnosis.heads import HEADS
from lutnet.grade import CDL, LUT3D, Grade

_LATTICE = "look.lut"


@dataclass(frozen=True, eq=False, slots=True)
class Look:
    """grade: from neutral to right. amounts: the seven of the detune model that come nearest to it, -1..1."""

    grade: Grade
    amounts: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.amounts) != len(HEADS) or not all(
            math.isfinite(amount) and abs(amount) <= 1.0 for amount in self.amounts
        ):
            raise ValueError(f"amounts of a look are not {len(HEADS)} numbers in -1..1: {self.amounts}")


def look_to_plain(look: Look) -> dict[str, Any]:
    """``look`` but for its LUT, as JSON values."""
    cdl = look.grade.cdl
    return {
        "slope": cdl.slope,
        "offset": cdl.offset,
        "power": cdl.power,
        "saturation": cdl.saturation,
        "amounts": look.amounts,
        "lut": look.grade.lut is not None,
    }


def look_tensors(look: Look) -> dict[str, Tensor]:
    """The LUT of ``look``, if it has one, as it is stored: ``[N, N, N, 3]``, axes r, g, b."""
    lut = look.grade.lut
    return {} if lut is None else {_LATTICE: torch.from_numpy(lut.table.copy())}


def look_from_stored(
    plain: Mapping[str, Any] | None, tensors: Mapping[str, Tensor]
) -> tuple[Look | None, dict[str, Tensor]]:
    """The look that a file holds, and the tensors that are the network's.

    Raises KeyError, TypeError, ValueError or InputError for values that are no look.
    """
    rest = dict(tensors)
    if plain is None:
        return None, rest
    slope, offset, power = (tuple(plain[name]) for name in ("slope", "offset", "power"))
    cdl = CDL(slope, offset, power, float(plain["saturation"]))
    lut = LUT3D(rest.pop(_LATTICE).numpy()) if plain["lut"] else None
    return Look(Grade(cdl, lut), tuple(float(amount) for amount in plain["amounts"])), rest
