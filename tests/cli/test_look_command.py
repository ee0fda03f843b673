"""``lutnet look`` and ``lutnet grade --look`` as a user runs them, held against OpenColorIO."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import PyOpenColorIO as ocio
import pytest
import torch

from lutnet.cli.main import EXIT_BAD_INPUT, main
from lutnet.export.reader import read_package
from lutnet.grade import CDL, Grade
from lutnet.looks import Look, look_bytes, read_look, write_look
from lutnet.review.desk import Desk
from lutnet.shot import REC709
from tests.review.packages import bent_lut

COLOURS = torch.rand(4000, 3, generator=torch.Generator().manual_seed(9))
OWN = Look("dusk", Grade(CDL((1.1, 1.0, 0.9), saturation=0.8), bent_lut(17, 0.3)), "evening")


def grade(folder: Path, *options: str) -> int:
    return main(["grade", str(folder / "timeline.otio"), "--workers", "0", "-q", *options])


def clips(folder: Path) -> list[dict[str, Any]]:
    document = json.loads((folder / "timeline.lutnet" / "grades.json").read_text())
    entries: list[dict[str, Any]] = document["clips"]
    return entries


def by_ocio(path: Path, colours: torch.Tensor) -> npt.NDArray[np.float32]:
    """``colours`` through the LUT or CDL at ``path``."""
    ocio.ClearAllCaches()
    transform = ocio.FileTransform(str(path), interpolation=ocio.INTERP_TETRAHEDRAL)
    transform.setCDLStyle(ocio.CDL_ASC)
    processor = ocio.Config.CreateRaw().getProcessor(transform)
    values = colours.numpy().astype(np.float32).copy()
    processor.getOptimizedCPUProcessor(ocio.OPTIMIZATION_LOSSLESS).applyRGB(values)
    return values


@pytest.fixture(scope="module")
def folder(small_footage: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A timeline graded with the look OWN at strength 0.6; ``plain`` is its package without."""
    return with_look(small_footage, tmp_path_factory.mktemp("looked") / "film")


def with_look(footage: Path, film: Path, *options: str) -> Path:
    """See ``folder``."""
    shutil.copytree(footage, film)
    assert grade(film, *options) == 0
    shutil.copytree(film / "timeline.lutnet", film / "plain")
    write_look(film / "dusk.look", OWN)
    assert grade(film, "--look", str(film / "dusk.look"), "--strength", "0.6", *options) == 0
    return film


