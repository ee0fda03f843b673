"""DE2000 against colour-science and Sharma's published pairs, and gradients where a plain one gives NaN."""

from __future__ import annotations

import colour
import numpy as np
import pytest
import torch

from lutnet.errors import InputError
from lutnet.ops.difference import GRADIENT_LIMIT, delta_e_2000, delta_e_rgb

# G. Sharma et al. (2005), table 1: a selection of the pairs that catch wrong implementations.
SHARMA = [
    ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
    ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
    ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0009), 7.1792),
    ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0011), 7.2195),
    ((50.0, -0.001, 2.49), (50.0, 0.0009, -2.49), 4.8045),
    ((50.0, -0.001, 2.49), (50.0, 0.0011, -2.49), 4.7461),
    ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
    ((50.0, 2.5, 0.0), (56.0, -27.0, -3.0), 31.9030),
    ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
    ((90.9257, -0.5406, -0.9208), (88.6381, -0.8985, -0.7239), 1.5381),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
]


def random_lab(seed: int, count: int = 60_000) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    first = rng.uniform((0, -110, -110), (100, 110, 110), (count, 3))
    near = first + rng.normal(0.0, 2.0, (count, 3))
    far = rng.uniform((0, -110, -110), (100, 110, 110), (count, 3))
    second = np.where(rng.random((count, 1)) < 0.5, near, far)
    first[:500, 1:] = 0.0
    second[250:750, 1:] = 0.0
    second[800:900] = first[800:900]
    return first, second


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-4), (torch.float32, 5e-4)])
def test_difference_equals_colour_science(dtype: torch.dtype, tolerance: float) -> None:
    first, second = (torch.from_numpy(lab).to(dtype) for lab in random_lab(7))
    theirs = colour.delta_E(first.double().numpy(), second.double().numpy(), method="CIE 2000")
    assert np.abs(delta_e_2000(first, second).double().numpy() - theirs).max() <= tolerance


@pytest.mark.parametrize(("first", "second", "published"), SHARMA)
def test_difference_equals_the_published_pairs(
    first: tuple[float, ...], second: tuple[float, ...], published: float
) -> None:
    pair = (torch.tensor([values], dtype=torch.float64) for values in (first, second))
    assert delta_e_2000(*pair).item() == pytest.approx(published, abs=5e-5)


def test_difference_is_symmetric_and_zero_for_equal_colours() -> None:
    first, second = (torch.from_numpy(lab) for lab in random_lab(3, 5000))
    forth, back = delta_e_2000(first, second), delta_e_2000(second, first)
    # At hues exactly opposed the mean hue has two answers; random colours keep clear of that.
    assert torch.allclose(forth, back, atol=1e-9)
    assert bool((delta_e_2000(first, first) == 0).all())


def test_gradients_are_finite_and_bounded_at_equal_black_and_grey_colours() -> None:
    lightness = torch.linspace(0.0, 100.0, 41)
    greys = torch.stack([lightness, torch.zeros(41), torch.zeros(41)], -1)
    coloured = greys + torch.tensor([0.0, 30.0, -60.0])
    barely = greys + torch.tensor([0.0, 1e-6, -1e-7])
    first = torch.cat([greys, greys, greys, barely, coloured, barely]).requires_grad_()
    second = torch.cat([greys, coloured, barely, coloured, coloured, greys]).requires_grad_()
    delta_e_2000(first, second).sum().backward()
    for lab in (first, second):
        assert lab.grad is not None and bool(lab.grad.isfinite().all())
        assert float(lab.grad.norm(dim=-1).max()) <= GRADIENT_LIMIT * (1 + 1e-6)


def test_gradients_through_rgb_are_finite_at_black_and_white() -> None:
    colours = torch.tensor([[0.0] * 3, [1.0] * 3, [0.5] * 3, [0.0, 1.0, 0.0]], requires_grad=True)
    delta_e_rgb(colours, torch.rand(4, 3)).sum().backward()
    assert colours.grad is not None and bool(colours.grad.isfinite().all())


def test_gradcheck_away_from_hue_opposition() -> None:
    generator = torch.Generator().manual_seed(5)
    first = torch.rand(200, 3, generator=generator, dtype=torch.float64) * 60.0 + 15.0
    second = first + torch.randn(200, 3, generator=generator, dtype=torch.float64) * 4.0
    assert torch.autograd.gradcheck(delta_e_2000, (first.requires_grad_(), second.requires_grad_()))


def test_shapes_that_differ_and_nan_are_refused() -> None:
    with pytest.raises(InputError, match="differ in shape"):
        delta_e_2000(torch.rand(4, 3), torch.rand(5, 3))
    with pytest.raises(InputError, match="not a number"):
        delta_e_2000(torch.full((1, 3), float("nan")), torch.zeros(1, 3))
