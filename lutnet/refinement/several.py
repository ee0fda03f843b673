"""References of other scenes taken as a set: a second opinion of their look, by what they have in common.

One picture is a small set, of which little can be told; eight tell more together than they do one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import torch
from torch import Tensor

from lutnet.diagnosis.model import default_model
from lutnet.diagnosis.network import sample_grid
from lutnet.refinement.brightness import Transform
from lutnet.refinement.look_evidence import look_evidence
from lutnet.refinement.look_network import shipped_look_network
from lutnet.refinement.predict import MAX_FRAMES
from lutnet.shot import Frames

MANY = 4
"""References from which on a set is many: it is asked of the network for many stills then, and believed more."""

SHARE_OF_FEW, SHARE_OF_MANY = 0.4, 0.5
"""Share of what a set says beside the guesses that are made of its pictures one by one."""


def share_of_set(references: Sequence[Frames]) -> float:
    """How much of the look of ``references`` is told by them as a set, 0..1; the rest one by one."""
    return SHARE_OF_MANY if len(references) >= MANY else SHARE_OF_FEW


@lru_cache(maxsize=32)
def look_of_set(references: tuple[Frames, ...]) -> Transform:
    """What gives neutral colours ``[P, 3]`` the look of ``references``. Kept, because one set meets every shot."""
    model = default_model()
    step = -(-len(references) // MAX_FRAMES)
    stills = [each.pixels[len(each) // 2 :][:1].float().clamp(0.0, 1.0) for each in references[::step]]
    grid = model.network.config.grid
    evidence = look_evidence(torch.cat([sample_grid(still, grid) for still in stills]), model)

    network = shipped_look_network("look" if len(stills) >= MANY else "look_few")

    def look(colours: Tensor) -> Tensor:
        with torch.inference_mode():
            return network.look_on(colours, evidence).clone()

    return look
