"""Statistics of a population of photographs, and a look told from them."""

from __future__ import annotations

import pytest
import torch

from lutnet.grade import CDL
from lutnet.ops.difference import delta_e_rgb
from lutnet.training.population import (
    RANKS,
    STATISTICS,
    neutral_of,
    population_of,
    shipped_population,
    statistics,
)


def photographs(count: int, seed: int) -> torch.Tensor:
    """Made-up pictures ``[N, P, 3]``: each a range of tones and colours of its own, neutral on average."""
    draw = torch.Generator().manual_seed(seed)
    middle = 0.45 + 0.08 * torch.randn(count, 1, 1, generator=draw)
    cast = 0.03 * torch.randn(count, 1, 3, generator=draw)
    tones = 0.17 * torch.randn(count, 300, 1, generator=draw)
    colours = 0.07 * torch.randn(count, 300, 3, generator=draw)
    return (middle + cast + tones + colours).clamp(0.0, 1.0)


def test_statistics_of_two_tones_are_those_read_off_by_hand():
    colours = torch.tensor([[0.2, 0.2, 0.2]] * 150 + [[0.6, 0.6, 0.9]] * 151)[None]
    found = statistics(colours)[0]
    assert found.shape == (STATISTICS,)
    ranks = len(RANKS)
    red, _, blue = found[: 3 * ranks].view(ranks, 3).unbind(1)
    assert red.tolist() == pytest.approx([0.2] * 3 + [0.6] * 4)
    assert blue.tolist() == pytest.approx([0.2] * 3 + [0.9] * 4)
    grey = 0.6 + 0.3 * 0.0722
    assert found[3 * ranks : 4 * ranks].tolist() == pytest.approx([0.2] * 3 + [grey] * 4)
    assert found[4 * ranks : 5 * ranks - 2].tolist() == pytest.approx([0.0] + [0.3] * 4)
    assert found[-9:-6].tolist() == pytest.approx([0.0] * 3, abs=1e-6)  # dark third
    assert found[-3:].tolist() == pytest.approx([2 * (0.6 - grey)] * 2 + [2 * (0.9 - grey)], rel=1e-5)


def test_the_order_of_pixels_says_nothing():
    colours = photographs(2, 1)
    shuffled = colours[:, torch.randperm(300, generator=torch.Generator().manual_seed(2))]
    assert torch.allclose(statistics(colours), statistics(shuffled), atol=1e-6)


def test_a_look_that_all_stills_share_is_taken_off():
    population = population_of(photographs(400, 3), [str(number % 10) for number in range(400)])
    truth = photographs(20, 4)
    graded = CDL((1.1, 1.0, 0.85), (0.02, 0.0, 0.03), (0.9, 1.0, 1.1), 0.8).apply(truth)
    found = neutral_of(graded, graded, 0.0, population)
    assert delta_e_rgb(found, truth).mean() < 0.4 * delta_e_rgb(graded, truth).mean()


def test_a_trusted_guess_is_kept():
    population = population_of(photographs(400, 3), [str(number % 10) for number in range(400)])
    graded = (photographs(20, 4) * 0.7).clamp(0.0, 1.0)
    found = neutral_of(graded, graded, 1e4, population)
    assert (found - graded).abs().max() < 0.02


def test_what_ships_fits_the_statistics_and_is_a_covariance():
    shipped = shipped_population()
    assert shipped.mean.shape == (STATISTICS,)
    for spread in (shipped.among, shipped.between):
        assert torch.equal(spread, spread.T) and bool((torch.linalg.eigvalsh(spread.double()) > -1e-6).all())
    assert bool((torch.linalg.eigvalsh(shipped.precision(20).double()) > 0).all())
