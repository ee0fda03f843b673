"""Fewer of many: where more rows would say the same."""

from __future__ import annotations

import torch
from torch import Tensor


def evenly(count: int, most: int) -> Tensor:
    """At most ``most`` of ``count`` row numbers, evenly spread from the first to the last."""
    return torch.linspace(0, count - 1, min(count, most)).long()


def thinned(values: Tensor, most: int) -> Tensor:
    """At most ``most`` rows of ``values [P, ...]``, evenly spread."""
    return values if len(values) <= most else values[evenly(len(values), most)]