def test_a_look_is_fitted_listed_and_shown(
    small_footage: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    look = tmp_path / "hero.look"
    frame = small_footage / "reference.png"
    assert (
        main(["look", "fit", "--ref", str(frame), "--on", str(frame), "-o", str(look), "--balance", "0"]) == 0
    )
    assert float((read_look(look).lut().apply(COLOURS) - COLOURS).abs().max()) < 0.03, (
        "the frame is the reference"
    )
    assert main(["look", "list"]) == 0
    assert main(["look", "show", str(look), "--picture", str(tmp_path / "p.png")]) == 0
    assert (tmp_path / "p.png").read_bytes().startswith(b"\x89PNG")
    printed = capsys.readouterr().out
    assert "warm_print" in printed
    assert "pixels of the shot were found in the reference" in printed


@pytest.mark.parametrize("suffix", [".cube", ".clf", ".spi3d"])
def test_an_exported_look_does_in_opencolorio_what_the_look_does(tmp_path: Path, suffix: str) -> None:
    write_look(tmp_path / "dusk.look", OWN)
    file = tmp_path / f"x{suffix}"
    assert main(["look", "export", str(tmp_path / "dusk.look"), "-o", str(file), "--strength", "0.6"]) == 0
    wanted = torch.lerp(COLOURS, OWN.grade.apply_colours(COLOURS), 0.6)
    error = np.abs(by_ocio(file, COLOURS) - wanted.numpy())
    assert error.mean() < 1e-3
    assert np.quantile(error, 0.99) < 0.01


@pytest.mark.parametrize("together", [False, True])
def test_opencolorio_finds_the_balance_in_the_cdl_and_the_look_in_the_lut(
    small_footage: Path, tmp_path: Path, together: bool
) -> None:
    folder = with_look(small_footage, tmp_path / "film", "--consistency", f"{together:d}")
    plain = json.loads((folder / "plain" / "grades.json").read_text())["clips"]
    assert any(without["lut"] for without in plain) == together, "one by one, a balance is a CDL alone"
    for clip, without in zip(clips(folder), plain, strict=True):
        for name, number in without["cdl"].items():  # fits that start elsewhere end a few millionths apart
            assert clip["cdl"][name] == pytest.approx(number, abs=2e-5)
        rest = without["lut"]  # what the balance has that no CDL says comes before the look
        balanced = (
            COLOURS if rest is None else torch.from_numpy(by_ocio(folder / "plain" / rest["path"], COLOURS))
        )
        wanted = torch.lerp(balanced, OWN.grade.apply_colours(balanced), 0.6)
        error = np.abs(by_ocio(folder / "timeline.lutnet" / clip["lut"]["path"], COLOURS) - wanted.numpy())
        assert error.mean() < 2e-3


def test_the_look_is_stated_kept_and_offered(folder: Path) -> None:
    package = folder / "timeline.lutnet"
    document = json.loads((package / "grades.json").read_text())
    sha256 = hashlib.sha256(look_bytes(OWN)).hexdigest()
    assert document["look"] == {"name": "dusk", "sha256": sha256, "path": "looks/dusk.look"}
    assert (document["strength"], document["balance"]) == (0.6, 1.0)
    settings = read_package(package).settings
    assert settings.look is not None
    assert read_look(settings.look.content).caption == "evening"
    assert "with the look dusk at strength 0.6" in next((package / "luts").iterdir()).read_text()
    desk = Desk(package)
    try:
        assert {"dusk", "silver"} <= set(desk.overview()["looks"])
        lut = desk.look("dusk")
        assert lut is not None
        assert float((lut.apply(COLOURS) - OWN.grade.apply_colours(COLOURS)).abs().mean()) < 1e-3
    finally:
        desk.close()


def test_a_look_that_was_changed_in_the_package_is_found_out(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    package = shutil.copytree(folder / "timeline.lutnet", tmp_path / "timeline.lutnet")
    (package / "looks" / "dusk.look").write_bytes(look_bytes(ELSEWHERE))
    assert main(["export", str(package), "--carrier", "clf"]) == EXIT_BAD_INPUT
    assert "look is not the one that was exported" in capsys.readouterr().err


ELSEWHERE = Look("p3", Grade(), "", "P3-D65 - Display")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--look", "nothing"], "no such look: 'nothing'"),
        (["--look", "timeline.otio"], "not a look file of lutnet"),
        (["--look", "p3.look"], "another display"),
        (["--balance", "0.5"], "there is none"),
        (["--look", "silver", "--balance", "-1"], "balance is out of range"),
    ],
)
def test_what_cannot_be_used_is_one_line_and_nothing_is_written(
    footage: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    words: str,
) -> None:
    write_look(footage / "p3.look", ELSEWHERE)
    monkeypatch.chdir(footage)
    assert grade(footage, *options) == EXIT_BAD_INPUT
    error = capsys.readouterr().err
    assert words in error
    assert error.count("\n") == 1
    assert not (footage / "timeline.lutnet").exists()


def test_in_a_log_space_the_cdl_is_the_balance_too(small_footage: Path, tmp_path: Path) -> None:
    frame = str(small_footage / "reference.png")
    log = ("--space", "ACEScct", "--clip-space", f"*={REC709}", "-o", str(tmp_path / "x.lutnet"), "-q")
    assert main(["match", frame, "--ref", frame, "--look", "silver", "--workers", "0", *log]) == 0
    (clip,) = json.loads((tmp_path / "x.lutnet" / "grades.json").read_text())["clips"]
    assert clip["lut"] is not None
    assert clip["cdl"]["saturation"] == pytest.approx(1.0, abs=0.05), (
        "the frame is its reference: nothing to balance"
    )
    assert clip["cdl"]["slope"] == pytest.approx([1.0] * 3, abs=0.05)
