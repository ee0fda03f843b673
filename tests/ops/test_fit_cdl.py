"""The CDL fit recovers known CDLs, never explodes, and finds what a general search finds."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import least_squares

from lutnet.errors import InputError
from lutnet.grade import CDL
from lutnet.ops.detune import detune
from lutnet.ops.difference import delta_e_rgb
from lutnet.ops.fit_cdl import CDLNumbers, fit_cdl

COLOURS = torch.rand(1500, 3, generator=torch.Generator().manual_seed(3))
triples = st.tuples(*[st.floats(0.7, 1.4)] * 3)


@settings(max_examples=15, deadline=None)
@given(triples, st.tuples(*[st.floats(-0.08, 0.08)] * 3), triples, st.floats(0.3, 1.6))
def test_a_known_cdl_is_recovered(slope, offset, power, saturation):
    target = CDL(slope, offset, power, saturation).apply(COLOURS)
    found = CDL.fitted(COLOURS, target)
    assert delta_e_rgb(found.apply(COLOURS), target).mean() < 0.05


def test_a_tenth_of_wrong_pairs_moves_the_fit_by_less_than_half_a_difference():
    truth = CDL((1.1, 1.0, 0.9), (0.02, 0.0, -0.02), (0.9, 1.0, 1.2), 0.8)
    target = truth.apply(COLOURS)
    spoiled = target.clone()
    spoiled[::10] = spoiled[::10].flip(-1)
    found = CDL.fitted(COLOURS, spoiled)
    assert delta_e_rgb(found.apply(COLOURS), target).mean() < 0.5


@pytest.mark.parametrize("start", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("end", [0.0, 0.4, 1.0])
def test_a_flat_frame_never_explodes(start, end):
    found = fit_cdl(torch.full((50, 3), start), torch.full((50, 3), end))
    assert (found.slope.log().abs() < 2.4).all()
    assert (found.offset.abs() <= 1.0).all()
    assert found.saturation == pytest.approx(1.0, abs=0.05)
    ramp = found.apply(torch.linspace(0, 1, 64)[:, None].expand(-1, 3))
    assert (ramp.diff(dim=0) >= 0).all()


def test_equal_colours_give_the_identity():
    assert CDL.fitted(COLOURS, COLOURS) == CDL()


def test_weights_choose_which_pairs_count():
    first, second = CDL(slope=(1.2, 1.0, 1.0)), CDL(slope=(0.8, 1.0, 1.0))
    source = torch.cat((COLOURS, COLOURS))
    target = torch.cat((first.apply(COLOURS), second.apply(COLOURS)))
    weights = torch.cat((torch.ones(1500), torch.zeros(1500)))
    found = CDL.fitted(source, target, weights)
    assert delta_e_rgb(found.apply(COLOURS), first.apply(COLOURS)).mean() < 0.05


def test_a_strong_prior_stays_at_the_cdl_it_pulls_toward():
    anchor = CDL((1.3, 1.0, 0.8), saturation=0.7)
    found = CDL.fitted(COLOURS, COLOURS, prior=1e6, toward=anchor)
    assert found.slope == pytest.approx(anchor.slope, abs=1e-2)
    assert found.saturation == pytest.approx(anchor.saturation, abs=1e-2)


def test_it_finds_what_a_general_search_finds():
    colours = 0.1 + 0.5 * COLOURS[:400]
    amounts = torch.tensor([0.3, 0.2, -0.2, 0.2, 0.1, -0.3, 0.2])
    target = detune(colours, amounts)

    def wrong(numbers: np.ndarray) -> np.ndarray:
        slope, offset, power = (torch.tensor(part) for part in numbers[:9].reshape(3, 3))
        graded = CDLNumbers(slope, offset, power, torch.tensor(numbers[9:])).apply(colours.double())
        return delta_e_rgb(graded, target.double()).numpy()

    start = np.array([1.0] * 3 + [0.0] * 3 + [1.0] * 4)
    lowest = np.array([0.1] * 3 + [-1.0] * 3 + [0.1] * 3 + [0.0])
    general = least_squares(wrong, start, bounds=(lowest, 10.0), loss="huber", x_scale=0.1)
    found = fit_cdl(colours, target, prior=1e-6)
    assert delta_e_rgb(found.apply(colours), target).mean() <= np.abs(wrong(general.x)).mean() + 0.05


def test_the_fit_repeats_itself_exactly():
    target = detune(COLOURS, torch.full((7,), 0.3))
    assert CDL.fitted(COLOURS, target) == CDL.fitted(COLOURS, target)


@pytest.mark.parametrize(
    ("source", "target", "weights"),
    [
        (torch.rand(4, 3), torch.rand(5, 3), None),
        (torch.rand(0, 3), torch.rand(0, 3), None),
        (torch.full((4, 3), torch.nan), torch.rand(4, 3), None),
        (torch.rand(4, 3), torch.rand(4, 3), torch.zeros(4)),
        (torch.rand(4, 3), torch.rand(4, 3), -torch.ones(4)),
    ],
)
def test_bad_pairs_are_refused(source, target, weights):
    with pytest.raises(InputError):
        fit_cdl(source, target, weights)
