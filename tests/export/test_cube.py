from __future__ import annotations

from pathlib import Path
from typing import Any

import colour
import numpy as np
import PyOpenColorIO as ocio
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lutnet.errors import GradeFileError, LutnetError, OutputError
from lutnet.export.cube import cube_bytes, read_cube, write_cube
from lutnet.export.cube_reader import read_cube_file
from lutnet.grade import LUT3D
from tests.export.examples import by_ffmpeg, by_ocio, some_colours, some_lut

GOOD = cube_bytes(some_lut(1, 5), title="good", comments=("made here",)).decode()
HEADER = 3  # comment, title, size


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "look.cube"


def written(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_the_file_is_exactly_the_common_dialect(path: Path) -> None:
    write_cube(
        path,
        LUT3D(np.zeros((2, 2, 2, 3), np.float32)),
        title='A "b" é',
        comments=[
            "lutnet 1\n; ü",
        ],
    )
    head = b"# lutnet 1 ; ?\nTITLE \"A 'b' ?\"\nLUT_3D_SIZE 2\n"
    assert path.read_bytes() == head + b"0.000000 0.000000 0.000000\n" * 8


def test_red_runs_fastest(path: Path) -> None:
    table = np.zeros((2, 2, 2, 3), np.float32)
    table[1, 0, 0] = (0.25, 0.5, 0.75)
    write_cube(path, LUT3D(table), title="t")
    assert path.read_text().splitlines()[3] == "0.250000 0.500000 0.750000"


def test_no_number_is_written_as_minus_zero(path: Path) -> None:
    write_cube(path, LUT3D(np.full((2, 2, 2, 3), -1e-9, np.float32)), title="t")
    assert "-" not in path.read_text()


@pytest.mark.parametrize("size", [2, 17, 33])
def test_a_lut_comes_back_to_six_decimals(path: Path, size: int) -> None:
    lut = LUT3D(some_lut(2, size).table * 1.5 - 0.2, (-0.5, 0.0, 0.0), (1.5, 2.0, 1.0))
    write_cube(path, lut, title="t")
    back = read_cube(path)
    assert np.abs(back.table - lut.table).max() <= 6e-7
    assert (back.domain_min, back.domain_max) == (lut.domain_min, lut.domain_max)


def test_opencolorio_ffmpeg_and_colour_apply_the_file_alike(path: Path) -> None:
    lut = some_lut(3)
    write_cube(path, lut, title="t")
    colours = some_colours()
    expected = by_ocio(colours, path)
    tetrahedral = {"interpolator": colour.algebra.table_interpolation_tetrahedral}
    by_colour = colour.read_LUT(str(path)).apply(colours, **tetrahedral)
    assert np.abs(by_ffmpeg(colours, path) - expected).max() <= 1e-5
    assert np.abs(by_colour - expected).max() <= 1e-5


def test_opencolorio_applies_the_file_as_the_lut_itself(path: Path) -> None:
    lut = some_lut(4)
    write_cube(path, lut, title="t")
    colours = some_colours(low=-0.2, high=1.2)
    ours = lut.apply(torch.from_numpy(colours)).numpy()
    assert np.abs(by_ocio(colours, path) - ours).max() <= 2e-6


def test_a_domain_is_applied_as_opencolorio_does(path: Path) -> None:
    lut = LUT3D(some_lut(5, 9).table, (-0.5, -0.5, -0.5), (1.5, 1.5, 1.5))
    write_cube(path, lut, title="t")
    colours = some_colours(low=-0.7, high=1.7)
    ours = read_cube(path).apply(torch.from_numpy(colours)).numpy()
    assert np.abs(by_ocio(colours, path) - ours).max() <= 2e-6


def _edited(line: int, new: str) -> str:
    lines = GOOD.splitlines()
    lines[line] = new
    return "\n".join(lines) + "\n"


def _inserted(line: int, new: str) -> str:
    lines = GOOD.splitlines()
    return "\n".join([*lines[:line], new, *lines[line:]]) + "\n"


ACCEPTED: dict[str, str | bytes] = {
    "byte order mark": "\ufeff" + GOOD,
    "CR LF": GOOD.replace("\n", "\r\n"),
    "CR alone": GOOD.replace("\n", "\r"),
    "no final newline": GOOD.rstrip("\n"),
    "tabs": GOOD.replace(" ", "\t"),
    "double and leading spaces": "\n".join(f"  {line}" for line in GOOD.replace(" ", "  ").split("\n")),
    "lower-case keywords": GOOD.replace("LUT_3D_SIZE", "lut_3d_size").replace("TITLE", "title"),
    "no title": _edited(1, ""),
    "title without quotes": _edited(1, "TITLE good and more"),
    "title not closed": _edited(1, 'TITLE "good'),
    "blank lines in the data": GOOD.replace("\n", "\n\n"),
    "comment in the data": _inserted(20, "# here"),
    "comment behind a keyword": _edited(2, "LUT_3D_SIZE 5 # five"),
    "comment behind a row": _edited(9, GOOD.splitlines()[9] + " # nine"),
    "keyword after data": _inserted(40, "TITLE late"),
    "unit domain": _inserted(2, "DOMAIN_MIN 0 0 0\nDOMAIN_MAX 1 1 1"),
    "unit range of Resolve": _inserted(2, "LUT_3D_INPUT_RANGE 0.0 1.0"),
    "scientific notation": "\n".join(
        line if n < HEADER else " ".join(f"{float(v):.9e}" for v in line.split())
        for n, line in enumerate(GOOD.splitlines())
    ),
    "Latin-1 title": GOOD.encode().replace(b"good", b"gr\xfcn"),
}


@pytest.mark.parametrize("variant", ACCEPTED)
def test_a_harmless_variant_reads_as_the_same_lut(path: Path, variant: str) -> None:
    lut = read_cube(written(path, ACCEPTED[variant]))
    assert np.array_equal(lut.table, read_cube(written(path, GOOD)).table)
    assert (lut.domain_min, lut.domain_max) == ((0, 0, 0), (1, 1, 1))


def test_both_dialects_of_a_range_read_alike(path: Path) -> None:
    iridas = read_cube(written(path, _inserted(2, "DOMAIN_MAX 1.5 1.5 1.5\nDOMAIN_MIN -0.5 -0.5 -0.5")))
    resolve = read_cube(written(path, _inserted(2, "LUT_3D_INPUT_RANGE -0.5 1.5")))
    assert (iridas.domain_min, iridas.domain_max) == (resolve.domain_min, resolve.domain_max)
    assert iridas.domain_min == (-0.5, -0.5, -0.5)


UNEVEN = _edited(10, "0.5 0.5").replace(GOOD.splitlines()[12], "0 0 0 0")
REFUSED: dict[str, tuple[str | bytes, str, str]] = {
    "NaN": (_edited(10, "nan 0 0"), "line 11", "not a number"),
    "infinity": (_edited(10, "0 inf 0"), "line 11", "not a number"),
    "overflow": (_edited(10, "0 1e999 0"), "line 11", "not a number"),
    "more than single precision": (_edited(10, "0 1e300 0"), "", "not a number"),
    "comma decimals": (_edited(10, "0,5 0,5 0,5"), "line 11", "comma"),
    "commas between": (_edited(10, "0.5, 0.5, 0.5"), "line 11", "comma"),
    "two columns": (_edited(10, "0.5 0.5"), "line 11", "2 values"),
    "four columns": (_edited(10, "0.5 0.5 0.5 1.0"), "line 11", "4 values"),
    "row missing": ("\n".join(GOOD.splitlines()[:-1]), "", "number of rows"),
    "row too many": (GOOD + "0 0 0\n", "", "number of rows"),
    "columns that even out": (UNEVEN, "line 11", "2 values"),
    "no size": (_edited(2, ""), "", "LUT_3D_SIZE"),
    "size twice": (_inserted(2, "LUT_3D_SIZE 5"), "line 4", "twice"),
    "size too large": (_edited(2, "LUT_3D_SIZE 257"), "line 3", "out of range"),
    "size huge": (_edited(2, "LUT_3D_SIZE " + "9" * 5000), "line 3", "out of range"),
    "size one": (_edited(2, "LUT_3D_SIZE 1"), "line 3", "out of range"),
    "size no number": (_edited(2, "LUT_3D_SIZE five"), "line 3", "no number"),
    "domain empty": (_inserted(2, "DOMAIN_MIN 1 1 1"), "", "domain is empty"),
    "domain twice": (_inserted(2, "DOMAIN_MIN 0 0 0\nLUT_3D_INPUT_RANGE 0 1"), "line 4", "twice"),
    "domain of two": (_inserted(2, "DOMAIN_MIN 0 0"), "line 3", "2 values"),
    "1D": ("LUT_1D_SIZE 2\n0 0 0\n1 1 1\n", "", "1D"),
    "shaper": (_inserted(2, "LUT_1D_SIZE 2") + "0 0 0\n1 1 1\n", "", "shaper"),
    "shaper without rows": (_inserted(2, "LUT_1D_SIZE 2"), "", "number of rows"),
    "domain with a shaper": (
        _inserted(2, "LUT_1D_SIZE 2\nDOMAIN_MIN 0 0 0") + "0 0 0\n1 1 1\n",
        "",
        "which LUT the domain is of",
    ),
    "video range": (_inserted(2, "LUT_IN_VIDEO_RANGE"), "", "video range"),
    "unknown keyword": (_inserted(2, "LUT_FOO 1"), "line 3", "not known"),
    "rubbish in the data": (_edited(10, "0.5 x 0.5"), "line 11", "not a number"),
    "underscores": (_edited(10, "0.5 1_0 0.5"), "line 11", "not a number"),
    "UTF-16": (GOOD.encode("utf-16"), "", "no text file"),
    "empty": ("", "", "LUT_3D_SIZE"),
    "header alone": ("LUT_3D_SIZE 2\n", "", "number of rows"),
}


@pytest.mark.parametrize("variant", REFUSED)
def test_a_defect_is_refused_with_line_and_cause(path: Path, variant: str) -> None:
    text, line, cause = REFUSED[variant]
    with pytest.raises(GradeFileError) as caught:
        read_cube(written(path, text))
    assert str(path) in str(caught.value)
    assert line in str(caught.value)
    assert cause in str(caught.value)


def test_a_missing_file_is_one_clear_error(path: Path) -> None:
    with pytest.raises(GradeFileError, match="No such file"):
        read_cube(path)


def test_an_unwritable_place_is_an_output_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot write"):
        write_cube(tmp_path / "missing" / "look.cube", some_lut(0, 2), title="t")


SHAPED = (
    "LUT_1D_SIZE 3\nLUT_1D_INPUT_RANGE -0.2 1.4\nLUT_3D_SIZE 5\nLUT_3D_INPUT_RANGE 0.0 1.0\n"
    "0 0 0\n0.6 0.5 0.4\n1 1 1\n" + "\n".join(GOOD.splitlines()[HEADER:]) + "\n"
)
CURVES = "LUT_1D_SIZE 3\nDOMAIN_MIN -0.2 -0.2 -0.2\nDOMAIN_MAX 1.4 1.4 1.4\n0 0 0\n0.6 0.5 0.4\n1 1 1.2\n"


@pytest.mark.parametrize("text", [SHAPED, CURVES, CURVES.replace("DOMAIN", "domain")])
def test_opencolorio_applies_curves_and_shapers_alike(path: Path, text: str) -> None:
    file = read_cube_file(written(path, text))
    assert file.curves is not None and (file.lut is not None) == ("3D" in text)
    colours = some_colours(low=-0.4, high=1.6)
    ours = file.apply(torch.from_numpy(colours)).numpy()
    assert np.abs(by_ocio(colours, written(path, text.replace("domain", "DOMAIN"))) - ours).max() <= 2e-6


def test_a_declared_video_range_is_told(path: Path) -> None:
    file = read_cube_file(written(path, _inserted(2, "LUT_OUT_VIDEO_RANGE")))
    assert (file.video_in, file.video_out, file.dialect) == (False, True, "Resolve")


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_damage_crashes_the_reader(path: Path, data: st.DataObject) -> None:
    text = bytearray(data.draw(st.sampled_from([GOOD, SHAPED, CURVES])).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text) - 1))
        text[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    try:
        file = read_cube_file(written(path, bytes(text)))
    except LutnetError:
        return
    for part in (file.curves, file.lut):
        assert part is None or np.isfinite(part.table).all()


READABLE = [
    "base",
    "blank_lines_in_data",
    "bom",
    "comment_end",
    "comment_inline",
    "comment_mid",
    "comment_top",
    "cr_only",
    "crlf",
    "dblspace",
    "domain_before_size",
    "domain_wide",
    "hdr_values",
    "ints",
    "kw_after_data",
    "leading_space",
    "lowercase_kw",
    "minimal",
    "no_final_nl",
    "prec10",
    "resolve_range",
    "resolve_range_wide",
    "sci",
    "sci_small",
    "size17",
    "size2",
    "tabs",
    "title_empty",
    "title_nonascii",
    "title_single_q",
    "title_unquoted",
    "title_unterminated",
]


@pytest.mark.shared
def test_every_variant_of_the_reader_matrix_is_read_right_or_refused(shared: Path) -> None:
    readable, refused = [], []
    for path in sorted((shared / "interop" / "cubes").glob("*.cube")):
        try:
            lut = read_cube(path)
        except GradeFileError:
            refused.append(path.stem)
            continue
        readable.append(path.stem)
        # The plain files among them, where OpenColorIO is right too, are the oracle for the rest.
        if path.stem not in {"bom", "cr_only", "comment_inline", "kw_after_data"}:
            colours = some_colours(200, -0.6, 1.6)
            ours = lut.apply(torch.from_numpy(colours)).numpy()
            assert np.abs(by_ocio(colours, path) - ours).max() <= 2e-5, path.stem
    assert sorted(readable) == sorted(READABLE)
    base = read_cube(shared / "interop" / "cubes" / "base.cube").table
    for name in ("bom", "cr_only", "comment_inline", "kw_after_data"):
        assert np.allclose(read_cube(shared / "interop" / "cubes" / f"{name}.cube").table, base, atol=1e-6)
    assert len(refused) == 11


# Where OpenColorIO refuses a file, colour-science is the oracle: shapers with ranges and a title, Resolve's 1D.
BY_COLOUR = {"resolve_1d3d", "Three_Dimensional_Table_With_Shaper", "resolve_range", "resolve_range_wide"}
ODD = {"bom", "cr_only", "comment_inline", "kw_after_data"}  # proven above, by the plain file


@pytest.mark.shared
@pytest.mark.parametrize("folder", ["cubes", "colour/iridas_cube", "colour/resolve_cube", "ocio"])
def test_no_real_cube_is_misread_in_silence(shared: Path, folder: str) -> None:
    colours = some_colours(300, -0.2, 1.2)
    paths = sorted((shared / "interop" / folder).glob("*.cube"))
    compared = 0
    for path in paths:
        if path.stem in ODD:
            continue
        try:
            file = read_cube_file(path)
        except GradeFileError as error:
            assert str(path) in str(error)
            continue
        ours = file.apply(torch.from_numpy(colours)).numpy()
        theirs = by_colour(colours, path) if path.stem in BY_COLOUR else by_ocio_or_colour(colours, path)
        assert np.abs(theirs - ours).max() <= 3e-5 * max(1.0, float(np.abs(ours).max())), path
        compared += 1
    assert compared >= min(4, len(paths))


def by_colour(colours: np.ndarray, path: Path) -> np.ndarray:
    """``colours`` through the file as colour-science applies it, clamped to its domain as OpenColorIO does."""
    lut: Any = colour.read_LUT(str(path))
    tetrahedral = {"interpolator": colour.algebra.table_interpolation_tetrahedral}
    parts = list(lut) if isinstance(lut, colour.LUTSequence) else [lut]
    for part in parts:
        low, high = np.asarray(part.domain).min(0), np.asarray(part.domain).max(0)
        inside = np.clip(colours, low, high)
        colours = part.apply(inside, **tetrahedral) if isinstance(part, colour.LUT3D) else part.apply(inside)
    return np.asarray(colours)


def by_ocio_or_colour(colours: np.ndarray, path: Path) -> np.ndarray:
    try:
        return by_ocio(colours, path)
    except ocio.Exception:
        return by_colour(colours, path)
