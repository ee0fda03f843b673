"""Where nothing corresponds: the look that a reference of another scene seems to carry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from lutnet.refinement.network import Look, default_network
from lutnet.shot import Frames

MAX_FRAMES = 16
"""Most frames of a shot or a reference that are looked at; more are thinned evenly."""


@dataclass(frozen=True, eq=False, slots=True)
class Prediction:
    """look: of one pair. gain: share of the difference to the truth that it is expected to remove."""

    look: Look
    gain: float

    def apply(self, colours: Tensor) -> Tensor:
        """Give colours ``[P, 3]`` the look."""
        return self.look.apply(colours.unsqueeze(0)).squeeze(0)


@torch.no_grad()
def predict(frames: Frames, references: Sequence[Frames]) -> Prediction:
    """What the references' look would do to the shot, as the network has learned to see it."""
    network = default_network()
    ours = _described(frames).mean(0, keepdim=True)
    theirs = torch.cat([_described_reference(reference) for reference in references])
    look = network(ours, theirs.unsqueeze(0), theirs.new_ones(1, len(theirs)))
    with_look, without = look.expected[0].tolist()
    return Prediction(look, 1.0 - with_look / max(without, 1e-3))


def _described(frames: Frames) -> Tensor:
    kept = torch.linspace(0, len(frames) - 1, min(len(frames), MAX_FRAMES)).long()
    return default_network().describe(frames.pixels[kept].float().clamp(0.0, 1.0))


@lru_cache(maxsize=64)
def _described_reference(frames: Frames) -> Tensor:
    """Kept, because one reference meets every shot. A shot is met once: to keep it would cost its pixels."""
    return _described(frames)
