"""The pixels that leave the stand-in are those of lutnet's grade, whatever is not known of Resolve."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
import torch

from lutnet.grade import CDL, Grade
from resolve_bridge.cube import bake, parse_cube
from resolve_bridge.package import Cdl
from tests.resolve_bridge import documents
from tests.resolve_bridge.conftest import Bench, MakeBench
from tests.resolve_bridge.standin.colour import ASC_LUMA, MEASURED_LUMA, Engine

COLOURS = np.random.default_rng(7).uniform(0, 1, (400, 3))
ENGINES = [
    Engine(lut_first, luma, clamps)
    for lut_first, luma, clamps in product((False, True), (ASC_LUMA, MEASURED_LUMA), (True, False))
]
CODE_VALUE = 1 / 255


def pixels(made: Bench, name: str, engine: Engine) -> Any:
    return engine.render(made.item(name), COLOURS, made.desk.luts)


def expected(grade: Grade) -> Any:
    return grade.apply_colours(torch.from_numpy(COLOURS)).numpy()


def with_look_node(made: Bench) -> None:
    for item in made.items:
        item.nodes.append(item.nodes[0].copy())
        item.nodes[1].label = "look"


@pytest.mark.parametrize("engine", ENGINES)
def test_baked_grades_do_not_depend_on_what_is_not_known_of_resolve(bench: MakeBench, engine: Engine) -> None:
    made = bench()
    made.apply(bake=True)
    for name, grade in [
        ("a.mov", Grade(documents.TINTED)),
        ("b.mov", Grade(documents.TINTED, documents.look())),
    ]:
        baked = expected(grade.baked(33))
        assert np.abs(pixels(made, name, engine) - baked).max() < 1e-5
        assert np.abs(baked - expected(grade)).mean() < CODE_VALUE / 4


@pytest.mark.parametrize("engine", ENGINES)
def test_cdl_on_node_1_and_lut_on_the_named_node_give_the_grade_itself(
    bench: MakeBench, engine: Engine
) -> None:
    made = bench()
    with_look_node(made)
    made.apply(lut_node="look")
    tinted = documents.TINTED
    inside = np.all(
        (COLOURS * tinted.slope + tinted.offset >= 0), axis=-1
    )  # an unclamped CDL goes on below 0
    for name, lut in [("a.mov", None), ("b.mov", documents.look())]:
        shown = np.clip(pixels(made, name, engine), 0, 1)
        assert np.abs(shown - expected(Grade(tinted, lut)))[inside].max() < 1e-5


def test_saturation_differs_only_by_resolves_luma_weights_and_that_is_noted(bench: MakeBench) -> None:
    made = bench()
    report = made.apply()
    graded = expected(Grade(documents.PALE))
    assert np.abs(pixels(made, "c.mov", Engine()) - graded).max() < 1e-5
    assert np.abs(pixels(made, "c.mov", Engine(luma=MEASURED_LUMA)) - graded).max() < 2 * CODE_VALUE
    assert "luma" in report.lines[2].notes[0]


def test_the_users_own_primaries_on_node_1_do_not_add_up_with_the_grade(bench: MakeBench) -> None:
    made = bench()
    for item in made.items:
        item.nodes[0].primaries = (1.3, 1.2, 1.1, 0.05, 0, 0, 0.9, 1, 1, 1.4)
    made.apply()
    assert np.abs(pixels(made, "a.mov", Engine()) - expected(Grade(documents.TINTED))).max() < 1e-5
    baked = expected(Grade(documents.TINTED, documents.look()).baked(33))
    assert np.abs(pixels(made, "b.mov", Engine()) - baked).max() < 1e-5


def test_a_baked_package_is_applied_as_it_is(bench: MakeBench) -> None:
    made = bench(baked=True)
    made.apply()
    assert "_baked_" not in made.item("b.mov").nodes[0].lut
    baked = expected(Grade(documents.TINTED, documents.look()).baked(33))
    assert np.abs(pixels(made, "b.mov", Engine(lut_first=True)) - baked).max() < 1e-5


def test_revert_brings_the_users_pixels_back(bench: MakeBench) -> None:
    from resolve_bridge.revert import revert

    made = bench()
    made.item("a.mov").nodes[0].primaries = (1.3, 1.2, 1.1, 0.05, 0, 0, 0.9, 1, 1, 1.4)
    before = pixels(made, "a.mov", Engine())
    made.apply()
    assert np.abs(pixels(made, "a.mov", Engine()) - before).max() > 0.01
    revert(made.desk.resolve())
    assert np.array_equal(pixels(made, "a.mov", Engine()), before)


@pytest.mark.parametrize("size", [2, 5, 17])
def test_the_bridges_own_bake_equals_lutnets(size: int) -> None:
    grade = Grade(CDL((1.2, 0.9, 1.0), (-0.05, 0.02, 0.1), (0.8, 1.2, 1.0), 1.3), documents.look(size))
    from lutnet.export.cube import cube_bytes

    assert grade.lut is not None
    cdl = Cdl(grade.cdl.slope, grade.cdl.offset, grade.cdl.power, grade.cdl.saturation)
    own = parse_cube(bake(cdl, parse_cube(cube_bytes(grade.lut, title="t"), "test"), "x"), "test")
    table = np.array(own.colours).reshape(33, 33, 33, 3).transpose(2, 1, 0, 3)
    lut = grade.baked(33).lut
    assert lut is not None and np.abs(table - lut.table).max() < 2e-6
