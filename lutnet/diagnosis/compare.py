"""What is wrong with one shot beside corresponding colours that are right: nothing has to be guessed."""

from __future__ import annotations

import torch
from torch import Tensor

from lutnet.diagnosis.heads import CLEAN, FAULTS, HEADS, LEVELS, class_amounts
from lutnet.diagnosis.repair import repair_cdl
from lutnet.grade import Correction, Diagnosis, Fault, Grade
from lutnet.ops.fit_detune import PRIOR, DetunePairs, fit_detune

SUREST = 0.03
"""Smallest deviation of an amount: pairs of two pictures are never quite of the same places."""

_QUANTILES = torch.special.ndtri((torch.arange(64) + 0.5) / 64)  # of the normal distribution
_HALF_STEP = LEVELS[-1] / 6


def diagnose_pairs(
    frames: Tensor, spoiled: Tensor, right: Tensor, weights: Tensor | None = None
) -> Diagnosis:
    """Name the difference between colours of a shot and the same places where they are right.

    frames: the shot, ``[N, 3, H, W]`` in 0..1; the CDL is made for its colours. spoiled, right: ``[P, 3]``,
    corresponding. weights: ``[P]``.

    Every single fault is tried on the right colours; from the one that explains the pairs best, all seven
    amounts are fitted. Raises InputError for shapes that do not fit.
    """
    pairs = DetunePairs(right, spoiled, weights)
    classes = class_amounts()
    # The pull of the fit, so that of faults which the pairs cannot tell, none is named.
    best = int((pairs.cost(classes) + PRIOR * classes.square().sum(-1)).argmin())
    fit = fit_detune(pairs, classes[best])
    deviations = fit.deviation.clamp(min=SUREST)
    corrections = {
        head.name: _correction(row, float(fit.amounts[row]), float(deviations[row]))
        for row, head in enumerate(HEADS)
    }
    fault = None if best == CLEAN else Fault(*FAULTS[best])
    return Diagnosis(corrections, fault, Grade(repair_cdl(frames, fit.amounts)))


def _correction(row: int, amount: float, deviation: float) -> Correction:
    head = HEADS[row]
    likely = (amount + deviation * _QUANTILES).clamp(-1.0, 1.0).double()
    # Each value shared between its two nearest levels: the expectation over the levels is the value's.
    shares = (1.0 - (likely.unsqueeze(-1) - torch.tensor(LEVELS, dtype=torch.float64)).abs() * 3.0).clamp(
        min=0.0
    )
    probabilities = tuple(shares.mean(0).tolist())
    level = sum(share * value for share, value in zip(probabilities, LEVELS, strict=True))
    return Correction(level, head.value_at(level), head.unit, _confidence(amount, deviation), probabilities)


def _confidence(amount: float, deviation: float) -> float:
    """That the nearest level is 0, or lies on the side of ``amount``."""
    edges = torch.tensor([-_HALF_STEP, _HALF_STEP])
    below, inside = torch.special.ndtr((edges - amount) / deviation).tolist()
    if abs(amount) < _HALF_STEP:
        return float(inside - below)
    return float(1.0 - inside) if amount > 0 else float(below)
