"""A look's confidence is fitted to outcomes: the logistic finds what made them."""

import pytest
import torch

from lutnet.training.match_calibrate import logistic


@pytest.mark.parametrize(("slope", "offset"), [(2.0, 0.5), (0.5, 1.5), (1.0, -1.0)])
def test_the_odds_that_made_the_outcomes_are_found(slope, offset):
    draw = torch.Generator().manual_seed(1)
    values = torch.randn(20_000, generator=draw)
    outcomes = (torch.rand(20_000, generator=draw) < torch.sigmoid(slope * values + offset)).float()
    assert logistic(values, outcomes) == pytest.approx((slope, offset), abs=0.1)


def test_outcomes_that_are_all_alike_give_finite_odds():
    slope, offset = logistic(torch.randn(100), torch.ones(100))
    assert abs(slope) + abs(offset) < 100
