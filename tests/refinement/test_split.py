"""The CDL carries what it can, the LUT only the rest, and strength blends from the identity."""

import pytest
import torch

from lutnet.grade import CDL, Grade
from lutnet.ops.detune import detune
from lutnet.ops.difference import delta_e_rgb
from lutnet.ops.folds import neutral_steps, smallest_volume
from lutnet.refinement.correspond import Correspondence
from lutnet.refinement.split import split_pairs, split_transform

PALETTE = 0.05 + 0.9 * torch.rand(3000, 3, generator=torch.Generator().manual_seed(8))
LOOK = CDL((1.1, 1.0, 0.92), (0.01, 0.0, 0.02), (0.95, 1.0, 1.1), 0.85)


def crosstalk(colours: torch.Tensor) -> torch.Tensor:
    mixed = colours @ torch.tensor([[0.8, 0.1, 0.0], [0.2, 0.8, 0.2], [0.0, 0.1, 0.8]])
    return LOOK.apply(mixed)


def pairs(target: torch.Tensor, *, exact: bool = False) -> Correspondence:
    return Correspondence(PALETTE, target, torch.ones(len(PALETTE)), 0.8, 200, exact)


def test_a_cdl_is_split_into_that_cdl_and_no_lut():
    grade = split_transform(LOOK.apply, PALETTE)
    assert grade.lut is None
    assert delta_e_rgb(grade.apply_colours(PALETTE), LOOK.apply(PALETTE)).mean() < 0.1


def test_what_a_cdl_cannot_say_goes_to_the_lut():
    grade = split_transform(crosstalk, PALETTE)
    assert grade.lut is not None
    cdl_alone = delta_e_rgb(grade.cdl.apply(PALETTE), crosstalk(PALETTE)).mean()
    both = delta_e_rgb(grade.apply_colours(PALETTE), crosstalk(PALETTE)).mean()
    assert both < 0.15 * cdl_alone


@pytest.mark.parametrize("strength", [0.25, 0.5, 0.8])
def test_strength_blends_the_graded_value_with_the_original(strength):
    grade = split_transform(crosstalk, PALETTE, strength)
    expected = torch.lerp(PALETTE, crosstalk(PALETTE), strength)
    assert delta_e_rgb(grade.apply_colours(PALETTE), expected).mean() < 0.2
    full = split_transform(crosstalk, PALETTE).cdl
    assert grade.cdl == full.scaled(strength)


def test_strength_zero_is_the_identity_without_a_lut():
    assert split_transform(crosstalk, PALETTE, 0.0) == Grade()


def test_pairs_of_a_cdl_need_no_lut_also_when_they_are_noisy():
    noise = 0.01 * torch.randn(PALETTE.shape, generator=torch.Generator().manual_seed(2))
    grade, left = split_pairs(pairs((LOOK.apply(PALETTE) + noise).clamp(0, 1)))
    assert grade.lut is None
    assert left < 1.5
    assert delta_e_rgb(grade.apply_colours(PALETTE), LOOK.apply(PALETTE)).mean() < 0.3


def test_exact_pairs_of_a_look_are_matched_to_a_third_of_a_difference():
    grade, left = split_pairs(pairs(crosstalk(PALETTE), exact=True))
    assert left < 0.3
    assert delta_e_rgb(grade.apply_colours(PALETTE), crosstalk(PALETTE)).mean() < 0.33


def test_unrelated_pairs_leave_much_and_still_give_a_sound_lut():
    shuffled = PALETTE[torch.randperm(len(PALETTE), generator=torch.Generator().manual_seed(5))]
    grade, left = split_pairs(pairs(shuffled))
    assert left > 5
    if grade.lut is not None:
        table = torch.from_numpy(grade.lut.table.copy())
        assert (smallest_volume(table) >= 0).all()
        assert (neutral_steps(table) >= 0).all()


def test_the_lut_of_a_hard_detune_is_sound():
    amounts = torch.tensor([-0.5, 0.8, -0.5, 0.6, -0.6, 0.6, 0.5])
    grade = split_transform(lambda colours: detune(colours, amounts), PALETTE)
    assert grade.lut is not None
    table = torch.from_numpy(grade.lut.table.copy())
    assert (smallest_volume(table) >= 0).all()
    assert table.min() >= 0
    assert table.max() <= 1
