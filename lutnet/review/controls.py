"""What a colourist sets for one shot, and the grade that follows from it. The page does none of this arithmetic.

The order of a shot's grade: the base CDL at ``strength``, the corrections (fitted into the same CDL on the shot's
own colours), then the base LUT and the look, both in one LUT.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from lutnet.diagnosis.heads import HEADS
from lutnet.errors import InputError
from lutnet.grade import CDL, LUT3D, Grade
from lutnet.ops.detune import NAMES, detune
from lutnet.ops.lut3d import apply_lut3d, identity_lattice
from lutnet.ops.shaped_lattice import ShapedLattice
from lutnet.plain import Json, cdl_from_plain, cdl_to_plain

MAX_STRENGTH = 1.5
LATTICE_SHARE = 0.05
"""Weight of all colours beside the shot's own in the fit of the corrections."""
_LOOK_POINTS = 33


@dataclass(frozen=True, slots=True)
class Controls:
    """strength: 0 to 1.5. corrections: by name, in the unit of its head; 0 and missing are neutral, positive is more.

    cdl: in place of the base's. lut: whether the base's LUT is on. look: name of a LUT in ``luts``, or "".
    look_mix: 0 to 1.
    """

    strength: float = 1.0
    corrections: Mapping[str, float] = field(default_factory=dict)
    cdl: CDL | None = None
    lut: bool = True
    look: str = ""
    look_mix: float = 1.0

    def __post_init__(self) -> None:
        _require(self.strength, 0.0, MAX_STRENGTH, "strength")
        _require(self.look_mix, 0.0, 1.0, "look mix")
        for name, value in self.corrections.items():
            if name not in NAMES:
                raise InputError("no such correction", value=name, allowed=", ".join(NAMES))
            low, high = value_range(name)
            _require(value, low, high, name)

    @property
    def is_neutral(self) -> bool:
        return self == Controls(corrections=self.corrections) and not any(self.corrections.values())


def controls_from_plain(plain: Any) -> Controls:
    """Controls from JSON that a page sent. Raises InputError for anything else."""
    if not isinstance(plain, dict):
        raise InputError("controls are no object", value=plain)
    try:
        return Controls(
            strength=float(plain.get("strength", 1.0)),
            corrections={str(name): float(value) for name, value in plain.get("corrections", {}).items()},
            cdl=None if plain.get("cdl") is None else cdl_from_plain(plain["cdl"]),
            lut=bool(plain.get("lut", True)),
            look=str(plain.get("look", "")),
            look_mix=float(plain.get("look_mix", 1.0)),
        )
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise InputError(f"controls do not have their shape: {error}") from error


def controls_to_plain(controls: Controls) -> Json:
    return {
        "strength": controls.strength,
        "corrections": {name: controls.corrections.get(name, 0.0) for name in NAMES},
        "cdl": None if controls.cdl is None else cdl_to_plain(controls.cdl),
        "lut": controls.lut,
        "look": controls.look,
        "look_mix": controls.look_mix,
    }


def value_range(name: str) -> tuple[float, float]:
    """The least and the greatest value of a correction, in its unit."""
    head = HEADS[NAMES.index(name)]
    return head.value_at(-1.0), head.value_at(1.0)


def level_of(name: str, value: float) -> float:
    """The level, -1 to 1, at which a correction has ``value``: the inverse of its head's ``value_at``."""
    head = HEADS[NAMES.index(name)]
    low, high = -1.0, 1.0
    for _ in range(40):  # every head rises, so halving finds it whatever its formula is
        middle = (low + high) / 2
        low, high = (middle, high) if head.value_at(middle) < value else (low, middle)
    return round((low + high) / 2, 9)


def graded(
    base: Grade,
    controls: Controls,
    colours: Tensor,
    look: LUT3D | None = None,
    view: ShapedLattice | None = None,
) -> Grade:
    """The grade that ``controls`` make of ``base``.

    colours: of the shot, ``[P, 3]`` in 0..1, for the fit of the corrections. look: the LUT that is meant.
    view: what people see of the grading space, where that is not its own values.
    Raises InputError where the strength takes the CDL out of its range.
    """
    cdl = (controls.cdl or base.cdl).scaled(controls.strength)
    levels = [level_of(name, controls.corrections.get(name, 0.0)) for name in NAMES]
    if any(levels):
        cdl = corrected(cdl, torch.tensor(levels), colours, view)
    lut = base.lut if controls.lut else None
    if look is not None and controls.look_mix > 0:
        lut = _with_look(lut, look, controls.look_mix)
    return Grade(cdl, None if lut is None or controls.strength == 0 else scaled(lut, controls.strength))


def corrected(cdl: CDL, levels: Tensor, colours: Tensor, view: ShapedLattice | None = None) -> CDL:
    """The CDL nearest to ``cdl`` and then the corrections ``levels [7]``, as ``lutnet.ops.detune`` makes them.

    Corrections are of what people see: with a ``view``, the CDL is the one that is seen so through it.
    """
    return fitted(lambda seen: detune(seen, levels), colours, cdl, view)


def fitted(
    done: Callable[[Tensor], Tensor], colours: Tensor, cdl: CDL, view: ShapedLattice | None = None
) -> CDL:
    """The CDL nearest to ``cdl`` and then ``done`` to what people see: through ``view``, where there is one.

    colours: of the shot, ``[P, 3]``; the lattice of all colours counts a little beside them.
    """
    lattice = identity_lattice(4).reshape(-1, 3)
    source = torch.cat((colours, lattice))
    weights = torch.cat(
        (
            torch.full((len(colours),), (1.0 - LATTICE_SHARE) / max(len(colours), 1)),
            torch.full((len(lattice),), LATTICE_SHARE / len(lattice)),
        )
    )
    seen = cdl.apply(source) if view is None else view.apply(cdl.apply(source))
    return CDL.fitted(source, done(seen), weights, toward=cdl, through=view)


def scaled(lut: LUT3D, strength: float) -> LUT3D:
    """``lut`` at ``strength``: 0 is the identity, 1 itself, linear in between and beyond."""
    if strength == 1.0:
        return lut
    still = identity_lattice(lut.size, (lut.domain_min, lut.domain_max))
    table = torch.lerp(still, torch.from_numpy(lut.table.copy()), strength)
    return LUT3D(table.numpy(), lut.domain_min, lut.domain_max)


def _with_look(lut: LUT3D | None, look: LUT3D, mix: float) -> LUT3D:
    size = max(_LOOK_POINTS, look.size, 0 if lut is None else lut.size)
    colours = identity_lattice(size)
    if lut is not None:
        colours = lut.apply(colours)
    lattice = torch.from_numpy(look.table.copy())
    seen = apply_lut3d(colours, lattice, (look.domain_min, look.domain_max))
    return LUT3D(torch.lerp(colours, seen, mix).numpy())


def _require(value: float, low: float, high: float, name: str) -> None:
    if not (math.isfinite(value) and low - 1e-6 <= value <= high + 1e-6):
        raise InputError(f"{name} is out of range", value=value, allowed=f"{low:g} to {high:g}")
