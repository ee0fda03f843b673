"""Fit an ASC CDL (clamping style) to colour pairs: bounded, robust Levenberg-Marquardt on ten parameters.

The residual is measured in approximate DE2000 (``perceptual_metric``) with a Huber loss, so that what is
minimised is close to the mean colour difference and a few wrong pairs do not steer the fit. A weak pull
toward ``toward`` decides whatever the pairs leave open: flat frames give small changes, never wild ones.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lutnet.errors import InputError
from lutnet.ops.cdl import apply_cdl
from lutnet.ops.finite import require_colours, require_finite
from lutnet.ops.metric import perceptual_metric
from lutnet.ops.shaped_lattice import ShapedLattice
from lutnet.ops.thin import evenly
from lutnet.ops.weights import LUMA_WEIGHTS

MAX_PAIRS = 1024
"""More pairs are thinned evenly: ten parameters gain nothing from them."""

HUBER_KNEE = 1.0  # DE: below, squares; above, the mean difference itself
STEPS = 30
SETTLED, SETTLED_BEHIND_VIEW = 1e-6, 1e-4
"""Share of the cost that a last step gains at most; a view is known no better than its lattice."""

_SLOPE, _OFFSET, _POWER, _SATURATION = slice(0, 3), slice(3, 6), slice(6, 9), slice(9, 10)
_STEEP = math.log(10.0)
_LOWEST = torch.tensor((-_STEEP,) * 3 + (-1.0,) * 3 + (-_STEEP,) * 3 + (0.0,), dtype=torch.float64)
_HIGHEST = torch.tensor((_STEEP,) * 3 + (1.0,) * 3 + (_STEEP,) * 3 + (4.0,), dtype=torch.float64)
# How far each parameter may go before the prior finds it as unlikely as the others: log, offset, log, sat.
_SPREAD = torch.tensor((0.3,) * 3 + (0.1,) * 3 + (0.3,) * 3 + (0.5,), dtype=torch.float64)


@dataclass(frozen=True, eq=False, slots=True)
class CDLNumbers:
    """The ten numbers of a CDL: ``slope``, ``offset``, ``power`` ``[3]`` and ``saturation [1]``, float64."""

    slope: Tensor
    offset: Tensor
    power: Tensor
    saturation: Tensor

    @classmethod
    def of(
        cls, slope: Sequence[float], offset: Sequence[float], power: Sequence[float], saturation: float
    ) -> CDLNumbers:
        parts = (slope, offset, power, (saturation,))
        return cls(*(torch.tensor(part, dtype=torch.float64) for part in parts))

    def apply(self, colours: Tensor) -> Tensor:
        """Apply in the clamping style to ``colours [..., 3]``."""
        numbers = (self.slope, self.offset, self.power, self.saturation)
        return apply_cdl(colours, *(number.to(colours) for number in numbers))


def identity_numbers() -> CDLNumbers:
    return CDLNumbers.of((1.0, 1.0, 1.0), (0.0, 0.0, 0.0), (1.0, 1.0, 1.0), 1.0)


def fit_cdl(
    source: Tensor,
    target: Tensor,
    weights: Tensor | None = None,
    *,
    prior: float = 1e-3,
    toward: CDLNumbers | None = None,
    start: CDLNumbers | None = None,
    through: ShapedLattice | None = None,
) -> CDLNumbers:
    """The CDL that takes ``source`` nearest to ``target``.

    Parameters
    ----------
    source, target: ``[P, 3]``, P >= 1, encoded in one space, 0..1.
    weights: ``[P]``, >= 0; None counts every pair once.
    prior: strength of the pull toward ``toward``, in squared DE per squared spread; > 0 keeps a single
        colour solvable.
    toward: the CDL to stay near (None: identity). start: where the search starts (None: there).
    through: what people see of the space of ``source``; ``target`` is then as seen.

    Slope and power stay in 0.1..10, offset in -1..1, saturation in 0..4. Deterministic.
    Raises InputError for NaN, shapes that do not fit or weights that are all zero.
    """
    pairs = _pairs(source, target, weights, through)
    anchor = _pack(toward or identity_numbers())
    parameters = anchor.clone() if start is None else _pack(start)
    settled = SETTLED if through is None else SETTLED_BEHIND_VIEW
    damping, residuals = 1e-3, _residuals(parameters, pairs)
    cost = _cost(residuals, parameters, anchor, prior, pairs)
    hessian, gradient = _normal_equations(residuals, parameters, anchor, prior, pairs)
    for _ in range(STEPS):
        damped = hessian + damping * torch.diag(hessian.diagonal())
        proposal = _bounded(parameters - torch.linalg.solve(damped, gradient))
        residuals = _residuals(proposal, pairs)
        proposed = _cost(residuals, proposal, anchor, prior, pairs)
        if proposed >= cost:
            damping *= 8.0
            continue
        finished = cost - proposed < settled * cost
        parameters, cost, damping = proposal, proposed, max(damping / 8.0, 1e-9)
        if finished:
            break
        hessian, gradient = _normal_equations(residuals, parameters, anchor, prior, pairs)
    return _unpack(parameters)


@dataclass(frozen=True, eq=False, slots=True)
class _Pairs:
    """Channels first: whole planes are several times as fast as triples."""

    source: Tensor  # [3, P]
    target: Tensor  # [3, P]
    weights: Tensor  # [P], sums to 1
    metric: Tensor  # [3, 3, P]: colour difference to DE
    through: ShapedLattice | None

    def seen(self, graded: Tensor) -> Tensor:
        """Graded colours ``[3, P]`` as people see them."""
        return graded if self.through is None else self.through.apply(graded.T).T


def _pairs(source: Tensor, target: Tensor, weights: Tensor | None, through: ShapedLattice | None) -> _Pairs:
    require_colours("source colours", source)
    require_colours("target colours", target)
    if source.ndim != 2 or source.shape != target.shape or len(source) == 0:
        shapes = (tuple(source.shape), tuple(target.shape))
        raise InputError("colour pairs have the wrong shape", value=shapes, allowed="[P, 3] twice, P >= 1")
    weights = source.new_ones(len(source)) if weights is None else weights
    require_finite("weights", weights)
    if weights.shape != source.shape[:1] or bool((weights < 0).any()) or not bool(weights.any()):
        raise InputError("weights do not fit", value=tuple(weights.shape), allowed="[P], >= 0, not all 0")
    kept = evenly(len(source), MAX_PAIRS)
    if not bool(weights[kept].any()):
        kept = weights.nonzero()[:MAX_PAIRS, 0]
    start, end, weight = (values[kept].detach().double().cpu() for values in (source, target, weights))
    metric = perceptual_metric(end).permute(1, 2, 0).contiguous()
    return _Pairs(start.T.contiguous(), end.T.contiguous(), weight / weight.sum(), metric, through)


def _pack(numbers: CDLNumbers) -> Tensor:
    """Slope and power as logarithms: their steps are ratios, and they stay positive."""
    parts = (numbers.slope.log(), numbers.offset, numbers.power.log(), numbers.saturation)
    return _bounded(torch.cat([part.double() for part in parts]))


def _unpack(parameters: Tensor) -> CDLNumbers:
    slope, offset, power = parameters[_SLOPE], parameters[_OFFSET], parameters[_POWER]
    return CDLNumbers(slope.exp(), offset.clone(), power.exp(), parameters[_SATURATION].clone())


def _bounded(parameters: Tensor) -> Tensor:
    return parameters.clamp(_LOWEST, _HIGHEST)


def _based(parameters: Tensor, source: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Colours ``[3, P]`` after slope and offset, not clamped; power ``[3, 1]`` and saturation ``[1]``."""
    base = source * parameters[_SLOPE].exp().unsqueeze(1) + parameters[_OFFSET].unsqueeze(1)
    return base, parameters[_POWER].exp().unsqueeze(1), parameters[_SATURATION]


