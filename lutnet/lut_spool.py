"""LUTs of a long run kept on disk, so that 1,500 shots cost no more memory than 15."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lutnet.grade import LUT3D
from lutnet.result import ClipResult


class _SpooledLUT(LUT3D):
    """A LUT whose table is read from a file whenever it is asked for, and never kept."""

    def __init__(self, lut: LUT3D, path: Path, spool: LutSpool) -> None:
        np.save(path, lut.table, allow_pickle=False)
        facts = {
            "domain_min": lut.domain_min,
            "domain_max": lut.domain_max,
            "_path": path,
            "_spool": spool,  # the folder stays as long as anybody holds one of its LUTs
        }
        for name, value in facts.items():
            object.__setattr__(self, name, value)

    @property
    def table(self) -> npt.NDArray[np.float32]:  # type: ignore[override]
        path: Path = self.__dict__["_path"]
        table: npt.NDArray[np.float32] = np.load(path, allow_pickle=False)
        return table


class LutSpool:
    """A temporary folder of LUT tables; it goes away with the last result that needs it."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="lutnet-"))
        self._count = 0
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)

    def keep(self, result: ClipResult) -> ClipResult:
        """``result`` with its LUT, if it has one, on disk."""
        if result.grade is None or result.grade.lut is None:
            return result
        path = self._folder / f"{self._count}.npy"
        self._count += 1
        return replace(result, grade=replace(result.grade, lut=_SpooledLUT(result.grade.lut, path, self)))
