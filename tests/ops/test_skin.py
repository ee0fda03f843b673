"""Skin is known by its hue at every lightness, and its hue can be held while the rest is graded."""

import pytest
import torch

from lutnet.grade import CDL
from lutnet.ops.encoding import lab_to_rgb, rgb_to_lab
from lutnet.ops.skin import hue_held, hue_turn, skin_like, skin_share, skin_tones
from lutnet.refinement.split import split_transform

COOL = CDL((0.93, 1.0, 1.06), (-0.01, 0.0, 0.02))


def test_lab_and_back_is_the_colour_itself():
    colours = torch.rand(1000, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    assert torch.allclose(lab_to_rgb(rgb_to_lab(colours)), colours, atol=1e-9)


def test_skin_of_all_depths_is_known_and_other_things_are_not():
    tones = skin_tones()
    assert skin_like(tones[3:8]).all()
    others = torch.tensor(
        [[0.5, 0.5, 0.5], [0.3, 0.5, 0.9], [0.2, 0.6, 0.2], [0.7, 0.2, 0.7], [1, 1, 1], [0, 0, 0]]
    )
    assert not skin_like(others).any()
    assert skin_share(others).max() < 1e-9


@pytest.mark.parametrize("degrees", [-30.0, 10.0, 90.0])
def test_a_turn_of_hue_is_told_in_degrees(degrees):
    lab = torch.tensor([[60.0, 20.0, 20.0]], dtype=torch.float64)
    angle = torch.deg2rad(torch.tensor(45.0 + degrees, dtype=torch.float64))
    length = 800.0**0.5
    turned = torch.stack((lab[0, 0], length * torch.cos(angle), length * torch.sin(angle)))[None]
    assert float(hue_turn(lab_to_rgb(lab), lab_to_rgb(turned))) == pytest.approx(degrees, abs=1e-6)


def test_held_skin_keeps_its_hue_and_takes_lightness_and_chroma_from_the_grade():
    tones = skin_tones()
    sure = tones[skin_share(tones) > 0.999]
    graded = COOL.apply(sure)
    held = hue_held(sure, graded)
    assert len(sure) >= 6
    assert hue_turn(sure, held).abs().max() < 0.5
    wanted, found = rgb_to_lab(graded), rgb_to_lab(held)
    assert torch.allclose(found[:, 0], wanted[:, 0], atol=0.01)
    assert torch.allclose(found[:, 1:].norm(dim=-1), wanted[:, 1:].norm(dim=-1), atol=0.01)


def test_greys_and_blues_take_the_grade_as_it_is():
    colours = torch.tensor([[0.5, 0.5, 0.5], [0.2, 0.4, 0.8], [0.1, 0.1, 0.1]], dtype=torch.float64)
    graded = COOL.apply(colours)
    assert torch.allclose(hue_held(colours, graded), graded, atol=1e-9)


def test_a_lut_that_holds_skin_turns_it_less_and_neutrals_as_before():
    palette = torch.rand(2000, 3, generator=torch.Generator().manual_seed(3))
    free, held = (split_transform(COOL.apply, palette, hold_skin=hold) for hold in (False, True))
    tones = skin_tones().float()
    turns = [hue_turn(tones, grade.apply_colours(tones)).abs().median() for grade in (free, held)]
    assert turns[1] < 0.25 * turns[0]
    greys = torch.linspace(0, 1, 50).unsqueeze(-1).expand(-1, 3)
    assert (held.apply_colours(greys) - free.apply_colours(greys)).abs().mean() < 0.002


@pytest.mark.parametrize("most", [0.0, 1.5, 5.0])
def test_held_skin_turns_by_no_more_than_is_left(most):
    tones = skin_tones()
    sure = tones[skin_share(tones) > 0.999]
    assert hue_turn(sure, COOL.apply(sure)).abs().max() > 5.0
    turned = hue_turn(sure, hue_held(sure, COOL.apply(sure), most)).abs()
    assert turned.max() < most + 0.5
