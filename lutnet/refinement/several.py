"""References of other scenes taken as a set: a second opinion of their look, by what they have in common.

One picture is a small set, of which little can be told; eight tell more together than they do one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from lutnet.diagnosis.model import default_model
from lutnet.diagnosis.network import sample_grid
from lutnet.refinement.look_evidence import LookEvidence, look_evidence
from lutnet.refinement.look_network import LookNetwork, shipped_look_network
from lutnet.shot import Frames

MAX_FRAMES = 16
"""Most frames of a shot, of a reference or of a set that are looked at; more are thinned evenly."""

MANY = 4
"""References from which on a set is many: it is asked of the network for many stills then, and believed more."""

SHARE_OF_FEW, SHARE_OF_MANY = 0.4, 0.5
"""Share of what a set says beside the guesses that are made of its pictures one by one."""


def share_of_set(references: Sequence[Frames]) -> float:
    """How much of the look of ``references`` is told by them as a set, 0..1; the rest one by one."""
    return SHARE_OF_MANY if len(references) >= MANY else SHARE_OF_FEW


@dataclass(frozen=True, eq=False, slots=True)
class LookOfSet:
    """What references say together. film: 0..1, how probably theirs is a film look, mild and hard to guess."""

    film: float
    evidence: LookEvidence
    network: LookNetwork

    def apply(self, colours: Tensor) -> Tensor:
        """Give neutral ``colours [P, 3]`` the look of the references."""
        with torch.inference_mode():
            return self.network.look_on(colours, self.evidence).clone()


@lru_cache(maxsize=32)
def look_of_set(references: tuple[Frames, ...]) -> LookOfSet:
    """The look that ``references`` share. Kept, because one set meets every shot."""
    model = default_model()
    step = -(-len(references) // MAX_FRAMES)
    stills = [each.pixels[len(each) // 2 :][:1].float().clamp(0.0, 1.0) for each in references[::step]]
    grid = model.network.config.grid
    evidence = look_evidence(torch.cat([sample_grid(still, grid) for still in stills]), model)
    few = shipped_look_network("look_few")
    return LookOfSet(
        few.film_share(evidence), evidence, shipped_look_network("look") if len(stills) >= MANY else few
    )
