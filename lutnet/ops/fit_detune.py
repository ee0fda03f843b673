"""Fit the detune model to colour pairs: which amounts turned the right colours into the spoiled ones.

Seven parameters and thousands of pairs: where corresponding pixels are known, there is little to guess. The
residual is measured in approximate DE2000 with a Huber loss, as in ``fit_cdl``. Contrast, black point and white
point are three affine maps in a row, so but for what they clip only two of the three can be told: a weak pull
toward an expected answer decides, and ``deviation`` says how unsure each is.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from lutnet.errors import InputError
from lutnet.ops.detune import NAMES, detune
from lutnet.ops.finite import require_colours
from lutnet.ops.metric import perceptual_metric

MAX_PAIRS = 1500
"""More pairs are thinned evenly."""

HUBER_KNEE = 1.0  # DE
STEPS = 25
PRIOR = 1e-3
"""Squared DE per squared amount: decides what the pairs leave open, and nothing else."""

_DIFFERENCE = 1e-3  # of an amount, for derivatives


@dataclass(frozen=True, eq=False, slots=True)
class DetuneFit:
    """amounts: ``[7]`` in -1..1. cost: mean Huber loss that is left. deviation: ``[7]``, of each amount."""

    amounts: Tensor
    cost: float
    deviation: Tensor


class DetunePairs:
    """Pairs of colours, right and spoiled, and what any amounts leave unexplained of them."""

    def __init__(self, right: Tensor, spoiled: Tensor, weights: Tensor | None = None) -> None:
        """``right`` and ``spoiled`` ``[P, 3]`` in 0..1, ``weights [P]`` >= 0, not all 0. Raises InputError."""
        require_colours("right colours", right)
        require_colours("spoiled colours", spoiled)
        if right.ndim != 2 or right.shape != spoiled.shape or len(right) == 0:
            shapes = (tuple(right.shape), tuple(spoiled.shape))
            raise InputError(
                "colour pairs have the wrong shape", value=shapes, allowed="[P, 3] twice, P >= 1"
            )
        weights = right.new_ones(len(right)) if weights is None else weights
        kept = torch.linspace(0, len(right) - 1, min(len(right), MAX_PAIRS)).long()
        self.right, self.spoiled, weight = (
            values[kept].detach().double().cpu() for values in (right, spoiled, weights)
        )
        if not bool((weight >= 0).all()) or not bool(weight.any()):
            raise InputError("weights do not fit", allowed="[P], >= 0, not all 0")
        self.weights = weight / weight.sum()
        self.metric = perceptual_metric(self.spoiled)

    def residuals(self, amounts: Tensor) -> Tensor:
        """``[..., P, 3]`` in DE, for amounts ``[..., 7]``."""
        wrong = detune(self.right, amounts.double().unsqueeze(-2)) - self.spoiled
        return (self.metric @ wrong.unsqueeze(-1)).squeeze(-1)

    def cost(self, amounts: Tensor) -> Tensor:
        """Mean Huber loss ``[...]`` that amounts ``[..., 7]`` leave: squares up to one DE, then linear."""
        return self.cost_of(self.residuals(amounts))

    def cost_of(self, residuals: Tensor) -> Tensor:
        distance = residuals.norm(dim=-1)
        huber = torch.where(distance < HUBER_KNEE, distance**2, HUBER_KNEE * (2 * distance - HUBER_KNEE))
        return (self.weights * huber).sum(-1)


def fit_detune(pairs: DetunePairs, toward: Tensor | None = None) -> DetuneFit:
    """The amounts that explain ``pairs`` best, by bounded Levenberg-Marquardt.

    toward: ``[7]``, where the search starts, and which answer of equals is taken; None is nothing wrong.
    """
    anchor = torch.zeros(len(NAMES), dtype=torch.float64) if toward is None else toward.double()
    amounts, damping, cost = anchor, 1e-3, _penalised(pairs, anchor, anchor)
    hessian, gradient = _normal_equations(pairs, amounts, anchor)
    for _ in range(STEPS):
        damped = hessian + damping * torch.diag(hessian.diagonal())
        proposal = (amounts - torch.linalg.solve(damped, gradient)).clamp(-1.0, 1.0)
        proposed = _penalised(pairs, proposal, anchor)
        if proposed >= cost:
            damping *= 8.0
            continue
        finished = cost - proposed < 1e-6 * cost
        amounts, cost, damping = proposal, proposed, max(damping / 8.0, 1e-9)
        hessian, gradient = _normal_equations(pairs, amounts, anchor)
        if finished:
            break
    left = float(pairs.cost(amounts))
    # As many independent pairs as the square root of all: neighbours err together.
    independent = len(pairs.right) ** 0.5
    covariance = torch.linalg.inv(hessian) * max(left, 0.05) / independent
    return DetuneFit(amounts.float(), left, covariance.diagonal().clamp(min=0.0).sqrt().float())


def _penalised(pairs: DetunePairs, amounts: Tensor, anchor: Tensor) -> float:
    return float(pairs.cost(amounts) + PRIOR * (amounts - anchor).square().sum())


def _normal_equations(pairs: DetunePairs, amounts: Tensor, anchor: Tensor) -> tuple[Tensor, Tensor]:
    steps = _DIFFERENCE * torch.eye(len(NAMES), dtype=torch.float64)
    above, below = pairs.residuals(amounts + steps), pairs.residuals(amounts - steps)
    jacobian = (above - below).movedim(0, -1) / (2 * _DIFFERENCE)  # [P, 3, 7]
    residuals = pairs.residuals(amounts)
    weights = pairs.weights * HUBER_KNEE / residuals.norm(dim=-1).clamp(min=HUBER_KNEE)
    flat = (jacobian * weights[:, None, None]).flatten(0, 1)
    hessian = flat.T @ jacobian.flatten(0, 1) + PRIOR * torch.eye(len(NAMES), dtype=torch.float64)
    return hessian, flat.T @ residuals.flatten() + PRIOR * (amounts - anchor)
