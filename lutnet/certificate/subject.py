"""The file to be certified, whatever its format: a transform to sample, its lattice, what its header says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import PyOpenColorIO as ocio
import torch
from torch import Tensor

from lutnet.certificate.contents import (
    assumed_depth,
    require_plain_numbers,
    require_self_contained,
    require_suffix,
)
from lutnet.certificate.trial import try_reading
from lutnet.errors import GradeFileError
from lutnet.export.carriers.reread import silent_ocio
from lutnet.export.cdl_xml import read_cdls
from lutnet.export.cube_reader import read_cube_file
from lutnet.export.hald_reader import read_hald
from lutnet.grade import LUT3D, Grade
from lutnet.ops.lut3d import identity_lattice

SAMPLES = 33
"""Points of the lattice that stands for a transform which is no 3D LUT alone."""

_OURS = "lutnet "
_BAKED = "holds CDL and LUT"
_XML_SUFFIXES = (".clf", ".ctf", ".look")
_TEXT_SUFFIXES = (".3dl", ".csp", ".spi3d", ".spi1d", ".vf", ".m3d")
_MADE_OF_3D = {".3dl", ".m3d", ".vf"}
_KNOWN = (".cube", ".itx", ".cc", ".ccc", ".cdl", ".png", *_XML_SUFFIXES, *_TEXT_SUFFIXES)


@dataclass(frozen=True, eq=False)
class Subject:
    """A transform over 0..1.

    lattice: ``[N, N, N, 3]`` of it, axes r, g, b. apply: colours ``[..., 3]`` through it. own_size: whether N is
    the file's own. step: the distance between two numbers that the file tells apart. is_cdl: it is parameters, not
    a table. ours: lutnet wrote it. baked: it holds a CDL, which may clip.
    """

    path: Path
    format: str
    lattice: Tensor
    apply: Callable[[Tensor], Tensor]
    own_size: bool = True
    step: float = 1e-6
    is_cdl: bool = False
    ours: bool = False
    baked: bool = False
    notes: tuple[str, ...] = ()


def read_subject(path: Path) -> Subject:
    """Read any LUT or CDL. Raises GradeFileError where it cannot be read, or would be read wrongly."""
    suffix = path.suffix.lower()
    if suffix not in _KNOWN:
        raise GradeFileError(
            "file is of no known format",
            value=path.suffix or path.name,
            allowed=", ".join(_KNOWN),
            where=path,
        )
    require_suffix(path)
    if suffix in {".cube", ".itx"}:
        return _cube(path)
    if suffix in {".cc", ".ccc", ".cdl"}:
        return _cdl(path)
    if suffix == ".png":
        return _lut(path, "Hald PNG", read_hald(path))
    return _by_ocio(path)


def _cube(path: Path) -> Subject:
    file = read_cube_file(path)
    ours = any(comment.startswith(_OURS) for comment in file.comments)
    baked = any(comment.startswith(_BAKED) for comment in file.comments)
    notes = tuple(
        f"declares {end} in video range, which most programs ignore"
        for end, declared in (("inputs", file.video_in), ("outputs", file.video_out))
        if declared
    )
    if file.lut is not None and file.curves is None and _is_unit(file.lut):
        subject = _lut(
            path, f"{path.suffix.lower()}, {file.dialect} dialect, {file.lut.size} points", file.lut
        )
    else:
        parts = f"1D of {len(file.curves.table)}" if file.curves else ""
        parts += f"{' and ' if parts else ''}3D of {file.lut.size}" if file.lut else ""
        if file.lut is not None and not _is_unit(file.lut):
            low, high = min(file.lut.domain_min), max(file.lut.domain_max)
            notes = (*notes, f"inputs from {low:g} to {high:g}; what lies in 0..1 was looked at")
        lattice = file.apply(identity_lattice(SAMPLES))
        subject = Subject(
            path, f".cube, {file.dialect} dialect, {parts}", lattice, file.apply, own_size=False
        )
    return _with(subject, ours=ours, baked=baked, notes=notes)


def _with(subject: Subject, *, ours: bool, baked: bool, notes: tuple[str, ...]) -> Subject:
    return Subject(
        subject.path, subject.format, subject.lattice, subject.apply, subject.own_size, subject.step,
        ours=ours, baked=baked, notes=notes,
    )  # fmt: skip


def _lut(path: Path, format: str, lut: LUT3D) -> Subject:
    lattice = torch.from_numpy(lut.table.copy())
    return Subject(path, format, lattice, lut.apply, step=_step(lut.table))


def _cdl(path: Path) -> Subject:
    cdls = read_cdls(path)
    notes = (f"the first of {len(cdls)} CDLs was looked at",) if len(cdls) > 1 else ()
    return Subject(
        path, "ASC CDL", Grade(cdls[0]).apply_colours(identity_lattice(SAMPLES)), cdls[0].apply, own_size=False,
        is_cdl=True, baked=True, notes=notes,
    )  # fmt: skip


def _by_ocio(path: Path) -> Subject:
    """Everything that OpenColorIO reads: its 3D LUT where it is one alone, else samples."""
    suffix = path.suffix.lower()
    if suffix in _XML_SUFFIXES:
        require_self_contained(path)
    else:
        require_plain_numbers(path)
    notes = try_reading(path)
    if suffix == ".3dl":
        notes = (*assumed_depth(path), *notes)
    ocio.ClearAllCaches()
    try:
        with silent_ocio():
            processor = ocio.Config.CreateRaw().getProcessor(_transform(path))
        exact = processor.getOptimizedCPUProcessor(ocio.OPTIMIZATION_LOSSLESS)
        parts = list(processor.createGroupTransform())
    except (ocio.Exception, UnicodeError) as error:
        raise GradeFileError(f"OpenColorIO cannot read the LUT: {error}", where=path) from error

    def apply(colours: Tensor) -> Tensor:
        values = np.ascontiguousarray(colours.numpy(), dtype=np.float32).copy()
        exact.applyRGB(values)
        return torch.from_numpy(values)

    luts = [part for part in parts if isinstance(part, ocio.Lut3DTransform)]
    if suffix in _MADE_OF_3D and not luts:
        raise GradeFileError("file is not what its suffix says: it holds no 3D LUT", value=suffix, where=path)
    alone = len(parts) == 1 and len(luts) == 1
    if any(lut.getGridSize() < 2 for lut in luts):
        raise GradeFileError("LUT has no more than one point a side", where=path)
    size = luts[0].getGridSize() if alone else SAMPLES
    lattice = apply(identity_lattice(size))
    tables = [np.asarray(part.getData()) for part in luts] + [lattice.numpy()]
    if not all(np.isfinite(table).all() for table in tables):
        raise GradeFileError("LUT holds a value that is not a number", where=path)
    cdl = all(isinstance(part, ocio.CDLTransform) for part in parts)
    kind = "ASC CDL" if cdl else ", ".join(type(part).__name__.removesuffix("Transform") for part in parts)
    return Subject(
        path, f"{path.suffix.lower()}, {kind or 'identity'}, read by OpenColorIO", lattice, apply, own_size=alone,
        step=_step(lattice.numpy()), is_cdl=cdl, baked=not alone, notes=notes,
    )  # fmt: skip


def _transform(path: Path) -> ocio.FileTransform:
    transform = ocio.FileTransform(str(path), interpolation=ocio.INTERP_TETRAHEDRAL)
    transform.setCDLStyle(ocio.CDL_ASC)
    return transform


def _is_unit(lut: LUT3D) -> bool:
    return (lut.domain_min, lut.domain_max) == ((0.0,) * 3, (1.0,) * 3)


def _step(table: np.ndarray) -> float:  # type: ignore[type-arg]
    """1 / (2^n - 1) where all values are whole numbers of n bits, else that of six decimals."""
    for bits in (8, 10, 12, 16):
        codes = table.astype(np.float64) * (2**bits - 1)
        if float(np.abs(codes - np.rint(codes)).max()) < 1e-3 * 2 ** max(0, bits - 10):
            return float(1 / (2**bits - 1))
    return 1e-6
