"""What a frame cannot tell: black, white, flat, tiny and monochrome frames hold no evidence of a fault."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from lutnet.ops.cdl import luma

SMALLEST_SIDE = 16  # pixels; below, nothing is left for the trunk to see
FLATTEST = 0.012  # deviation of luma: three 8-bit codes
LEAST_COLOUR = 0.008  # mean distance between highest and lowest channel: two 8-bit codes


@dataclass(frozen=True, eq=False, slots=True)
class Content:
    """telling: ``[N]`` bool, frames that hold evidence. coloured: ``[N]`` bool. warnings: for people."""

    telling: Tensor
    coloured: Tensor
    warnings: tuple[str, ...]


def content_of(frames: Tensor) -> Content:
    """Look at ``frames [N, 3, H, W]`` in 0..1, sampled; ``warnings`` says what is missing and why."""
    grey = luma(frames.movedim(1, -1)).flatten(1)
    deviation = grey.std(-1, correction=0)
    low, high = frames.aminmax(dim=1)
    coloured = (high - low).flatten(1).mean(-1) > LEAST_COLOUR
    telling = deviation > FLATTEST
    return Content(telling, coloured, _warnings(telling, coloured))


def too_small(height: int, width: int) -> bool:
    return min(height, width) < SMALLEST_SIDE


def _warnings(telling: Tensor, coloured: Tensor) -> tuple[str, ...]:
    found = []
    if not bool(telling.any()):
        found.append("the frames hold a single tone (black, white or flat): nothing can be diagnosed")
    elif not bool(telling.all()):
        found.append(f"{int((~telling).sum())} of {len(telling)} frames hold a single tone and were left out")
    if bool(telling.any()) and not bool(coloured[telling].any()):
        found.append("the frames are monochrome: temperature, tint and saturation cannot be diagnosed")
    return tuple(found)
