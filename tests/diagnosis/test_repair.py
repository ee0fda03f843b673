"""The exported CDL undoes known amounts as far as a CDL can, and stays sane where a shot shows little."""

from __future__ import annotations

import pytest
import torch
from skimage import data

from lutnet.diagnosis.repair import repair_cdl
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
