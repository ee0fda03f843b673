"""Look files: what is written comes back, and what is none ends in one clear error."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
import torch

from lutnet.errors import GradeFileError, InputError
from lutnet.grade import CDL, LUT3D, Grade
from lutnet.looks import Look, find_look, look_bytes, read_look, shipped_looks, write_look
from tests.review.packages import bent_lut

CDL_ = CDL((1.2, 1.0, 0.9), (0.01, 0.0, -0.02), (0.9, 1.0, 1.1), 0.8)
WIDE = LUT3D(bent_lut(9).table, (-0.1, 0.0, 0.0), (1.0, 1.2, 1.0))
LOOK = Look("dusk", Grade(CDL_, WIDE), "evening", "sRGB - Display")
COLOURS = torch.rand(500, 3, generator=torch.Generator().manual_seed(3))


@pytest.mark.parametrize("grade", [Grade(), Grade(CDL_), Grade(CDL_, WIDE)])
def test_a_look_comes_back_as_it_was(tmp_path: Path, grade: Grade) -> None:
    write_look(tmp_path / "a.look", Look("dusk", grade, "evening", "sRGB - Display"))
    back = read_look(tmp_path / "a.look")
    assert (back.name, back.caption, back.space) == ("dusk", "evening", "sRGB - Display")
    assert back.grade.cdl == grade.cdl
    assert torch.equal(back.grade.apply_colours(COLOURS), grade.apply_colours(COLOURS))
    if grade.lut is not None and back.grade.lut is not None:
        assert back.grade.lut.digest == grade.lut.digest


def test_the_same_look_is_the_same_bytes_and_any_safetensors_reader_reads_it() -> None:
    data = look_bytes(LOOK)
    assert data == look_bytes(LOOK)
    tensors = safetensors.numpy.load(data)
    assert np.array_equal(tensors["lattice"], WIDE.table)
    assert tensors["domain"].tolist() == [[-0.1, 0.0, 0.0], [1.0, 1.2, 1.0]]


def facts_of(data: bytes) -> dict[str, object]:
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    facts: dict[str, object] = json.loads(header["__metadata__"]["lutnet.look"])
    return facts


def rewritten(**changes: object) -> bytes:
    data = look_bytes(LOOK)
    facts = json.dumps({**facts_of(data), **changes})
    return safetensors.numpy.save(safetensors.numpy.load(data), metadata={"lutnet.look": facts})


def flipped(data: bytes) -> bytes:
    return data[:-9] + bytes([data[-9] ^ 1]) + data[-8:]


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "of the next version": (lambda: rewritten(version=2), "another version: 2 .allowed: 1"),
    "of no version": (lambda: rewritten(version=None), "another version"),
    "with another caption than was sealed": (lambda: rewritten(caption="x"), "damaged"),
    "with a number that was changed": (lambda: flipped(look_bytes(LOOK)), "damaged"),
    "of another format": (lambda: rewritten(format="other"), "not a look file"),
    "cut off": (lambda: look_bytes(LOOK)[:-5], "not a look file"),
    "empty": (lambda: b"", "not a look file"),
    "a cube": (lambda: b"LUT_3D_SIZE 2\n" + b"0 0 0\n" * 8, "not a look file"),
    "weights": (lambda: safetensors.numpy.save({"a": np.zeros(3)}), "not a look file"),
    "facts that are no object": (
        lambda: safetensors.numpy.save({}, metadata={"lutnet.look": "[1]"}),
        "not a look file",
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_file_that_is_no_such_look_is_one_clear_error(tmp_path: Path, kind: str) -> None:
    content, words = REFUSED[kind]
    path = tmp_path / "a.look"
    path.write_bytes(content())
    with pytest.raises(GradeFileError, match=words) as caught:
        read_look(path)
    assert str(path) in str(caught.value)


def test_numbers_that_cannot_be_are_refused_though_their_seal_is_right(tmp_path: Path) -> None:
    wrong = WIDE.table.copy()
    wrong[0, 0, 0] = np.nan
    broken = object.__new__(LUT3D)
    for name, value in (("table", wrong), ("domain_min", (0.0,) * 3), ("domain_max", (1.0,) * 3)):
        object.__setattr__(broken, name, value)
    (tmp_path / "a.look").write_bytes(look_bytes(Look("x", Grade(lut=broken))))
    with pytest.raises(GradeFileError, match="not a number"):
        read_look(tmp_path / "a.look")


@pytest.mark.parametrize("text", ["", "two\nlines", "\x1b[2J", "x" * 81])
def test_a_name_is_one_printable_line(text: str) -> None:
    with pytest.raises(InputError, match="name"):
        Look(text)


def test_a_look_is_found_by_path_and_by_name(tmp_path: Path) -> None:
    write_look(tmp_path / "own.look", LOOK)
    assert find_look(str(tmp_path / "own.look")) == tmp_path / "own.look"
    assert find_look("silver") == shipped_looks()["silver"]
    with pytest.raises(InputError, match=r"no such look: 'silber'.*warm_print"):
        find_look("silber")


def test_strength_mixes_with_the_picture() -> None:
    half = LOOK.lut(0.5, 33).apply(COLOURS)
    wanted = torch.lerp(COLOURS, LOOK.grade.apply_colours(COLOURS), 0.5)
    assert float((half - wanted).abs().mean()) < 2e-3
    assert torch.equal(LOOK.lut(0.0, 9).apply(COLOURS), LUT3D(LOOK.lut(0.0, 9).table).apply(COLOURS))
    with pytest.raises(InputError, match="strength"):
        LOOK.lut(-0.1)
