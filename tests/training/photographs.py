"""Photographs that ship with the dependencies, as the teaching takes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from lutnet.training.photos import PhotoSet


def photo_set(loaders: Sequence[Callable[[], NDArray[np.uint8]]], step: int) -> PhotoSet:
    """One of ``step`` pixels a side of what ``loaders`` give; every picture is a source of its own."""
    images = tuple(
        torch.from_numpy(load()[::step, ::step, :3].copy()).permute(2, 0, 1).contiguous() for load in loaders
    )
    names = tuple(str(number) for number in range(len(loaders)))
    return PhotoSet(images, names, names)
