"""The balances of all shots at once: one robust least-squares problem, so that no order of matching matters.

Its terms are what is known of each shot alone (an ``Anchor``) and what pairs of shots show of each other (a ``Link``).
A link compares what one shot recorded, carried through both balances, with what the other recorded: were it compared
after grading, a scene without contrast would agree best with itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from scipy.sparse import coo_matrix
from scipy.sparse.linalg import splu
from torch import Tensor

from lutnet.continuity.anchor import Anchor
from lutnet.ops.balance import SIZE, apply_balance, undo_balance, with_derivatives
from lutnet.ops.metric import perceptual_metric

STEPS = 12
KNEES = (12.0, 6.0, 3.0, 2.0)
"""DE at which a pair of colours counts half, step by step: wide at first, when nothing is balanced yet."""

SETTLED = 1e-3
"""Largest change of a balance in the last step."""

CHUNK = 512
"""Links at once: bounds memory."""


@dataclass(frozen=True, eq=False, slots=True)
class Link:
    """Colours that shots ``one`` and ``other`` recorded of the same places: ``ours``, ``theirs`` ``[P, 3]``.

    weights: ``[P]``, what each is worth as evidence, in independent colours known to one DE.
    """

    one: int
    other: int
    ours: Tensor
    theirs: Tensor
    weights: Tensor


@dataclass(frozen=True, eq=False, slots=True)
class Solution:
    """balances: ``[N, 8]``. left: ``[L]``, mean difference (DE) that each link leaves."""

    balances: Tensor
    left: Tensor


def solve(anchors: Sequence[Anchor], links: Sequence[Link]) -> Solution:
    """The balances that anchors and links agree on best. Cost grows with shots and links, not with their square."""
    own = torch.stack([anchor.balance for anchor in anchors]).double()
    precision = torch.stack([anchor.precision for anchor in anchors]).double()
    if not links:
        return Solution(own, torch.zeros(0))
    batches = [_Batch(links[first : first + CHUNK]) for first in range(0, len(links), CHUNK)]
    balances = own.clone()
    for step in range(STEPS):
        knee = KNEES[min(step, len(KNEES) - 1)]
        hessian = _Blocks(len(anchors))
        gradient = torch.zeros_like(balances)
        pull = torch.einsum("nij,nj->ni", precision, balances - own)
        nodes = torch.arange(len(anchors))
        hessian.add(nodes, nodes, precision)
        gradient += pull
        for batch in batches:
            batch.accumulate(balances, knee, hessian, gradient)
        change = -hessian.solved(gradient)
        balances = balances + change
        if step >= len(KNEES) and float(change.abs().max()) < SETTLED:
            break
    return Solution(balances, torch.cat([batch.left(balances) for batch in batches]))


class _Batch:
    """Links of as many pairs each, so that they are one tensor."""

    def __init__(self, links: Sequence[Link]) -> None:
        self.one = torch.tensor([link.one for link in links])
        self.other = torch.tensor([link.other for link in links])
        size = max(len(link.ours) for link in links)
        self.ours, self.theirs = (
            torch.full((len(links), size, 3), 0.5, dtype=torch.float64) for _ in range(2)
        )
        self.weights = torch.zeros(len(links), size, dtype=torch.float64)
        for row, link in enumerate(links):
            self.ours[row, : len(link.ours)] = link.ours
            self.theirs[row, : len(link.theirs)] = link.theirs
            self.weights[row, : len(link.weights)] = link.weights
        self.metric = perceptual_metric(self.theirs)

    def accumulate(self, balances: Tensor, knee: float, hessian: _Blocks, gradient: Tensor) -> None:
        one, other = balances[self.one].unsqueeze(1), balances[self.other].unsqueeze(1)
        common, by_one, _ = with_derivatives(self.ours, one)
        carried = undo_balance(common, other)
        _, by_other, by_colour = with_derivatives(carried, other)
        back = torch.linalg.inv(by_colour)
        wrong = (self.metric @ (carried - self.theirs).unsqueeze(-1)).squeeze(-1)
        weights = self.weights / (1.0 + (wrong.square().sum(-1) / knee**2)) ** 2
        way = self.metric @ back
        first, second = way @ by_one, -way @ by_other  # [L, P, 3, 8]
        firsts, seconds = first * weights[..., None, None], second * weights[..., None, None]
        hessian.add(self.one, self.one, torch.einsum("lpci,lpcj->lij", firsts, first))
        hessian.add(self.other, self.other, torch.einsum("lpci,lpcj->lij", seconds, second))
        crossed = torch.einsum("lpci,lpcj->lij", firsts, second)
        hessian.add(self.one, self.other, crossed)
        hessian.add(self.other, self.one, crossed.transpose(-1, -2))
        gradient.index_add_(0, self.one, torch.einsum("lpci,lpc->li", firsts, wrong))
        gradient.index_add_(0, self.other, torch.einsum("lpci,lpc->li", seconds, wrong))

    def left(self, balances: Tensor) -> Tensor:
        common = apply_balance(self.ours, balances[self.one].unsqueeze(1))
        wrong = undo_balance(common, balances[self.other].unsqueeze(1)) - self.theirs
        distance = (self.metric @ wrong.unsqueeze(-1)).squeeze(-1).norm(dim=-1)
        left: Tensor = (distance * self.weights).sum(-1) / self.weights.sum(-1)
        return left


class _Blocks:
    """A sparse symmetric matrix of 8 x 8 blocks, one row of them per shot."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._rows: list[Tensor] = []
        self._columns: list[Tensor] = []
        self._values: list[Tensor] = []

    def add(self, rows: Tensor, columns: Tensor, blocks: Tensor) -> None:
        inside = torch.arange(SIZE)
        self._rows.append((rows[:, None, None] * SIZE + inside[:, None]).expand_as(blocks).flatten())
        self._columns.append((columns[:, None, None] * SIZE + inside).expand_as(blocks).flatten())
        self._values.append(blocks.flatten())

    def solved(self, right: Tensor) -> Tensor:
        rows, columns, values = (
            torch.cat(part).numpy() for part in (self._rows, self._columns, self._values)
        )
        size = self._count * SIZE
        matrix = coo_matrix((values, (rows, columns)), shape=(size, size)).tocsc()
        found = splu(matrix).solve(right.flatten().numpy())
        return torch.from_numpy(np.asarray(found)).view(-1, SIZE)
