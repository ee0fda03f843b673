"""Colours of a shot as they were recorded, from what was kept of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lutnet.store import StoredPictures
from lutnet.thumbnails import recorded_of

if TYPE_CHECKING:
    from torch import Tensor


def recorded_colours(pictures: StoredPictures, count: int) -> Tensor:
    """``[count, 3]`` at most, evenly over the shot's pictures, in the grading space. pictures: with ``compared``."""
    import torch

    from lutnet.continuity.compared import Compared

    if not pictures.recorded:  # the grading space is what people see
        return Compared.from_bytes(pictures.compared).colours(count)
    flat = torch.from_numpy(recorded_of(pictures)).reshape(-1, 3).float()
    return flat[torch.linspace(0, len(flat) - 1, min(len(flat), count)).long()]
