"""The pictures of the contact sheet show what is exported, and cost no memory that grows with the shots."""

from __future__ import annotations

import tempfile
from fractions import Fraction
from pathlib import Path

import pytest
import torch

from lutnet.grade import CDL, Grade
from lutnet.result import ClipResult, Status
from lutnet.shot import FrameRange, Shot
from lutnet.thumbnails import WIDTH, ThumbnailSpool, thumbnail


def shot(identity: str) -> Shot:
    frames = FrameRange(Fraction(0), Fraction(24), Fraction(24))
    return Shot(identity, identity, 1, "V1", frames, frames, "a.mov")


def result(identity: str, status: Status) -> ClipResult:
    return ClipResult(shot(identity), status, grade=Grade(CDL(offset=(0.25, 0.0, 0.0))))


def test_a_thumbnail_is_small_and_keeps_its_shape() -> None:
    picture = thumbnail(torch.rand(3, 256, 800))
    assert picture.shape == (WIDTH * 256 // 800, WIDTH, 3)
    assert thumbnail(torch.rand(3, 40, 60)).shape == (40, 60, 3)


def test_pictures_show_the_grade_as_it_was_decided() -> None:
    grey = torch.full((3, 30, 40), 0.5)
    with ThumbnailSpool(reference=grey) as spool:
        for name in ("proposed", "rejected"):
            spool.add(name, grey)
        spool.show([result("proposed", Status.PROPOSED), result("rejected", Status.REJECTED)])
        assert list(spool) == ["proposed", "rejected"]
        assert spool["proposed"].after[0, 0].tolist() == [192, 128, 128]
        assert spool["rejected"].after[0, 0].tolist() == [128, 128, 128]
        assert spool["rejected"].reference is not None


def test_nothing_is_left_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with ThumbnailSpool() as spool:
        spool.add("one", torch.rand(3, 20, 20))
        assert list(tmp_path.iterdir())
    assert not list(tmp_path.iterdir())
