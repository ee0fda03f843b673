"""The balance nearest to a known transform on a shot's colours, and how much those colours say of it."""

from __future__ import annotations

import torch
from torch import Tensor

from lutnet.errors import InputError
from lutnet.ops.balance import SIZE, with_derivatives
from lutnet.ops.finite import require_colours
from lutnet.ops.metric import perceptual_metric

SPREAD = (0.8, 0.8, 0.8, 0.5, 0.06, 0.06, 0.06, 0.6)
"""How far each of the eight numbers may go before the prior finds it as unlikely as the others."""

PRIOR = 0.02
"""Squared DE per squared spread: decides what the colours leave open."""

KNEE = 2.0  # DE at which a colour counts half
STEPS = 12
SETTLED = 1e-4
"""Largest change of a number in the last step."""

_FARTHEST = 3.0


def fit_balance(source: Tensor, target: Tensor) -> Tensor:
    """The balance ``[8]`` (float64) that takes ``source [P, 3]`` nearest to ``target [P, 3]``, both 0..1.

    Raises InputError for NaN, infinity or shapes that do not fit.
    """
    require_colours("source colours", source)
    require_colours("target colours", target)
    if source.ndim != 2 or source.shape != target.shape or len(source) == 0:
        shapes = (tuple(source.shape), tuple(target.shape))
        raise InputError("colour pairs have the wrong shape", value=shapes, allowed="[P, 3] twice, P >= 1")
    source, target = source.double(), target.double()
    metric = perceptual_metric(target)
    balance = source.new_zeros(SIZE)
    prior = PRIOR * prior_precision()
    for _ in range(STEPS):
        graded, by_balance, _ = with_derivatives(source, balance)
        wrong = (metric @ (graded - target).unsqueeze(-1)).squeeze(-1)
        slopes = metric @ by_balance
        weighted = slopes / (1.0 + (wrong.norm(dim=-1) / KNEE) ** 2)[:, None, None] / len(source)
        hessian = torch.einsum("pci,pcj->ij", weighted, slopes) + prior
        gradient = torch.einsum("pci,pc->i", weighted, wrong) + prior @ balance
        proposal = (balance - torch.linalg.solve(hessian, gradient)).clamp(-_FARTHEST, _FARTHEST)
        settled = float((proposal - balance).abs().max()) < SETTLED
        balance = proposal
        if settled:
            break
    return balance


def information(colours: Tensor, balance: Tensor) -> Tensor:
    """``[8, 8]``: mean squared DE that a small change of ``balance [8]`` makes on ``colours [P, 3]``."""
    graded, by_balance, _ = with_derivatives(colours.double(), balance)
    slopes = perceptual_metric(graded.clamp(0.0, 1.0)) @ by_balance
    return torch.einsum("pci,pcj->ij", slopes, slopes) / len(colours)


def prior_precision() -> Tensor:
    """``[8, 8]``, of the prior about no change."""
    return torch.diag(torch.tensor(SPREAD, dtype=torch.float64) ** -2)
