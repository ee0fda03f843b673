"""The exported CDL undoes known amounts as far as a CDL can, and stays sane where a shot shows little."""

from __future__ import annotations

import pytest
import torch
from skimage import data

from lutnet.diagnosis.repair import CUT_WHITE, repair_cdl
from lutnet.grade import CDL
from lutnet.ops.detune import NAMES, detune, undo
from lutnet.ops.difference import delta_e_rgb


@pytest.fixture(scope="module")
def photo() -> torch.Tensor:
    return torch.from_numpy(data.coffee()[::4, ::4].copy()).float() / 255.0


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("amount", [-0.5, 0.4])
def test_a_cdl_of_the_true_amount_removes_most_of_a_fault(photo, name, amount):
    amounts = torch.zeros(7)
    amounts[NAMES.index(name)] = amount
    wrong = detune(photo, amounts)
    graded = repair_cdl(wrong.movedim(-1, 0).unsqueeze(0), amounts).apply(wrong)
    assert delta_e_rgb(graded, photo).mean() < 0.45 * delta_e_rgb(wrong, photo).mean()


def test_nothing_to_undo_is_the_identity(photo):
    assert repair_cdl(photo.movedim(-1, 0).unsqueeze(0), torch.zeros(7)) == CDL()


def test_a_shot_of_one_grey_gets_numbers_that_serve_other_colours_too():
    amounts = torch.tensor([0.5, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0])
    cdl = repair_cdl(torch.full((1, 3, 32, 32), 0.4), amounts)
    others = torch.rand(500, 3, generator=torch.Generator().manual_seed(0)) * 0.6 + 0.2
    assert delta_e_rgb(cdl.apply(others), undo(others, amounts)).mean() < 4.0


def cdl_of(picture, amounts):
    return repair_cdl(picture.movedim(-1, 0).unsqueeze(0), amounts)


def test_white_that_was_cut_off_takes_less_of_the_colour_of_a_correction():
    amounts = torch.zeros(7)
    amounts[NAMES.index("exposure")], amounts[NAMES.index("temperature")] = 0.7, 0.6
    wrong = detune(torch.from_numpy(data.astronaut()[::4, ::4].copy()).float() / 255.0, amounts)
    assert (wrong.amin(-1) >= CUT_WHITE).float().mean() > 0.02

    def spread(cdl):
        white = cdl.apply(torch.ones(1, 3))
        return float(white.amax() - white.amin())

    below = wrong.clamp(max=CUT_WHITE - 0.005)  # the same picture, of which nothing counts as cut off
    assert spread(cdl_of(wrong, amounts)) < 0.97 * spread(cdl_of(below, amounts))
