"""Calibration finds the temperature and the confidence odds that made the answers."""

from __future__ import annotations

import pytest
import torch

from lutnet.training.calibrate import _best, _clean_logit, _confidence_odds
from lutnet.training.sampling import Mix, soft_levels


def drawn(logits: torch.Tensor, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.multinomial(logits.softmax(-1), 1, generator=generator).squeeze(-1)


@pytest.mark.parametrize("temperature", [0.6, 1.0, 2.0])
def test_the_temperature_of_too_sure_or_too_shy_logits_is_found(temperature):
    logits = torch.randn(20_000, 7, generator=torch.Generator().manual_seed(1)) * 2.0
    truth = torch.nn.functional.one_hot(drawn(logits), 7).float()
    assert _best(logits * temperature, truth) == pytest.approx(temperature, rel=0.08)


def test_confidence_odds_repair_shares_that_are_too_high():
    logits = torch.randn(4000, 7, generator=torch.Generator().manual_seed(2)) * 2.0
    amounts = torch.linspace(-1.0, 1.0, 7)[drawn(logits)]
    slope, _ = _confidence_odds(logits, amounts)
    too_sure, _ = _confidence_odds(logits * 3.0, amounts)
    assert too_sure < 0.6 * slope


def test_answers_that_always_hold_keep_their_confidence():
    amounts = torch.tensor([1.0, -1.0, 0.0])
    assert _confidence_odds(soft_levels(amounts).log().clamp(min=-20.0), amounts) == (1.0, 0.0)


def test_a_mix_without_extra_clean_frames_needs_no_shift():
    single = 42 / 43
    assert _clean_logit(Mix(single=single, seven=0.0, few=0.0, severe=0.0)) == pytest.approx(0.0, abs=1e-9)


def test_many_clean_frames_in_training_shift_the_clean_class_down():
    assert _clean_logit(Mix()) < 0.0
