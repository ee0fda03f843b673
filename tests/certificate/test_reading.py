"""What ``lutnet check`` and ``lutnet lut`` read: real files right, or refused by name with a cause."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import colour
import numpy as np
import pytest
import torch

from lutnet.certificate import Subject, read_subject
from lutnet.errors import GradeFileError
from lutnet.export.carriers.ocio_bake import baked_by_ocio
from lutnet.grade import LUT3D
from tests.export.examples import by_ocio, some_colours, some_lut

FOLDERS = ("cubes", "ocio", "colour")
MATRIX = {
    path: outcome
    for outcome, path in (
        line.split(maxsplit=1)
        for line in Path(__file__).with_name("reader_matrix.txt").read_text().splitlines()
    )
}


def outcome(path: Path) -> Subject | GradeFileError:
    try:
        return read_subject(path)
    except GradeFileError as error:
        return error


@pytest.mark.shared
def test_every_real_file_is_read_or_refused_as_the_reader_matrix_says(shared: Path) -> None:
    # Over 20 s: OpenColorIO tries two hundred of these files in a process of its own each.
    root = shared / "interop"
    paths = [path for folder in FOLDERS for path in sorted((root / folder).rglob("*")) if path.is_file()]
    assert {str(path.relative_to(root)) for path in paths} == set(MATRIX)
    with ThreadPoolExecutor(2) as pool:
        for path, found in zip(paths, pool.map(outcome, paths), strict=True):
            name = str(path.relative_to(root))
            if isinstance(found, GradeFileError):
                assert MATRIX[name] == "refused", found
                assert str(path) in str(found) and found.what.rstrip(": ")
            else:
                assert MATRIX[name] == "read", name


@pytest.mark.shared
@pytest.mark.parametrize("suffix", [".cc", ".ccc", ".cdl"])
def test_cdls_are_read_as_opencolorio_reads_them(shared: Path, suffix: str) -> None:
    colours = some_colours(200)
    paths = [shared / "interop" / name for name in MATRIX if name.endswith(suffix) and MATRIX[name] == "read"]
    assert len(paths) >= 2
    for path in paths:
        ours = read_subject(path).apply(torch.from_numpy(colours)).numpy()
        assert np.abs(ours - by_ocio(colours, path)).max() <= 2e-6, path


LISTED_BY_COLOUR: dict[str, Any] = {
    ".csp": colour.io.read_LUT_Cinespace,
    ".spi1d": colour.io.read_LUT_SonySPI1D,
    ".spi3d": colour.io.read_LUT_SonySPI3D,
}


# OpenColorIO draws a cubic curve through the points of a cineSpace shaper, colour-science straight lines: they can
# only be compared at the points.
def at_knots(*knots: float) -> np.ndarray:
    return np.stack(np.meshgrid(knots, knots, knots), -1).reshape(-1, 3).astype(np.float32)


CURVED = {
    "Three_Dimensional_Table_With_Shaper": at_knots(0.2444444, 0.5888889, 0.9333333),
    "Uncommon_3x1D_With_Pre_Lut": at_knots(0.0415196, 0.5133834),
}


@pytest.mark.shared
@pytest.mark.parametrize("suffix", LISTED_BY_COLOUR)
def test_what_opencolorio_reads_for_us_is_what_colour_science_reads(shared: Path, suffix: str) -> None:
    compared = 0
    for path in sorted((shared / "interop" / "colour").rglob(f"*{suffix}")):
        found = outcome(path)
        if isinstance(found, GradeFileError):
            continue
        colours = CURVED.get(path.stem, some_colours(200, 0.02, 0.98))
        theirs = through_colour(LISTED_BY_COLOUR[suffix](str(path)), colours)
        ours = found.apply(torch.from_numpy(colours)).numpy()
        assert np.abs(ours - theirs).max() <= 2e-4 * max(1.0, float(np.abs(theirs).max())), path
        compared += 1
    assert compared >= 2


def through_colour(lut: Any, colours: np.ndarray) -> np.ndarray:
    for part in list(lut) if isinstance(lut, colour.LUTSequence) else [lut]:
        tetrahedral = {"interpolator": colour.algebra.table_interpolation_tetrahedral}
        colours = (
            part.apply(colours, **tetrahedral) if isinstance(part, colour.LUT3D) else part.apply(colours)
        )
    return np.asarray(colours)


SUFFIXES = (".cube", ".cc", ".clf", ".3dl", ".csp", ".spi3d", ".spi1d", ".vf", ".m3d", ".look", ".png")
KIN = {(".cube", ".itx"), (".itx", ".cube"), (".3dl", ".m3d"), (".m3d", ".3dl")}


@pytest.mark.shared
def test_a_wrong_suffix_is_refused_or_makes_no_difference(
    shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lutnet.certificate.subject.try_reading", lambda path: ())  # for speed; proven above
    colours = torch.from_numpy(some_colours(100))
    names = ["cubes/base.cube", "cubes/comma_decimal.cube", "cubes/nan.cube", "ocio/cdl_test1.cc", "ocio/iridas_3d.itx",
             "ocio/lustre_33x33x33.3dl", "ocio/lut3d_arbitrary.csp", "ocio/comp2.spi3d", "ocio/cpf.spi1d",
             "ocio/nuke_3d.vf", "ocio/pandora_3d.m3d", "ocio/clf/lut3d_bizarre.clf"]  # fmt: skip
    for name in names:
        original = shared / "interop" / name
        right = outcome(original)
        for suffix in SUFFIXES:
            path = tmp_path / f"renamed{suffix}"
            shutil.copy(original, path)
            found = outcome(path)
            if isinstance(found, GradeFileError):
                assert str(path) in str(found)
            else:
                assert suffix == original.suffix or (original.suffix, suffix) in KIN
                assert isinstance(right, Subject)
                assert torch.equal(found.apply(colours), right.apply(colours))


SPI3D = "SPILUT 1.0\n3 3\n2 2 2\n" + "".join(
    f"{r} {g} {b} {r} {g} {b}\n" for r in (0, 1) for g in (0, 1) for b in (0, 1)
)
CSP = "CSPLUTV100\n3D\n\n" + "2\n0 1\n0 1\n" * 3 + "\n2 2 2\n" + "0 0.5 1\n" * 8


@pytest.mark.parametrize(
    ("name", "text", "line", "cause"),
    [
        ("x.spi3d", SPI3D.replace("1 1 1 1 1 1", "1 1 1 1,0 1,0 1,0"), 11, "comma"),
        ("x.spi3d", SPI3D.replace("1 1 1 1 1 1", "1 1 1 nan 1 1"), 11, "no number"),
        ("x.csp", CSP.replace("0 0.5 1", "0 0,5 1", 1), 15, "comma"),
        ("x.csp", CSP.replace("0 0.5 1", "0 -inf 1", 1), 15, "no number"),
        ("x.3dl", "0 1023\n" + "0 512 4095\n" * 7 + "0 5,12 4095\n", 9, "comma"),
    ],
)
def test_numbers_that_opencolorio_misreads_are_refused_with_their_line(
    tmp_path: Path, name: str, text: str, line: int, cause: str
) -> None:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(GradeFileError, match=cause) as caught:
        read_subject(path)
    assert f"{path}, line {line}" in str(caught.value)


def test_a_3dl_of_another_depth_than_it_states_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "dark.3dl"
    path.write_bytes(baked_by_ocio(LUT3D(0.4 * some_lut(1, 17).table), "lustre"))
    assert by_ocio(some_colours(50), path).max() > 1.2, "OpenColorIO makes it four times too bright"
    with pytest.raises(GradeFileError, match="another depth"):
        read_subject(path)
    path.write_bytes(baked_by_ocio(some_lut(1, 17), "lustre"))
    assert read_subject(path).notes == ()


def test_a_step_that_would_be_left_out_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "x.clf"
    path.write_text(
        '<ProcessList id="a" compCLFversion="3.0" xmlns="urn:AMPAS:CLF:v3.0">\n<Sparkle/>\n'
        '<Matrix inBitDepth="32f" outBitDepth="32f"><Array dim="3 3">1 0 0 0 1 0 0 0 1</Array></Matrix>\n</ProcessList>'
    )
    with pytest.raises(GradeFileError, match="leave out") as caught:
        read_subject(path)
    assert f"{path}, line 2" in str(caught.value)


def test_no_path_that_a_file_states_is_followed(tmp_path: Path) -> None:
    (tmp_path / "other.clf").write_text("<ProcessList/>")
    path = tmp_path / "x.ctf"
    path.write_text('<ProcessList id="a" version="1.3"><Reference path="other.clf"/></ProcessList>')
    with pytest.raises(GradeFileError, match=r"refers to another file.*'other\.clf'"):
        read_subject(path)


def test_a_collection_of_misspelt_cdls_is_no_identity(tmp_path: Path) -> None:
    path = tmp_path / "x.ccc"
    path.write_text(
        "<ColorCorrectionCollection><ColorCorrection id='a'><ASC_SOP><Slope>2 2 2</Slope></ASC_SOP>"
        "</ColorCorrection></ColorCorrectionCollection>"
    )
    assert np.allclose(by_ocio(some_colours(20), path), some_colours(20), atol=1e-6), (
        "as OpenColorIO reads it"
    )
    with pytest.raises(GradeFileError, match="CDL is empty"):
        read_subject(path)


@pytest.mark.parametrize("shaper", ["", "0 1023 4095 7000\n"])
def test_a_lut_of_one_point_is_refused(tmp_path: Path, shaper: str) -> None:
    path = tmp_path / "x.3dl"
    path.write_text(f"{shaper}4095 1780 1958\n")
    with pytest.raises(GradeFileError, match="one point"):
        read_subject(path)


def test_a_cube_may_start_with_a_long_licence(tmp_path: Path) -> None:
    path = tmp_path / "x.cube"
    path.write_text("# all rights reserved\n" * 500 + "LUT_3D_SIZE 2\n" + "0 0.5 1\n" * 8)
    assert read_subject(path).lattice.shape == (2, 2, 2, 3)
