"""Colours behind a view: those that are seen as what is wanted, and stay where they are as far as nobody sees it."""

from __future__ import annotations

import torch
from torch import Tensor

from lutnet.ops.metric import perceptual_metric
from lutnet.ops.shaped_lattice import ShapedLattice

STEPS = 12
STAY = 20.0
"""Cost of moving, in squared DE per squared code value: below what is seen, above what is not, such as the
highlights that a view cuts off. They keep their distances, so that a later view can still show them."""

_LARGEST_MOVE = 0.1


def loudness(view: ShapedLattice, colours: Tensor) -> Tensor:
    """How much is seen of a small change of ``colours [P, 3]``: ``[P]``, DE per code value."""
    seen, jacobian = view.with_jacobian(colours)
    loud: Tensor = (perceptual_metric(seen) @ jacobian).flatten(1).norm(dim=-1)
    return loud


def pull_back(view: ShapedLattice, start: Tensor, aim: Tensor) -> Tensor:
    """The colours nearest to ``start [P, 3]`` (0..1) that ``view`` shows as ``aim [P, 3]``, by damped Newton steps."""
    origin, wanted = start.double(), aim.double()
    metric = perceptual_metric(wanted)
    colours, damping = origin.clone(), torch.full((len(origin), 1, 1), 1.0, dtype=torch.float64)
    cost = _cost(view, colours, origin, wanted, metric)
    identity = torch.eye(3, dtype=torch.float64)
    for _ in range(STEPS):
        seen, jacobian = view.with_jacobian(colours)
        steep = metric @ jacobian
        wrong = metric @ (wanted - seen).unsqueeze(-1)
        normal = steep.mT @ steep + (STAY + damping) * identity
        pull = steep.mT @ wrong - STAY * (colours - origin).unsqueeze(-1)
        move = torch.linalg.solve(normal, pull).squeeze(-1).clamp(-_LARGEST_MOVE, _LARGEST_MOVE)
        proposal = (colours + move).clamp(0.0, 1.0)
        proposed = _cost(view, proposal, origin, wanted, metric)
        better = proposed < cost
        colours = torch.where(better.unsqueeze(-1), proposal, colours)
        cost = torch.where(better, proposed, cost)
        damping = torch.where(better.view(-1, 1, 1), damping / 8.0, damping * 16.0)
    return colours.to(start)


def _cost(view: ShapedLattice, colours: Tensor, origin: Tensor, wanted: Tensor, metric: Tensor) -> Tensor:
    wrong = (metric @ (view.apply(colours) - wanted).unsqueeze(-1)).squeeze(-1)
    return wrong.square().sum(-1) + STAY * (colours - origin).square().sum(-1)
