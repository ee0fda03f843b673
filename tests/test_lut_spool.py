"""LUTs on disk are the LUTs they were, and leave nothing behind."""

from __future__ import annotations

import gc
import tempfile
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch

from lutnet.grade import CDL, LUT3D, Grade
from lutnet.lut_spool import LutSpool
from lutnet.result import ClipResult, Status
from lutnet.shot import FrameRange, Shot

FRAMES = FrameRange(Fraction(0), Fraction(24), Fraction(24))
SHOT = Shot("id", "name", 1, "V1", FRAMES, FRAMES, "a.mov")


def graded(lut: LUT3D | None) -> ClipResult:
    return ClipResult(SHOT, Status.PROPOSED, grade=Grade(CDL(slope=(1.1, 1.0, 0.9)), lut))


def test_a_kept_lut_gives_the_same_colours_and_outlives_its_spool(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    table = np.random.default_rng(0).random((5, 5, 5, 3)).astype(np.float32)
    result = graded(LUT3D(table, (-0.5, 0.0, 0.0), (1.5, 1.0, 1.0)))
    kept = LutSpool().keep(result)
    gc.collect()
    assert result.grade and kept.grade and kept.grade.lut
    colours = torch.rand(100, 3)
    assert torch.equal(kept.grade.apply_colours(colours), result.grade.apply_colours(colours))
    assert kept.grade.lut.size == 5
    assert (kept.grade.lut.domain_min, kept.grade.lut.domain_max) == ((-0.5, 0.0, 0.0), (1.5, 1.0, 1.0))
    assert np.array_equal(kept.grade.lut.table, table)
    assert list(tmp_path.iterdir())
    del kept
    gc.collect()
    assert not list(tmp_path.iterdir())


def test_a_result_without_a_lut_is_left_as_it_is() -> None:
    assert LutSpool().keep(graded(None)) == graded(None)
