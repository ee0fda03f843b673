"""Cuts inside one clip: one grade cannot serve two shots.

What is looked at of a clip is a few frames. Where the colours of one differ from those of the frame before, frames
between them are read until two neighbours stand where the colours become others, at a cut or by and by.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

from lutnet.frames.leap import AROUND, OTHER, Seen, is_another_shot, share_of_others
from lutnet.place import Place
from lutnet.result import ClipResult
from lutnet.shot import Frames

Read = Callable[[int, int, int], Frames]
"""Gives up to so many frames from the first to the last number that it is given, both included."""

LOOKED_AT = 10
"""Frames that are read at a time."""


def cuts_inside(frames: Frames, read: Read) -> tuple[int, ...]:
    """The first frame of every shot but the first that ``frames`` show, counted as they are; () where it is one shot.

    A cut is found between two of ``frames`` only, not before the first or after the last of them, and one between two.
    """
    seen = _seen(frames)
    found = (_cut_between(low, high, seen, read) for low, high in pairwise(sorted(seen)))
    return tuple(cut for cut in found if cut is not None)


def with_cuts(result: ClipResult, frames: Frames, read: Read) -> ClipResult:
    """``result`` with the cuts inside its clip; where there are some, nothing is said of light that changes."""
    cuts = tuple(Place(frame) for frame in cuts_inside(frames, read))
    return replace(result, cuts_inside=cuts, light=None) if cuts else result


def _cut_between(low: int, high: int, frames: dict[int, Seen], read: Read) -> int | None:
    """The first frame of the second shot, where there is a cut from frame ``low`` to ``high`` of ``frames``."""
    seen = {number: frames[number] for number in (low, high)}

    def other(pair: tuple[int, int]) -> float:
        return share_of_others(*(seen[number] for number in pair))

    while other((low, high)) >= OTHER and high - low > 1:
        seen |= _seen(read(low + 1, high - 1, LOOKED_AT))
        numbers = [number for number in sorted(seen) if low <= number <= high]
        if len(numbers) == 2:
            return None  # the media gives nothing between them
        low, high = max(pairwise(numbers), key=other)
    if other((low, high)) < OTHER:
        return None
    seen |= _seen(read(max(0, high - AROUND), high + AROUND - 1, 2 * AROUND))
    before, after = (
        [seen[number] for number in side if number in seen]
        for side in (range(high - AROUND, high), range(high, high + AROUND))
    )
    return high if is_another_shot(before, after) else None


def _seen(frames: Frames) -> dict[int, Seen]:
    """``frames`` by their numbers."""
    numbers = frames.indices or tuple(range(len(frames)))
    codes = (frames.pixels.clamp(0.0, 1.0) * 255.0).byte().movedim(1, -1).contiguous().cpu().numpy()
    return {number: Seen.of(picture) for number, picture in zip(numbers, codes, strict=True)}
