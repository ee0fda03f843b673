"""Folds are found where they are and eased out; what is sound is left alone."""

import itertools

import pytest
import torch

from lutnet.ops.folds import backward_pace, neutral_steps, smallest_volume, unfold
from lutnet.ops.lut3d import apply_lut3d, identity_lattice


def wild(seed: int, size: int = 17, amount: float = 0.08) -> torch.Tensor:
    noise = torch.randn(size, size, size, 3, generator=torch.Generator().manual_seed(seed))
    return (identity_lattice(size) + amount * noise).clamp(0, 1)


def test_the_identity_has_volume_one_everywhere():
    assert torch.allclose(smallest_volume(identity_lattice(9)), torch.ones(8, 8, 8, dtype=torch.float64))


def test_a_scaled_lattice_has_the_product_of_its_scales():
    lattice = identity_lattice(5) * torch.tensor([0.5, 0.8, 0.25])
    assert torch.allclose(smallest_volume(lattice), torch.tensor(0.1, dtype=torch.float64), atol=1e-6)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_volume_of_tetrahedral_interpolation_is_never_smaller(order):
    lattice = wild(1, size=6)
    inside = torch.tensor([0.8, 0.5, 0.2], dtype=torch.float64)[list(order)]
    cell = torch.cartesian_prod(*[torch.arange(5)] * 3)
    places = ((cell + inside) / 5).requires_grad_()
    values = apply_lut3d(places, lattice.double())
    rows = [torch.autograd.grad(values[:, c].sum(), places, retain_graph=True)[0] for c in range(3)]
    jacobian = torch.linalg.det(torch.stack(rows, dim=1))
    assert (jacobian >= smallest_volume(lattice).flatten() - 1e-6).all()


def test_two_exchanged_points_are_a_fold():
    lattice = identity_lattice(9)
    lattice[3, 4, 4], lattice[5, 4, 4] = lattice[5, 4, 4].clone(), lattice[3, 4, 4].clone()
    assert (smallest_volume(lattice) < 0).any()


@pytest.mark.parametrize("pace", [1.0, 0.3, 0.02])
def test_the_pace_of_a_fold_is_how_fast_colours_run_backwards(pace):
    lattice = identity_lattice(17, dtype=torch.float64)
    lattice[4:9, ..., 0] = lattice[4, ..., 0] - pace * torch.arange(5)[:, None, None] / 16
    cells = smallest_volume(lattice) < 0
    assert cells[4:8].all() and not cells[:4].any() and not cells[8:].any()
    assert torch.allclose(
        backward_pace(lattice, cells), torch.full((4 * 16 * 16,), pace, dtype=torch.float64)
    )


@pytest.mark.parametrize("seed", range(4))
def test_whatever_comes_in_nothing_folded_goes_out(seed):
    eased = unfold(wild(seed))
    assert (smallest_volume(eased) >= 0).all()
    assert (neutral_steps(eased) >= 0).all()
    assert eased.min() >= 0
    assert eased.max() <= 1


def test_a_sound_lattice_is_returned_as_a_file_would_hold_it():
    lattice = identity_lattice(17) ** 1.3
    assert torch.equal(unfold(lattice), lattice.double().round(decimals=6).float())


def test_a_single_fold_is_mended_in_its_own_corner():
    lattice = identity_lattice(33) ** 1.2
    lattice[4, 4, 4] += 0.1
    eased = unfold(lattice)
    assert (smallest_volume(eased) >= 0).all()
    assert torch.allclose(eased[16:], lattice[16:], atol=1e-6)


def test_falling_neutrals_rise_again():
    lattice = identity_lattice(17)
    index = torch.arange(17)
    lattice[index, index, index] = lattice[index, index, index] ** 0.5 * 0.9
    lattice[8, 8, 8] = 0.9
    assert (neutral_steps(unfold(lattice)) >= 0).all()
