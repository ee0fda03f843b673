"""Pooling frames: symmetric, idempotent, and led by the frames that are sure."""

from __future__ import annotations

import dataclasses

import torch

from lutnet.diagnosis.evidence import (
    CHROMATIC,
    SECOND_LOOK,
    amounts_to_undo,
    difference,
    no_evidence,
    pooled,
    with_second_look,
    without_colour,
)
from lutnet.diagnosis.heads import CLEAN, HEADS, LEVELS
from lutnet.diagnosis.model import Calibration
from lutnet.diagnosis.network import Verdict

FLAT = Calibration()


def verdict(levels: torch.Tensor, repair: torch.Tensor | None = None) -> Verdict:
    count = len(levels)
    return Verdict(
        levels=levels,
        fault=torch.zeros(count, CLEAN + 1),
        repair=torch.zeros(count, 7) if repair is None else repair,
        attention=torch.full((count, 1, 1), 1.0),
        hidden=torch.zeros(count, 4),
        vector=torch.zeros(count, 5),
    )


def pointing_at(level: int, strength: float) -> torch.Tensor:
    logits = torch.zeros(1, len(HEADS), len(LEVELS))
    logits[..., level] = strength
    return logits


def test_one_frame_says_what_its_logits_say():
    levels = torch.randn(1, 7, 7, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(pooled([verdict(levels)], FLAT).levels, levels[0].log_softmax(-1))


def test_equal_frames_say_what_one_says():
    levels = torch.randn(1, 7, 7, generator=torch.Generator().manual_seed(1))
    many = pooled([verdict(levels.expand(9, -1, -1))], FLAT)
    torch.testing.assert_close(many.levels, pooled([verdict(levels)], FLAT).levels)


def test_how_frames_are_split_into_passes_does_not_matter():
    levels = torch.randn(6, 7, 7, generator=torch.Generator().manual_seed(2))
    together = pooled([verdict(levels)], FLAT)
    apart = pooled([verdict(part) for part in levels.split(2)], FLAT)
    torch.testing.assert_close(together.levels, apart.levels)


def test_a_sure_frame_outweighs_an_unsure_one():
    frames = torch.cat((pointing_at(6, 6.0), pointing_at(0, 1.0)))
    repair = torch.tensor([[1.0] * 7, [-1.0] * 7])
    evidence = pooled([verdict(frames, repair)], FLAT)
    assert (evidence.levels.argmax(-1) == 6).all()
    assert (evidence.repair > 0.3).all()


def test_a_high_temperature_makes_every_answer_less_sure():
    calm = Calibration(level_temperatures=(3.0,) * 7)
    frames = pointing_at(6, 4.0)
    assert (pooled([verdict(frames)], calm).levels[:, 6] < pooled([verdict(frames)], FLAT).levels[:, 6]).all()


def test_strength_scales_what_is_undone():
    half = Calibration(strength=0.5)
    frames = verdict(pointing_at(6, 1.0), torch.full((1, 7), 0.8))
    torch.testing.assert_close(pooled([frames], half).repair, torch.full((7,), 0.4))


def test_the_clean_class_is_shifted_by_its_calibration():
    shifted = pooled([verdict(pointing_at(3, 1.0))], Calibration(clean_logit=-2.0)).fault
    torch.testing.assert_close(shifted[0] - shifted[CLEAN], torch.tensor(2.0))


def test_the_difference_of_two_certain_levels_is_their_difference():
    high, low = (pooled([verdict(pointing_at(level, 50.0))], FLAT) for level in (5, 4))
    gap = difference(high, low)
    assert (gap.levels.argmax(-1) == 4).all()  # 2/3 - 1/3 = 1/3
    torch.testing.assert_close(gap.levels.exp().sum(-1), torch.ones(7))


def test_without_colour_only_chromatic_heads_fall_silent():
    evidence = without_colour(pooled([verdict(pointing_at(6, 5.0), torch.ones(1, 7))], FLAT))
    for row, head in enumerate(HEADS):
        silent = head.name in CHROMATIC
        assert bool(evidence.heard[row]) is not silent
        assert float(evidence.repair[row]) == (0.0 if silent else 1.0)
    torch.testing.assert_close(evidence.fault.exp().sum(), torch.tensor(1.0))


def test_a_second_look_adds_its_share_and_stays_in_range():
    first = pooled([verdict(pointing_at(6, 1.0), torch.full((1, 7), 0.5))], FLAT)
    second = pooled([verdict(pointing_at(6, 1.0), torch.full((1, 7), 1.0))], FLAT)
    torch.testing.assert_close(with_second_look(first, second).repair, torch.full((7,), 0.5 + SECOND_LOOK))
    far = dataclasses.replace(first, repair=torch.ones(7))
    torch.testing.assert_close(with_second_look(far, second).repair, torch.ones(7))


def test_the_surer_that_nothing_is_wrong_the_less_is_undone():
    evidence = pooled([verdict(pointing_at(6, 1.0), torch.full((1, 7), 0.5))], FLAT)
    right, wrong = (dataclasses.replace(evidence, clean=clean) for clean in (0.9, 0.1))
    torch.testing.assert_close(amounts_to_undo(right), torch.full((7,), 0.05))
    torch.testing.assert_close(amounts_to_undo(wrong), torch.full((7,), 0.45))


def test_no_evidence_is_uniform_and_unheard():
    evidence = no_evidence()
    torch.testing.assert_close(evidence.levels.exp(), torch.full((7, 7), 1 / 7))
    assert not evidence.heard.any() and not evidence.repair.any()
