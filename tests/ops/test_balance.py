"""Balances: an exact inverse, exact derivatives, and everything that the detune model undoes."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lutnet.ops.balance import SIZE, apply_balance, undo_balance, with_derivatives
from lutnet.ops.detune import detune, undo
from lutnet.ops.difference import delta_e_rgb
from lutnet.ops.fit_balance import fit_balance, information

SPREAD = torch.tensor([0.4, 0.4, 0.4, 0.2, 0.02, 0.02, 0.02, 0.3], dtype=torch.float64)


def some(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Colours ``[64, 3]`` away from the ends, and a balance."""
    draw = torch.Generator().manual_seed(seed)
    colours = 0.1 + 0.7 * torch.rand(64, 3, generator=draw, dtype=torch.float64)
    return colours, SPREAD * torch.randn(SIZE, generator=draw, dtype=torch.float64).clamp(-2, 2)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10**6))
def test_undoing_a_balance_gives_the_colours_back(seed):
    colours, balance = some(seed)
    assert torch.allclose(undo_balance(apply_balance(colours, balance), balance), colours, atol=1e-9)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10**6))
def test_derivatives_are_those_of_autograd(seed):
    colours, balance = some(seed)
    graded, by_balance, by_colour = with_derivatives(colours, balance)
    assert torch.allclose(graded, apply_balance(colours, balance), atol=1e-12)
    expected = torch.func.vmap(torch.func.jacrev(apply_balance, (0, 1)), (0, None))(colours, balance)
    assert torch.allclose(by_colour, expected[0], atol=1e-8)
    assert torch.allclose(by_balance, expected[1], atol=1e-8)


def test_nothing_is_the_balance_of_zeros():
    colours, balance = some(1)
    assert torch.allclose(apply_balance(colours, torch.zeros_like(balance)), colours)


def left_of_an_undone_detune(seed: int) -> float:
    """Mean DE between undoing a detune and the balance fitted to it, on colours that neither clips."""
    draw = torch.Generator().manual_seed(seed)
    colours = 0.25 + 0.5 * torch.rand(256, 3, generator=draw)
    spoiled = detune(colours, 0.4 * (torch.rand(7, generator=draw) * 2 - 1))
    amounts = 0.4 * (torch.rand(7, generator=draw) * 2 - 1)
    target = undo(spoiled, amounts)
    inside = ((target > 0.01) & (target < 0.99)).all(-1)
    balance = fit_balance(spoiled[inside], target[inside])
    graded = apply_balance(spoiled[inside].double(), balance).clamp(0, 1)
    return float(delta_e_rgb(graded, target[inside].double()).mean())


def test_what_undoes_a_detune_is_a_balance():
    left = sorted(left_of_an_undone_detune(seed) for seed in range(40))
    assert sum(left) / len(left) < 0.15 and left[-3] < 0.4


def test_colours_that_show_no_saturation_say_nothing_of_it():
    grey = torch.linspace(0.1, 0.9, 32).unsqueeze(1).expand(-1, 3)
    known = information(grey, torch.zeros(SIZE, dtype=torch.float64))
    assert float(known[-1].abs().max()) < 1e-12 < float(known[0, 0])
