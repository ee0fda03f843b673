"""A look's confidence is fitted to outcomes: the logistic finds what made them."""

import pytest
import torch

from lutnet.refinement.confidence import CONFIDENCE, FULL, LEAST, followed_share
from lutnet.training.match_calibrate import fitted, logistic


@pytest.mark.parametrize("made", [(2.0, -1.0, 0.5), (0.5, 1.0, 1.5), (1.0, 0.0, -1.0)])
def test_the_odds_that_made_the_outcomes_are_found(made):
    draw = torch.Generator().manual_seed(1)
    values = torch.randn(20_000, 2, generator=draw)
    odds = values @ torch.tensor(made[:2]) + made[2]
    outcomes = (torch.rand(20_000, generator=draw) < torch.sigmoid(odds)).float()
    assert logistic(values, outcomes) == pytest.approx(made, abs=0.1)


def test_outcomes_that_are_all_alike_give_finite_odds():
    assert all(abs(number) < 100 for number in logistic(torch.randn(100, 2), torch.ones(100)))


def test_the_fit_gives_back_its_own_confidence():
    draw = torch.Generator().manual_seed(2)
    found = torch.rand(30_000, 3, generator=draw) * 3.0
    helped = (torch.rand(30_000, generator=draw) < CONFIDENCE.of(found)).float()
    told = fitted(list(zip(found, helped.tolist(), strict=True)))
    assert torch.allclose(told.of(found), CONFIDENCE.of(found), atol=0.05)


def test_the_followed_share_rises_from_nothing_to_all():
    shares = [followed_share(confidence) for confidence in (0.0, LEAST, (LEAST + FULL) / 2, FULL, 1.0)]
    assert shares == pytest.approx([0.0, 0.0, 0.5, 1.0, 1.0])