def _residuals(parameters: Tensor, pairs: _Pairs) -> Tensor:
    """Differences in units of DE, ``[3, P]``."""
    base, power, saturation = _based(parameters, pairs.source)
    raised = base.clamp(0.0, 1.0) ** power
    graded = (raised + (saturation - 1) * _from_grey(raised)).clamp(0.0, 1.0)
    return (pairs.metric * (pairs.seen(graded) - pairs.target)).sum(1)


def _from_grey(colours: Tensor) -> Tensor:
    return colours - colours.new_tensor(LUMA_WEIGHTS) @ colours


def _cost(residuals: Tensor, parameters: Tensor, anchor: Tensor, prior: float, pairs: _Pairs) -> float:
    distance = residuals.norm(dim=0)
    huber = torch.where(distance < HUBER_KNEE, distance**2, HUBER_KNEE * (2 * distance - HUBER_KNEE))
    pull = ((parameters - anchor) / _SPREAD).square().sum()
    return float((pairs.weights * huber).sum() + prior * pull)


def _normal_equations(
    residuals: Tensor, parameters: Tensor, anchor: Tensor, prior: float, pairs: _Pairs
) -> tuple[Tensor, Tensor]:
    weights = pairs.weights * HUBER_KNEE / residuals.norm(dim=0).clamp(min=HUBER_KNEE)
    jacobian = _jacobian(parameters, pairs)
    weighed = (jacobian * weights).flatten(1)
    precision = prior / _SPREAD.square()
    hessian = weighed @ jacobian.flatten(1).T + torch.diag(precision)
    return hessian, weighed @ residuals.flatten() + precision * (parameters - anchor)


def _jacobian(parameters: Tensor, pairs: _Pairs) -> Tensor:
    """Derivatives of the residuals, ``[10, 3, P]``.

    Where the end clamp hides a wrong value (clipped, but the target is not) the derivative of the unclamped
    value is used: it points the right way, and a step that does not help is rejected by its cost.
    """
    base, power, saturation = _based(parameters, pairs.source)
    held = base.clamp(1e-4, 1.0)
    raised = held**power
    by_offset = torch.where((base > 0.0) & (base < 1.0), power * raised / held, 0.0)
    by_power = torch.where(base > 0.0, power * raised * held.log(), 0.0)
    by_slope = by_offset * (base - parameters[_OFFSET].unsqueeze(1))

    from_grey = _from_grey(raised)
    graded = raised + (saturation - 1) * from_grey
    settled = ((graded >= 1) & (pairs.target >= 1)) | ((graded <= 0) & (pairs.target <= 0))
    metric = torch.where(settled, 0.0, _metric_behind(graded, pairs))
    # Saturation mixes the channels: what each of them does to a residual, [3 (channel), 3 (residual), P].
    luma = raised.new_tensor(LUMA_WEIGHTS).view(3, 1, 1)
    mixed = saturation * metric.transpose(0, 1) + (1 - saturation) * luma * metric.sum(1)
    by_channel = torch.stack((by_slope, by_offset, by_power)).unsqueeze(2) * mixed
    return torch.cat((by_channel.flatten(0, 1), (metric * from_grey).sum(1).unsqueeze(0)))


def _metric_behind(graded: Tensor, pairs: _Pairs) -> Tensor:
    """``pairs.metric`` for differences of the graded colours ``[3, P]`` themselves, before any view."""
    if pairs.through is None:
        return pairs.metric
    view = pairs.through.with_jacobian(graded.clamp(0.0, 1.0).T)[1]
    return torch.einsum("ijp,pjk->ikp", pairs.metric, view)
