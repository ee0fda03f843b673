"""Several references of other scenes: what they look like as a set tells more of their look than each of them alone."""

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

ENOUGH = 4
"""Scenes from which on a set is heard in full: one alone is no set, and in between it is heard by their number."""

MOST = 0.5
"""Share of what a set says beside the guesses that are made of its pictures one by one."""


def share_of_set(references: Sequence[Frames]) -> float:
    """How much of the look of ``references`` is told by them as a set, 0..MOST; the rest one by one."""
    return MOST * min(1.0, (len(references) - 1) / (ENOUGH - 1))


@lru_cache(maxsize=8)
def look_of_set(references: tuple[Frames, ...]) -> Transform:
    """What gives neutral colours ``[P, 3]`` the look of ``references``. Kept, because one set meets every shot."""
    model = default_model()
    step = -(-len(references) // MAX_FRAMES)
    stills = [each.pixels[len(each) // 2 :][:1].float().clamp(0.0, 1.0) for each in references[::step]]
    grid = model.network.config.grid
    evidence = look_evidence(torch.cat([sample_grid(still, grid) for still in stills]), model)

    def look(colours: Tensor) -> Tensor:
        with torch.inference_mode():
            return shipped_look_network().look_on(colours, evidence).clone()

    return look
