"""Known grades are what the protocols say, and LUTs for testing stay out of training."""

import numpy as np
import pytest
import torch

from lutnet.errors import GradeFileError
from lutnet.export.cube import write_cube
from lutnet.grade import CDL, LUT3D
from lutnet.ops.detune import detune
from lutnet.ops.lut3d import identity_lattice
from lutnet.training.grades import (
    DETUNE_RANGE,
    Detune,
    GradeKind,
    is_for_testing,
    random_amounts,
    random_cdl,
    random_grade,
    read_luts,
)

LUT = LUT3D((identity_lattice(5) ** 1.2).numpy())


def test_detunes_fill_the_range_of_protocol_m_and_keep_to_it():
    draw = torch.Generator().manual_seed(1)
    amounts = torch.stack([random_amounts(draw) for _ in range(2000)])
    limits = torch.tensor(DETUNE_RANGE)
    assert (amounts.abs() <= limits).all()
    assert (amounts.abs().amax(0) > 0.98 * limits).all()
    assert (amounts.mean(0).abs() < 0.05).all()


def test_cdls_keep_to_the_protocols_ranges():
    draw = torch.Generator().manual_seed(1)
    for _ in range(300):
        cdl = random_cdl(draw)
        assert min(*cdl.slope, *cdl.power) >= 0.8
        assert max(*cdl.slope, *cdl.power) <= 1.25
        assert max(abs(value) for value in cdl.offset) <= 0.06
        assert 0.6 <= cdl.saturation <= 1.4


def test_each_kind_draws_its_own_transform():
    draw = torch.Generator().manual_seed(1)
    colours = torch.rand(50, 3)
    detuned = random_grade(GradeKind.DETUNE, [], draw)
    assert isinstance(detuned.transform, Detune)
    assert torch.equal(detuned.apply_colours(colours), detune(colours, detuned.transform.amounts))
    assert isinstance(random_grade(GradeKind.CDL, [], draw).transform, CDL)
    looked = random_grade(GradeKind.LUT, [("a", LUT)], draw)
    assert looked.name == "a"
    assert torch.equal(looked.apply_colours(colours), LUT.apply(colours))


def test_pictures_and_colours_are_graded_alike():
    grade = random_grade(GradeKind.CDL, [], torch.Generator().manual_seed(2))
    picture = torch.rand(2, 3, 4, 5)
    assert torch.equal(grade.apply(picture)[1, :, 2, 3], grade.apply_colours(picture[1, :, 2, 3]))


def test_luts_are_read_in_the_order_of_their_paths(tmp_path):
    for name in ("b", "a"):
        write_cube(tmp_path / f"{name}.cube", LUT, title=name)
    found = read_luts(tmp_path)
    assert [name for name, _ in found] == ["a", "b"]
    assert np.allclose(found[0][1].table, LUT.table, atol=1e-6)


def test_a_folder_without_luts_is_an_error(tmp_path):
    with pytest.raises(GradeFileError, match=r"no \.cube"):
        read_luts(tmp_path)


def test_the_split_keeps_whole_stocks_apart(shared):
    names = [name for name, _ in read_luts(shared / "interop" / "luts")]
    held = [name for name in names if is_for_testing(name)]
    assert 6 <= len(held) < len(names) / 2
    assert not any("kodachrome" in name for name in set(names) - set(held))
