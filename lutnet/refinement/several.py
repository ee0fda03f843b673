"""References of other scenes asked for their look without regard to the shot: a second opinion of it.

A few are asked one by one; many have more in common than they tell one by one, and are asked as a set.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from lutnet.diagnosis.model import default_model
from lutnet.diagnosis.network import sample_grid
from lutnet.refinement.brightness import Transform
from lutnet.refinement.look_evidence import look_evidence
from lutnet.refinement.look_network import shipped_look_network
from lutnet.refinement.still_evidence import MAX_FRAMES, evidence_of_references
from lutnet.refinement.still_network import StillLook, shipped_still_network
from lutnet.shot import Frames

MANY = 4
"""References from which on a set is many: it is asked as a whole then, and believed more."""

SHARE_OF_FEW, SHARE_OF_MANY = 0.3, 0.5
"""Share of what a set says beside the guesses that are made of its pictures one by one."""


def share_of_set(references: Sequence[Frames]) -> float:
    """How much of the look of ``references`` is told by them as a set, 0..1; the rest one by one."""
    return SHARE_OF_MANY if len(references) >= MANY else SHARE_OF_FEW


@dataclass(frozen=True, eq=False, slots=True)
class LookOfSet:
    """What references say together. film: 0..1, how probably theirs is a film look, mild and hard to guess. apply:
    gives neutral colours ``[P, 3]`` the look."""

    film: float
    apply: Transform


@lru_cache(maxsize=32)
def look_of_set(references: tuple[Frames, ...]) -> LookOfSet:
    """The look that ``references`` share. Kept, because one set meets every shot."""
    told = evidence_of_references(references)
    one_by_one = None if told is None else StillLook.of(shipped_still_network(), told)
    film = 0.0 if one_by_one is None else one_by_one.film
    if len(references) < MANY:
        return LookOfSet(film, _as_they_are if one_by_one is None else one_by_one.apply)
    model = default_model()
    grid = model.network.config.grid
    step = -(-len(references) // MAX_FRAMES)
    middles = [each.pixels[len(each) // 2 :][:1].float().clamp(0.0, 1.0) for each in references[::step]]
    together = look_evidence(torch.cat([sample_grid(middle, grid) for middle in middles]), model)

    def apply(colours: Tensor) -> Tensor:
        with torch.inference_mode():
            return shipped_look_network().look_on(colours, together).clone()

    return LookOfSet(film, apply)


def _as_they_are(colours: Tensor) -> Tensor:
    return colours
