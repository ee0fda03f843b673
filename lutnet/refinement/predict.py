"""Where nothing corresponds: the look that a reference of another scene seems to carry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from lutnet.ops.thin import thinned
from lutnet.refinement.confidence import CONFIDENCE, evidence, followed_share
from lutnet.refinement.network import Look, default_networks
from lutnet.shot import Frames

MAX_FRAMES = 16
"""Most frames of a shot or a reference that are looked at; more are thinned evenly."""

JUDGED = 512
"""Colours of a shot by which the size of a look's change is told."""


@dataclass(frozen=True, eq=False, slots=True)
class Prediction:
    """looks: of one pair, one per network. confidence: 0..1, that the shot comes nearer to the truth by them."""

    looks: tuple[Look, ...]
    confidence: float

    @property
    def share(self) -> float:
        """How much of the look to apply, 0..1."""
        return followed_share(self.confidence)

    def apply(self, colours: Tensor) -> Tensor:
        """Give colours ``[P, 3]`` the look that the networks agree on."""
        graded = [look.apply(colours.unsqueeze(0)).squeeze(0) for look in self.looks]
        return torch.stack(graded).mean(0)


@torch.no_grad()
def predict(frames: Frames, references: Sequence[Frames]) -> Prediction:
    """What the references' look would do to the shot, as the networks have learned to see it."""
    networks = default_networks()
    looks = []
    for place, network in enumerate(networks):
        ours = _described(frames, place).mean(0, keepdim=True)
        theirs = torch.cat([_described_reference(reference, place) for reference in references])
        looks.append(network(ours, theirs.unsqueeze(0), theirs.new_ones(1, len(theirs))))
    found = evidence(looks, _colours(frames).unsqueeze(0), len(references))
    return Prediction(tuple(looks), float(CONFIDENCE.of(found)))


def _colours(frames: Frames) -> Tensor:
    colours = frames.pixels.movedim(1, -1).reshape(-1, 3).float()
    return thinned(colours, JUDGED).clamp(0.0, 1.0)


def _described(frames: Frames, place: int) -> Tensor:
    return default_networks()[place].describe(thinned(frames.pixels, MAX_FRAMES).float().clamp(0.0, 1.0))


@lru_cache(maxsize=128)
def _described_reference(frames: Frames, place: int) -> Tensor:
    """Kept, because one reference meets every shot. A shot is met once: to keep it would cost its pixels."""
    return _described(frames, place)
