"""LUT and CDL files as material: blended, inverted, resized, converted and baked into new LUT files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
import PyOpenColorIO as ocio
import torch
from torch import Tensor

from lutnet.certificate.shape import orientation
from lutnet.certificate.subject import Subject
from lutnet.errors import InputError
from lutnet.export.atomic import write_bytes
from lutnet.export.carriers import csp, cube, flame_3dl, hald, spi3d
from lutnet.export.carriers.clf import lut_clf
from lutnet.export.carriers.ocio_bake import lut_transform
from lutnet.export.soundness import summary
from lutnet.grade import LUT3D
from lutnet.ops.lattice import cut_cells, folded_cells
from lutnet.ops.lut3d import identity_lattice

Encode = Callable[[LUT3D, str, tuple[str, ...]], bytes]

WRITERS: dict[str, Encode] = {
    ".cube": cube.FORMAT.encode,
    ".clf": lut_clf,
    ".csp": csp.FORMAT.encode,
    ".spi3d": spi3d.FORMAT.encode,
    ".3dl": flame_3dl.FORMAT.encode,
    ".png": hald.FORMAT.encode,
}
"""By suffix, the formats that can be written."""

_CUTTING = {".3dl", ".png"}
SIZES = (2, 129)
_TRIED = 20_000
_LOST = 0.1
"""Error of going there and back from which on colours count as lost."""


@dataclass(frozen=True, slots=True)
class Made:
    """A new LUT. error: the largest difference, between its points, of what it was sampled from."""

    lut: LUT3D
    error: float


def write_lut(path: Path, lut: LUT3D, source: str) -> None:
    """Write ``lut`` in the format of the suffix of ``path``. source: what it was made from, for the header.

    Raises InputError for another suffix, a size that the format cannot have, or values that it would cut off;
    OutputError where it cannot be written.
    """
    suffix = path.suffix.lower()
    if suffix not in WRITERS:
        raise InputError("format cannot be written", value=path.suffix, allowed=", ".join(WRITERS))
    if suffix == ".png" and lut.size != hald.POINTS:
        raise InputError("Hald has another size", value=lut.size, allowed=str(hald.POINTS))
    low, high = float(lut.table.min()), float(lut.table.max())
    if suffix in _CUTTING and (low < -1e-4 or high > 1 + 1e-4):
        raise InputError(
            "format would cut values off",
            value=(low, high),
            allowed="0 to 1",
            fix="Write .cube or .clf instead.",
        )
    comments = (f"lut files by lutnet {version('lutnet')} ; {source}", summary(lut))
    write_bytes(path, WRITERS[suffix](lut, path.stem, comments))


def own_size(subject: Subject, path: Path) -> int:
    """The size that a copy of ``subject`` in the format of ``path`` should have: its own where possible."""
    return hald.POINTS if path.suffix.lower() == ".png" else int(subject.lattice.shape[0])


def baked(subjects: Sequence[Subject], size: int) -> Made:
    """One after the other in one LUT over 0..1; each sees what the one before put out."""

    def chain(colours: Tensor) -> Tensor:
        for subject in subjects:
            colours = subject.apply(colours)
        return colours

    return _sampled(chain, size)


def blended(first: Subject | None, second: Subject, strength: float, size: int) -> Made:
    """``first + strength * (second - first)``; None is the identity. Strength 0 and above; 1 is ``second``."""
    if not 0 <= strength <= 4:
        raise InputError("strength is out of range", value=strength, allowed="0 to 4")

    def blend(colours: Tensor) -> Tensor:
        start = colours if first is None else first.apply(colours)
        return torch.lerp(start, second.apply(colours), strength)

    return _sampled(blend, size)


def inverse(subject: Subject, size: int) -> Made:
    """The LUT that takes the outputs of ``subject`` back, by OpenColorIO's exact inversion.

    Colours that ``subject`` never puts out go to the nearest that it does. error: the largest of going there and
    back, over the lattice points of ``subject`` that it does not clip. Raises InputError where it folds, since two
    colours then want to go back to one place, and where colours are lost.
    """
    straight = orientation(subject.lattice).straightened(subject.lattice)
    folded = int((folded_cells(straight) & ~cut_cells(straight)).sum())
    if folded:
        raise InputError("LUT cannot be inverted: it folds", value=f"{folded} cells", where=subject.path)
    transform = lut_transform(LUT3D(subject.lattice.numpy()))
    transform.setDirection(ocio.TRANSFORM_DIR_INVERSE)
    processor = ocio.Config.CreateRaw().getProcessor(transform)
    exact = processor.getOptimizedCPUProcessor(ocio.OPTIMIZATION_LOSSLESS)

    def back(colours: Tensor) -> Tensor:
        values = np.ascontiguousarray(colours.numpy(), dtype=np.float32).copy()
        exact.applyRGB(values)
        return torch.from_numpy(values)

    undone = _sampled(back, size).lut
    error = _round_trip_error(subject, undone)
    if error > _LOST:
        raise InputError(
            "LUT cannot be inverted: colours that it brings together stay together",
            value=f"error of {error:.2f} there and back",
            allowed=f"up to {_LOST}",
            where=subject.path,
            fix="A larger --size helps where the LUT is steep.",
        )
    return Made(undone, error)


def _round_trip_error(subject: Subject, undone: LUT3D) -> float:
    lattice = subject.lattice
    kept = ((lattice > 1e-6) & (lattice < 1 - 1e-6)).all(-1)
    if not bool(kept.any()):
        return 0.0
    back = undone.apply(lattice[kept])
    return float((back - identity_lattice(lattice.shape[0])[kept]).abs().max())


def _sampled(transform: Callable[[Tensor], Tensor], size: int) -> Made:
    if not SIZES[0] <= size <= SIZES[1]:
        raise InputError("size is out of range", value=size, allowed=f"{SIZES[0]} to {SIZES[1]} points")
    lut = LUT3D(transform(identity_lattice(size)).numpy())
    colours = torch.rand(_TRIED, 3, generator=torch.Generator().manual_seed(0))
    return Made(lut, float((lut.apply(colours) - transform(colours)).abs().max()))
