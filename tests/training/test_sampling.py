"""Drawn faults, views and wear: what is drawn is what is applied, and both are what the protocols say."""

from __future__ import annotations

import pytest
import torch

from lutnet.diagnosis.heads import CLEAN, FAULTS, LEVELS
from lutnet.ops.detune import NAMES, detune
from lutnet.training.photos import PhotoSet
from lutnet.training.sampling import (
    NO_CLASS,
    SEVERAL_RANGE,
    Mix,
    Wear,
    detune_bytes,
    draw_faults,
    draw_views,
    draw_wear,
    quantised,
    seven_amounts,
    single_amounts,
    soft_levels,
    some_amounts,
    take_views,
    wear_out,
)


@pytest.fixture
def chance() -> torch.Generator:
    return torch.Generator().manual_seed(3)


def test_detuning_bytes_by_table_is_the_detune_model(chance):
    pixels = torch.randint(256, (5, 3, 16, 20), generator=chance, dtype=torch.uint8)
    amounts = torch.rand(5, 7, generator=chance) * 2.0 - 1.0
    expected = detune(pixels.movedim(1, -1).float() / 255.0, amounts.view(5, 1, 1, 7)).movedim(-1, 1)
    torch.testing.assert_close(detune_bytes(pixels, amounts), expected, atol=2e-6, rtol=0)


def test_amount_zero_returns_the_bytes(chance):
    pixels = torch.randint(256, (2, 3, 8, 8), generator=chance, dtype=torch.uint8)
    assert torch.equal(quantised(detune_bytes(pixels, torch.zeros(2, 7))) * 255.0, pixels.float())


def test_a_fault_class_has_one_amount_at_its_level():
    table = single_amounts(torch.arange(CLEAN + 1))
    assert torch.equal(table[CLEAN], torch.zeros(7))
    for row, (name, level) in zip(table, FAULTS, strict=False):
        assert row[NAMES.index(name)] == pytest.approx(level)
        assert (row != 0).sum() == 1


def test_drawn_classes_are_the_labels_of_drawn_amounts(chance):
    faults = draw_faults(2000, Mix(), chance)
    named = faults.classes != NO_CLASS
    torch.testing.assert_close(faults.amounts[named], single_amounts(faults.classes[named]))
    assert ((faults.amounts[~named] != 0).sum(1) >= 2).all()


def test_the_mix_is_kept(chance):
    mix = Mix(single=0.5, seven=0.15, few=0.0, severe=0.1)
    faults = draw_faults(4000, mix, chance)
    single = (faults.classes >= 0) & (faults.classes < CLEAN)
    assert single.float().mean() == pytest.approx(0.5, abs=0.03)
    assert (faults.classes == CLEAN).float().mean() == pytest.approx(0.25, abs=0.03)


def test_seven_faults_stay_in_protocol_m_s_range(chance):
    amounts = seven_amounts(3000, chance)
    limits = torch.tensor(SEVERAL_RANGE)
    assert (amounts.abs() <= limits).all()
    assert (amounts.abs().amax(0) > 0.98 * limits).all()


@pytest.mark.parametrize("count", [2, 3, 4])
def test_some_faults_are_exactly_that_many_and_that_strong(count, chance):
    amounts = some_amounts(500, count, 0.66, chance)
    assert ((amounts != 0).sum(1) == count).all()
    assert (amounts[amounts != 0].abs() >= 0.66).all()


def test_soft_levels_are_distributions_whose_expectation_is_the_amount(chance):
    amounts = torch.rand(50, 7, generator=chance) * 2.0 - 1.0
    targets = soft_levels(amounts)
    torch.testing.assert_close(targets.sum(-1), torch.ones(50, 7))
    torch.testing.assert_close((targets * torch.tensor(LEVELS)).sum(-1), amounts)


@pytest.fixture
def photos() -> PhotoSet:
    images = tuple(torch.full((3, 30 + k, 40), 10 * k, dtype=torch.uint8) for k in range(5))
    return PhotoSet(images, tuple("abcde"), tuple("abcde"))


def test_views_show_the_photographs_they_name(photos, chance):
    views = draw_views(20, len(photos), 0.0, chance)
    pixels = take_views(photos, views, 16)
    assert torch.equal(pixels[:, 0, 0, 0].long(), views.indices * 10)


def test_joined_views_hold_two_photographs_side_by_side(photos, chance):
    views = draw_views(20, len(photos), 1.0, chance)
    pixels = take_views(photos, views, 16)
    assert torch.equal(pixels[:, 0, 0, 0].long(), views.indices * 10)
    assert torch.equal(pixels[:, 0, 0, -1].long(), views.indices.roll(1) * 10)


def test_boxes_stay_inside_the_photograph(chance):
    boxes = draw_views(1000, 5, 0.3, chance).boxes
    assert (boxes[:, :2] >= 0).all() and (boxes[:, :2] + boxes[:, 2:] <= 1.0 + 1e-6).all()


def test_no_wear_is_8_bit_rounding(chance):
    frames = torch.rand(3, 3, 8, 8, generator=chance)
    torch.testing.assert_close(wear_out(frames, draw_wear(3, 0.0, chance)), quantised(frames))


def test_wear_is_the_same_each_time_it_is_applied(chance):
    frames = torch.rand(8, 3, 8, 8, generator=chance)
    wear = draw_wear(8, 1.0, chance)
    assert torch.equal(wear_out(frames, wear), wear_out(frames, wear))


def test_noise_has_the_drawn_deviation():
    wear = Wear(torch.zeros(1), torch.tensor([3.0]), torch.tensor([False]), torch.tensor([255.0]), 0)
    grey = torch.full((1, 3, 100, 100), 0.5)
    assert float((wear_out(grey, wear) - grey).std()) * 255.0 == pytest.approx(3.0, rel=0.05)


def test_shared_chroma_keeps_greys(chance):
    wear = Wear(torch.zeros(1), torch.tensor([0.0]), torch.tensor([True]), torch.tensor([255.0]), 0)
    grey = torch.rand(1, 1, 8, 8, generator=chance).expand(1, 3, 8, 8)
    torch.testing.assert_close(wear_out(grey, wear), quantised(grey), atol=1e-6, rtol=0)


def test_mixed_pixels_are_the_mean_of_neighbours():
    wear = Wear(torch.ones(1), torch.tensor([0.0]), torch.tensor([False]), torch.tensor([255.0]), 0)
    step = torch.zeros(1, 3, 4, 4)
    step[..., 2:] = 1.0
    mixed = wear_out(step, wear)
    assert mixed.shape == step.shape
    torch.testing.assert_close(mixed[0, 0, 0], torch.tensor([0.0, 128 / 255, 1.0, 1.0]))
