"""Falls and bends of a neutral ramp are measured as the hand does, and mended with the least of moves."""

import pytest
import torch

from lutnet.ops.lut3d import apply_lut3d, identity_lattice, vertices
from lutnet.ops.mend import mended
from lutnet.ops.ramp import BEND, FALL, Ramp, bends, falls, neutral_ramp

NEUTRAL = Ramp(neutral_ramp(), torch.zeros(1024, 1, dtype=torch.bool))


def bumpy(seed: int, amount: float) -> torch.Tensor:
    noise = torch.randn(33, 33, 33, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))
    return (identity_lattice(33, dtype=torch.float64) + amount * noise).clamp(0, 1)


def test_a_straight_line_neither_falls_nor_bends():
    line = 0.1 + 0.7 * neutral_ramp()
    assert falls(line).max() == 0
    assert bends(line).max() < 1e-12


def test_a_corner_bends_by_its_change_of_slope_over_one_step():
    ramp = neutral_ramp()
    corner = 0.1 + torch.where(ramp < 512 / 1023, 0.3 * ramp, 0.3 * 512 / 1023 + 1.1 * (ramp - 512 / 1023))
    assert float(bends(corner).max()) == pytest.approx(0.8 / 1023, rel=0.01)
    assert int(bends(corner).argmax()) == 511


def test_where_values_clip_a_corner_is_no_fault():
    clipped = (1.4 * neutral_ramp() - 0.2).clamp(0, 1)
    assert bends(clipped).max() < 1e-12
    lifted = 0.05 + 0.8 * clipped
    assert bends(lifted).max() > 0.0005
    assert bends(lifted, (clipped <= 0) | (clipped >= 1)).max() < 1e-12


def test_a_fall_is_told_in_code_values():
    ramp = neutral_ramp().clone()
    ramp[300, 1] = ramp[299, 1] - 0.002
    assert float(falls(ramp).max()) == pytest.approx(0.002)


def test_vertices_and_weights_are_those_of_tetrahedral_interpolation():
    colours = torch.rand(500, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    lattice = bumpy(2, 0.1)
    index, weights = vertices(colours, 33)
    mixed = (lattice.view(-1, 3)[index] * weights.unsqueeze(-1)).sum(1)
    assert torch.allclose(weights.sum(1), torch.ones(500, dtype=torch.float64))
    assert torch.allclose(mixed, apply_lut3d(colours, lattice), atol=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_bumpy_neutrals_are_mended(seed):
    lattice = bumpy(seed, 0.012)
    assert not NEUTRAL.is_smooth_behind(lattice)
    graded = apply_lut3d(neutral_ramp(), mended(lattice, NEUTRAL))
    assert falls(graded).max() <= FALL
    assert bends(graded).max() <= BEND


def test_mending_moves_little_and_only_what_the_ramp_touches():
    lattice = bumpy(4, 0.012)
    moved = (mended(lattice, NEUTRAL) - lattice).abs().amax(-1)
    index, _ = vertices(neutral_ramp(), 33)
    touched = torch.zeros(33**3, dtype=torch.bool)
    touched[index.flatten()] = True
    assert moved.flatten()[~touched].max() <= 1e-6
    assert moved.max() < 0.06


def test_what_is_smooth_is_left_alone():
    lattice = (identity_lattice(33, dtype=torch.float64) ** 1.2).round(decimals=6)
    assert torch.equal(mended(lattice, NEUTRAL), lattice)
