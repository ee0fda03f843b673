"""The records of a grade: CDL, residual LUT, diagnosis. Values and validation; ``lutnet.ops`` executes them.

A grade is applied as the ASC CDL (clamping style) first and the LUT on its result, both in the grading
space, on encoded values.
"""

from __future__ import annotations

import hashlib
import math
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from lutnet.errors import InputError

if TYPE_CHECKING:
    from torch import Tensor

    from lutnet.ops.shaped_lattice import ShapedLattice

Triple = tuple[float, float, float]
DECIMALS = 6
"""Every carrier states CDL numbers with six decimals, so a grade never holds more: files equal memory."""


@dataclass(frozen=True, slots=True)
class CDL:
    """An ASC CDL v1.2. Slope >= 0, power > 0, saturation >= 0; offset any. R, G, B order; six decimals."""

    slope: Triple = (1.0, 1.0, 1.0)
    offset: Triple = (0.0, 0.0, 0.0)
    power: Triple = (1.0, 1.0, 1.0)
    saturation: float = 1.0

    def __post_init__(self) -> None:
        for name in ("slope", "offset", "power"):
            values = tuple(_rounded(value) for value in getattr(self, name))
            if len(values) != 3:
                raise InputError(f"CDL {name} has {len(values)} values", allowed="3: red, green, blue")
            object.__setattr__(self, name, values)
        object.__setattr__(self, "saturation", _rounded(self.saturation))
        numbers = (*self.slope, *self.offset, *self.power, self.saturation)
        if not all(math.isfinite(number) for number in numbers):
            raise InputError("CDL holds a value that is not a number", value=numbers)
        if min(*self.slope, self.saturation) < 0:
            raise InputError(
                "CDL slope or saturation is negative",
                value=(*self.slope, self.saturation),
                allowed="0 and above",
            )
        if min(self.power) <= 0:
            raise InputError("CDL power is not positive", value=self.power, allowed="above 0")

    @property
    def is_identity(self) -> bool:
        return self == CDL()

    @classmethod
    def fitted(
        cls,
        source: Tensor,
        target: Tensor,
        weights: Tensor | None = None,
        *,
        prior: float = 1e-3,
        toward: CDL | None = None,
        start: CDL | None = None,
        through: ShapedLattice | None = None,
    ) -> CDL:
        """The CDL that takes colours ``source [P, 3]`` nearest to ``target``; see ``lutnet.ops.fit_cdl``."""
        from lutnet.ops.fit_cdl import CDLNumbers, fit_cdl

        anchor, first = (
            None if cdl is None else CDLNumbers.of(cdl.slope, cdl.offset, cdl.power, cdl.saturation)
            for cdl in (toward, start)
        )
        found = fit_cdl(source, target, weights, prior=prior, toward=anchor, start=first, through=through)
        return cls(
            _triple(found.slope.tolist()),
            _triple(found.offset.tolist()),
            _triple(found.power.tolist()),
            found.saturation.item(),
        )

    def scaled(self, strength: float) -> CDL:
        """The CDL at ``strength`` (0 identity, 1 this): slope^s, s * offset, power^s, 1 + s (saturation - 1).

        Raises InputError where strength makes saturation negative or is not finite and >= 0.
        """
        if not (math.isfinite(strength) and strength >= 0):
            raise InputError("strength is out of range", value=strength, allowed="0 and above")
        return CDL(
            slope=_triple(value**strength for value in self.slope),
            offset=_triple(strength * value for value in self.offset),
            power=_triple(value**strength for value in self.power),
            saturation=1.0 + strength * (self.saturation - 1.0),
        )

    def apply(self, colours: Tensor, *, clamp: bool = True) -> Tensor:
        """Apply to colours ``[..., 3]``; ``clamp`` chooses the ASC style (see ``lutnet.ops.cdl``)."""
        from lutnet.ops.cdl import apply_cdl

        return apply_cdl(colours, *self._numbers(colours), clamp=clamp)

    def undo(self, colours: Tensor) -> Tensor:
        """What the non-clamping style turns into colours ``[..., 3]``; slope and saturation have to be above 0."""
        from lutnet.ops.cdl import undo_cdl

        return undo_cdl(colours, *self._numbers(colours))

    def _numbers(self, like: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        slope, offset, power = (like.new_tensor(each) for each in (self.slope, self.offset, self.power))
        return slope, offset, power, like.new_tensor([self.saturation])


@dataclass(frozen=True, eq=False)
class LUT3D:
    """A 3D LUT: ``table [N, N, N, 3]`` float32, axes r, g, b; interpolated tetrahedrally.

    ``domain_min`` and ``domain_max`` are the inputs of the first and last lattice points; inputs outside
    are clamped to them. The table is not writable.
    """

    table: npt.NDArray[np.float32]
    domain_min: Triple = (0.0, 0.0, 0.0)
    domain_max: Triple = (1.0, 1.0, 1.0)

    def __post_init__(self) -> None:
        table = np.ascontiguousarray(self.table, dtype=np.float32)
        size = table.shape[0] if table.ndim == 4 else 0
        if table.shape != (size, size, size, 3) or not 2 <= size <= 256:
            raise InputError(
                "LUT table has the wrong shape", value=table.shape, allowed="[N, N, N, 3] with N 2..256"
            )
        if not np.isfinite(table).all():
            raise InputError("LUT table holds a value that is not a number")
        if not all(low < high for low, high in zip(self.domain_min, self.domain_max, strict=True)):
            raise InputError(
                "LUT domain is empty",
                value=(self.domain_min, self.domain_max),
                allowed="minimum below maximum",
            )
        table.flags.writeable = False
        object.__setattr__(self, "table", table)

    @property
    def size(self) -> int:
        return int(self.table.shape[0])

    @property
    def digest(self) -> str:
        """SHA-256 of domain and table, hexadecimal: equal LUTs have equal ones."""
        domain = struct.pack("<6d", *self.domain_min, *self.domain_max)
        return hashlib.sha256(domain + self.table.astype("<f4").tobytes()).hexdigest()

    def apply(self, colours: Tensor) -> Tensor:
        """Look colours ``[..., 3]`` up, tetrahedrally."""
        import torch

        from lutnet.ops.lut3d import apply_lut3d

        # A copy, because torch does not know tables that must not be written; it costs less than one look-up.
        lattice = torch.from_numpy(self.table.copy()).to(device=colours.device, dtype=colours.dtype)
        return apply_lut3d(colours, lattice, (self.domain_min, self.domain_max))


@dataclass(frozen=True, slots=True)
class Correction:
    """What one head says of one kind of fault.

    level: -1..1, the expectation over ``probabilities``; sign as in the detune model (+ exposure is over).
    value: the level in ``unit`` (``stop`` or ``%``). confidence: 0..1, that ``level``'s direction is right
    (or, when the level is nearest to 0, that nothing is wrong). probabilities: 7, for levels -1 to 1.
    """

    level: float
    value: float
    unit: str
    confidence: float
    probabilities: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """One of the 42 single faults: a correction's name and one of the six non-zero levels."""

    name: str
    level: float


@dataclass(frozen=True, slots=True)
class Grade:
    """The transform of one shot: CDL, then the residual LUT where one is needed."""

    cdl: CDL = field(default_factory=CDL)
    lut: LUT3D | None = None

    @property
    def is_identity(self) -> bool:
        return self.cdl.is_identity and self.lut is None

    def apply(self, pixels: Tensor) -> Tensor:
        """Grade ``pixels [N, 3, H, W]`` (encoded in the grading space); returns the same shape, 0..1."""
        if pixels.ndim < 3 or pixels.shape[-3] != 3:
            raise InputError("pixels have the wrong shape", value=tuple(pixels.shape), allowed="[N, 3, H, W]")
        return self.apply_colours(pixels.movedim(-3, -1)).movedim(-1, -3)

    def apply_colours(self, colours: Tensor) -> Tensor:
        """Grade colours ``[..., 3]``."""
        graded = self.cdl.apply(colours)
        return graded if self.lut is None else self.lut.apply(graded)

    def baked(self, size: int = 33) -> Grade:
        """CDL and LUT sampled into one LUT of ``size`` points over 0..1, behind an identity CDL.

        Where a clip of the CDL meets the LUT, samples of a sound grade may fold; such places are eased.
        """
        from lutnet.ops.lattice import eased
        from lutnet.ops.lut3d import identity_lattice

        return replace(self, cdl=CDL(), lut=LUT3D(eased(self.apply_colours(identity_lattice(size))).numpy()))


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is wrong with one shot, and the grade that undoes it.

    faulty: 0..1, how probably what is unusual about it is a fault and no look that somebody gave it; None where nobody
    can tell.
    """

    corrections: Mapping[str, Correction]
    fault: Fault | None
    grade: Grade
    warnings: tuple[str, ...] = ()
    faulty: float | None = None

    @property
    def cdl(self) -> CDL:
        return self.grade.cdl


def _rounded(value: float) -> float:
    return round(float(value), DECIMALS) + 0.0  # + 0.0 turns -0.0 into 0.0


def _triple(values: Iterable[float]) -> Triple:
    red, green, blue = values
    return (red, green, blue)
