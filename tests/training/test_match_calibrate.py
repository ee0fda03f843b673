"""A look's confidence is fitted to outcomes: the logistic finds what made them."""

import pytest
import torch

from lutnet.refinement.confidence import (
    CLEAR,
    CONFIDENCE,
    GATE,
    UNCLEAR,
    followed_share,
    undone_share,
)
from lutnet.training.match_calibrate import Told, crossed, fitted, logistic


def told(found: torch.Tensor, helped: torch.Tensor, sources: int = 8) -> list[Told]:
    return [
        Told(evidence, f"source {number % sources}", 1.0, (1.0, 1.0, 1.0, 1.0, 0.5 if well else 1.5))
        for number, (evidence, well) in enumerate(zip(found, helped.tolist(), strict=True))
    ]


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
    assert torch.allclose(fitted(told(found, helped)).of(found), CONFIDENCE.of(found), atol=0.05)


def test_a_source_is_judged_by_the_others_alone():
    draw = torch.Generator().manual_seed(3)
    found = torch.rand(4000, 3, generator=draw)
    helped = (found[:, 0] > 0.5).float()
    helped[::8] = 1.0 - helped[::8]  # source 0, and no other, says the opposite
    confidence = crossed(told(found, helped))
    assert ((confidence[::8] > 0.5) == (found[::8, 0] > 0.5)).float().mean() > 0.9


def test_what_is_left_lies_between_nothing_and_the_whole_look():
    each = Told(torch.zeros(3), "", 4.0, (4.0, 3.0, 2.0, 2.5, 3.0))
    left = [each.left_by(confidence, (0.6, 0.8)) for confidence in (0.1, 0.6, 0.65, 0.7, 0.8, 1.0)]
    assert left == pytest.approx([4.0, 4.0, 3.0, 2.0, 3.0, 3.0])


def test_only_clear_faults_are_undone():
    shares = [undone_share(change) for change in (0.0, UNCLEAR, (UNCLEAR + CLEAR) / 2, CLEAR, 20.0)]
    assert shares == pytest.approx([0.0, 0.0, 0.5, 1.0, 1.0])


def test_the_followed_share_rises_from_nothing_to_all():
    shares = [followed_share(confidence) for confidence in (0.0, GATE[0], sum(GATE) / 2, GATE[1], 1.0)]
    assert shares == pytest.approx([0.0, 0.0, 0.5, 1.0, 1.0])


def test_a_look_is_followed_all_the_more_where_clear_faults_are_undone():
    assert [followed_share(0.0, undone) for undone in (0.0, 0.4, 1.0)] == pytest.approx([0.0, 0.4, 1.0])
    assert followed_share(sum(GATE) / 2, 0.5) == pytest.approx(0.75)
    spoiled = Told(torch.zeros(3), "", 4.0, (4.0, 3.0, 2.0, 2.5, 3.0), undone=0.5)
    assert spoiled.left_by(0.1, (0.6, 0.8)) == pytest.approx(2.0)
