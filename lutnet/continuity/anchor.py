"""What is known of a shot without the others: its own grade as a balance, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lutnet.grade import Correction
from lutnet.ops.fit_balance import fit_balance, information, prior_precision

GUESSED = 4.0
"""DE by which a diagnosis is wrong. The same for all: how unsure the network says it is hardly tells one
from the other (their correlation is 0.03 on the clips that this was chosen with)."""

KNOWN = 0.5
"""DE by which a grade is wrong that rests on the reference's own pixels, or that somebody decided."""

HEARD = 0.02
"""Share of its precision that a guess keeps beside a known shot: it decides what links leave open."""

HERO = 3.0
"""How many times more the surest of the guessed shots counts."""

COLOURS = 512
"""Of a shot, by which its anchor is told."""

FLOOR = 0.1
"""Of the prior, in an anchor's precision: decides what neither colours nor links say."""


@dataclass(frozen=True, eq=False, slots=True)
class Anchor:
    """What a shot's own evidence says: ``balance [8]``, and its ``precision [8, 8]``, the inverse covariance."""

    balance: Tensor
    precision: Tensor


def anchor(colours: Tensor, target: Tensor, error: float) -> Anchor:
    """colours: of the shot, ``[P, 3]``. target: what its own grade makes of them. error: DE that this may be off."""
    balance = fit_balance(colours, target)
    precision = information(colours, balance) / error**2 + FLOOR * prior_precision()
    return Anchor(balance, precision)


def weakened(one: Anchor, share: float) -> Anchor:
    """The same with ``share`` of its precision."""
    return Anchor(one.balance, one.precision * share)


def unsureness(corrections: Sequence[Correction]) -> float:
    """Mean variance of a diagnosis' levels: the smaller, the surer it is of itself."""
    variances = []
    for correction in corrections:
        shares = torch.tensor(correction.probabilities, dtype=torch.float64)
        levels = torch.linspace(-1.0, 1.0, len(shares), dtype=torch.float64)
        mean = (shares * levels).sum()
        variances.append(float((shares * (levels - mean).square()).sum()))
    return sum(variances) / max(len(variances), 1)
