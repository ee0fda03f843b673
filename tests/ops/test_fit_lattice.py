"""The lattice solve finds what colour pairs say, stays still where they say nothing, and is smooth."""

import pytest
import torch

from lutnet.errors import InputError
from lutnet.ops.difference import delta_e_rgb
from lutnet.ops.fit_lattice import Stiffness, colour_cells, fit_lattice
from lutnet.ops.lut3d import apply_lut3d, identity_lattice

COLOURS = torch.rand(6000, 3, generator=torch.Generator().manual_seed(4))


def look(colours: torch.Tensor) -> torch.Tensor:
    mixed = colours @ torch.tensor([[0.9, 0.05, 0.0], [0.1, 0.9, 0.1], [0.0, 0.05, 0.9]])
    return 0.03 + 0.94 * mixed + 0.15 * mixed * (1 - mixed) * (2 * mixed - 1)


def test_a_smooth_look_is_recovered_between_the_pairs():
    lattice = fit_lattice(COLOURS[:4000], look(COLOURS[:4000]))
    unseen = COLOURS[4000:]
    assert delta_e_rgb(apply_lut3d(unseen, lattice), look(unseen)).mean() < 0.1


def test_equal_pairs_give_the_identity_exactly():
    assert torch.equal(fit_lattice(COLOURS, COLOURS), identity_lattice(33))


def test_one_pair_moves_its_own_colour_and_hardly_the_opposite_one():
    source = torch.tensor([[0.25, 0.25, 0.25]])
    lattice = fit_lattice(source, source + 0.05, stiffness=Stiffness(noise=0.004, pair_noise=0.0))
    near, far = apply_lut3d(torch.tensor([[0.25] * 3, [0.95] * 3]), lattice)
    assert (near - 0.25).min() > 0.02
    assert (far - 0.95).abs().max() < 0.02


def test_pairs_of_weight_zero_do_not_count():
    weights = torch.ones(len(COLOURS))
    weights[::2] = 0.0
    target = look(COLOURS)
    spoiled = target.clone()
    spoiled[::2] = 0.0
    assert torch.equal(fit_lattice(COLOURS, spoiled, weights), fit_lattice(COLOURS, target, weights))


def test_values_stay_in_range_and_repeat():
    target = (COLOURS * 1.4 - 0.2).clamp(0, 1)
    lattice = fit_lattice(COLOURS, target, size=17)
    assert lattice.shape == (17, 17, 17, 3)
    assert lattice.min() >= 0
    assert lattice.max() <= 1
    assert torch.equal(lattice, fit_lattice(COLOURS, target, size=17))


def test_a_neutral_ramp_bends_by_less_than_a_thousandth_a_step():
    lattice = fit_lattice(COLOURS, look(COLOURS))
    ramp = apply_lut3d(torch.linspace(0, 1, 1024)[:, None].expand(-1, 3), lattice)
    assert ramp.diff(n=2, dim=0).abs().max() < 1e-3


def test_cells_are_weighted_means_of_their_pairs():
    source = torch.tensor([[0.01, 0.01, 0.01], [0.02, 0.02, 0.02], [0.9, 0.9, 0.9]])
    target = torch.tensor([[0.0, 0.0, 0.0], [0.4, 0.4, 0.4], [1.0, 1.0, 1.0]])
    cells = colour_cells(source, target, torch.tensor([1.0, 3.0, 2.0]))
    assert cells.count.tolist() == [4.0, 2.0]
    assert cells.target[0, 0].item() == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (torch.rand(4, 3), torch.rand(5, 3)),
        (torch.rand(0, 3), torch.rand(0, 3)),
        (torch.full((4, 3), torch.nan), torch.rand(4, 3)),
    ],
)
def test_bad_pairs_are_refused(source, target):
    with pytest.raises(InputError):
        fit_lattice(source, target)
