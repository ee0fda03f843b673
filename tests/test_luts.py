"""The looks that ship are what their recipes make, and hold what ``lutnet check`` asks of any LUT."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from lutnet.certificate import certify
from lutnet.export.cube import read_cube
from lutnet.looks import read_look, shipped_looks

FOLDER = Path(__file__).resolve().parent.parent / "luts"
FILES = sorted(FOLDER.glob("*.cube"))


def recipes() -> ModuleType:
    spec = importlib.util.spec_from_file_location("recipes", FOLDER / "recipes.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_recipe_has_its_file() -> None:
    assert {path.stem for path in FILES} == set(recipes().LOOKS) == set(shipped_looks())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_look_is_what_its_recipe_makes_and_sound(path: Path) -> None:
    assert np.abs(read_cube(path).table - recipes().lattice(path.stem).table).max() <= 1e-6
    assert certify(path).is_sound
    look, made = read_look(shipped_looks()[path.stem]), recipes().as_look(path.stem)
    assert (look.name, look.caption, look.grade.cdl) == (made.name, made.caption, made.grade.cdl)
    assert look.grade.lut is not None
    assert np.abs(look.grade.lut.table - read_cube(path).table).max() <= 1e-6
