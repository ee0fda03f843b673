"""Fitting the detune model: known amounts come back from pairs, through noise and wrong pairs."""

from __future__ import annotations

import pytest
import torch

from lutnet.errors import InputError
from lutnet.ops.detune import NAMES, detune
from lutnet.ops.fit_detune import DetunePairs, fit_detune


def pairs_of(amounts: torch.Tensor, noise: float = 0.0, wrong: float = 0.0) -> DetunePairs:
    draw = torch.Generator().manual_seed(3)
    right = torch.rand(1200, 3, generator=draw) * 0.9 + 0.05
    spoiled = detune(right, amounts)
    spoiled = spoiled + noise * torch.randn(spoiled.shape, generator=draw)
    strangers = torch.rand(len(right), generator=draw) < wrong
    spoiled[strangers] = torch.rand(int(strangers.sum()), 3, generator=draw)
    return DetunePairs(right, spoiled.clamp(0.0, 1.0))


TELLING = [0, 1, 2, 6]
"""Contrast, black point and white point are affine maps in a row: of the three, only two can be told."""


@pytest.mark.parametrize("seed", range(4))
def test_the_change_of_seven_faults_is_explained(seed: int) -> None:
    amounts = torch.rand(len(NAMES), generator=torch.Generator().manual_seed(seed)) * 1.2 - 0.6
    found = fit_detune(pairs_of(amounts))
    colours = torch.rand(500, 3, generator=torch.Generator().manual_seed(9)) * 0.8 + 0.1
    assert (detune(colours, found.amounts) - detune(colours, amounts)).abs().mean() < 2e-3
    assert (found.amounts - amounts)[TELLING].abs().max() < 0.03


@pytest.mark.parametrize("column", TELLING)
@pytest.mark.parametrize("level", [-1.0, 1.0])
def test_one_whole_fault_is_found_through_noise_and_wrong_pairs(column: int, level: float) -> None:
    amounts = torch.zeros(len(NAMES))
    amounts[column] = level
    found = fit_detune(pairs_of(amounts, noise=1 / 255, wrong=0.1))
    assert abs(float(found.amounts[column]) - level) < 0.17
    assert int(found.amounts.abs().argmax()) == column


def test_a_start_is_kept_where_it_explains_everything() -> None:
    amounts = torch.tensor([0.0, 0.0, 0.0, 0.0, -1.0, 0.0, 0.0])
    assert torch.allclose(fit_detune(pairs_of(amounts), amounts).amounts, amounts, atol=0.05)


def test_what_grey_pairs_cannot_say_stays_at_zero_and_is_said_to_be_unsure() -> None:
    grey = torch.linspace(0.1, 0.9, 500).unsqueeze(-1).expand(-1, 3)
    amounts = torch.tensor([0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    found = fit_detune(DetunePairs(grey, detune(grey, amounts)))
    assert abs(float(found.amounts[6])) < 0.02
    assert found.deviation[6] > 10 * found.deviation[0]


def test_costs_of_many_amounts_at_once_equal_each_alone() -> None:
    pairs = pairs_of(torch.full((7,), 0.2))
    amounts = torch.rand(5, 7, generator=torch.Generator().manual_seed(0)) - 0.5
    together = pairs.cost(amounts)
    assert torch.allclose(together, torch.stack([pairs.cost(row) for row in amounts]))


def test_pairs_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InputError, match="wrong shape"):
        DetunePairs(torch.rand(3, 3), torch.rand(4, 3))
    with pytest.raises(InputError, match="weights"):
        DetunePairs(torch.rand(3, 3), torch.rand(3, 3), torch.zeros(3))
