"""``lutnet lut``: every action against OpenColorIO or plain arithmetic."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from lutnet.certificate import read_subject
from lutnet.cli.main import EXIT_BAD_INPUT, main
from lutnet.export.cdl_xml import write_cc
from lutnet.export.cube import read_cube, write_cube
from lutnet.grade import CDL, LUT3D
from lutnet.ops.lut3d import identity_lattice
from tests.export.examples import by_ocio, some_colours, some_lut

SOFT = CDL((0.95, 0.97, 0.96), (0.01, 0.005, 0.01), (1.05, 1.0, 0.97), 0.95)


@pytest.fixture
def look(tmp_path: Path) -> Path:
    write_cube(tmp_path / "look.cube", some_lut(2, 17), title="look")
    return tmp_path / "look.cube"


def lut(*words: object) -> int:
    return main(["lut", *map(str, words)])


@pytest.mark.parametrize("suffix", [".cube", ".clf", ".csp", ".spi3d", ".3dl", ".png"])
def test_convert_writes_what_is_read_back_alike(look: Path, suffix: str) -> None:
    target = look.with_name(f"new{suffix}")
    assert lut("convert", look, "-o", target) == 0
    colours = torch.from_numpy(some_colours())
    tolerance = {".3dl": 1 / 4095, ".png": 0.006}.get(suffix, 3e-6)  # 64 points resample 17, they do not nest
    found, expected = (read_subject(path).apply(colours) for path in (target, look))
    assert float((found - expected).abs().max()) <= tolerance


def test_resize_keeps_the_look(look: Path) -> None:
    assert lut("resize", look, "--size", 33, "-o", look.with_name("big.cube")) == 0
    big = look.with_name("big.cube")
    assert read_cube(big).size == 33
    colours = some_colours()
    assert np.abs(by_ocio(colours, big) - by_ocio(colours, look)).max() <= 2e-6


@pytest.mark.parametrize("strength", [0.0, 0.4, 1.0])
def test_blend_goes_from_the_identity_or_from_another_lut(look: Path, strength: float) -> None:
    other, target = look.with_name("other.cube"), look.with_name("new.cube")
    write_cube(other, some_lut(3, 17), title="other")
    assert lut("blend", look, "--strength", strength, "-o", target) == 0
    start = identity_lattice(17).numpy()
    expected = start + strength * (read_cube(look).table - start)
    assert np.abs(read_cube(target).table - expected).max() <= 2e-6
    assert lut("blend", look, other, "--strength", strength, "-o", target) == 0
    expected = (1 - strength) * read_cube(look).table + strength * read_cube(other).table
    assert np.abs(read_cube(target).table - expected).max() <= 2e-6


def test_the_inverse_takes_the_look_back(look: Path) -> None:
    target = look.with_name("back.cube")
    assert lut("invert", look, "--size", 65, "-o", target) == 0
    colours = some_colours()
    assert np.abs(by_ocio(colours, look, target) - colours).max() <= 0.01


def test_a_folded_lut_is_not_inverted(look: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = some_lut(0, 17).table.copy()
    table[5:9, 5:9, 5:9] = table[5:9, 5:9, 5:9][::-1]
    write_cube(look, LUT3D(table), title="folded")
    target = look.with_name("back.cube")
    assert lut("invert", look, "-o", target) == EXIT_BAD_INPUT
    assert "it folds" in capsys.readouterr().err and not target.exists()


def test_what_loses_colours_is_not_inverted(look: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cdl, target = look.with_name("grey.cc"), look.with_name("back.cube")
    write_cc(cdl, CDL(saturation=0.05), id="sh")
    assert lut("invert", cdl, "-o", target) == EXIT_BAD_INPUT
    assert "there and back" in capsys.readouterr().err and not target.exists()


def test_the_error_of_too_few_points_is_told(look: Path, capsys: pytest.CaptureFixture[str]) -> None:
    steep = look.with_name("steep.cube")
    steep.write_text("LUT_1D_SIZE 3\n0 0 0\n0 0 0\n1 1 1\n")
    assert lut("bake", steep, "--size", 2, "-o", look.with_name("two.cube")) == 0
    assert "between the points: 0.5" in capsys.readouterr().out, "the line from 0 to 1 is 0.5 off at the bend"


def test_bake_applies_files_in_order(look: Path) -> None:
    cdl, target = look.with_name("sh.cc"), look.with_name("baked.cube")
    write_cc(cdl, SOFT, id="sh")
    assert lut("bake", cdl, look, "--size", 33, "-o", target) == 0
    points = identity_lattice(33).reshape(-1, 3).numpy()
    assert np.abs(by_ocio(points, target) - by_ocio(points, cdl, look)).max() <= 2e-6


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["convert", "look.cube", "-o", "new.txt"], "cannot be written"),
        (["resize", "look.cube", "--size", "500", "-o", "new.cube"], "out of range"),
        (["resize", "look.cube", "--size", "0", "-o", "new.cube"], "out of range"),
        (["convert", "look.cube", "-o", "none/new.cube"], "Make the folder"),
        (["resize", "look.cube", "--size", "33", "-o", "new.png"], "Hald"),
        (["blend", "look.cube", "--strength", "-1", "-o", "new.cube"], "strength"),
        (["blend", "look.cube", "--strength", "4", "-o", "new.3dl"], "cut values off"),
        (["convert", "none.cube", "-o", "new.cube"], "No such file"),
    ],
)
def test_what_cannot_be_is_one_message(
    look: Path,
    words: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(look.parent)
    assert lut(*words) == EXIT_BAD_INPUT
    assert message in capsys.readouterr().err
    assert {path.name for path in look.parent.iterdir()} == {"look.cube"}
