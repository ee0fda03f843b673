"""Small networks taught on material that is at hand: AdamW, the rate warming up and falling along a cosine to zero."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable
from functools import partial

import torch
from torch import Tensor, nn

log = logging.getLogger(__name__)

WARM = 50
LARGEST_GRADIENT = 5.0


def descend(network: nn.Module, loss_of: Callable[[], Tensor], steps: int, rate: float, decay: float) -> None:
    """Teach ``network`` so that ``loss_of()``, drawn anew at every step, falls."""
    optimiser = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=decay)
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = rate * min(1.0, (step + 1) / WARM) * 0.5 * (1.0 + math.cos(math.pi * step / steps))
        loss = loss_of()
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(network.parameters(), LARGEST_GRADIENT)
        optimiser.step()
        if (step + 1) % 250 == 0:
            log.info("%d of %d steps: loss %.3f", step + 1, steps, float(loss.detach()))


def descend_each(
    members: Iterable[nn.Module],
    loss_of: Callable[[nn.Module, torch.Generator], Tensor],
    *,
    seed: int,
    steps: int,
    rate: float,
    decay: float,
) -> None:
    """Teach ``members`` one after another, each with draws of its own: ``loss_of`` is given the member and its draw."""
    for number, member in enumerate(members):
        torch.manual_seed(seed * 1_009 + number)  # dropout
        draw = torch.Generator().manual_seed(seed * 1_009 + number)
        descend(member, partial(loss_of, member, draw), steps, rate, decay)
