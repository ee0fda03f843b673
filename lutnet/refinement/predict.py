"""Where nothing corresponds: the look that references of other scenes seem to carry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from lutnet.ops.thin import thinned
from lutnet.refinement.brightness import Transform
from lutnet.refinement.confidence import CONFIDENCE, evidence, followed_share
from lutnet.refinement.network import Look, default_networks
from lutnet.refinement.several import MAX_FRAMES, LookOfSet, look_of_set, share_of_set
from lutnet.shot import Frames

JUDGED = 512
"""Colours of a shot by which the size of a look's change is told."""


@dataclass(frozen=True, eq=False, slots=True)
class Prediction:
    """Two opinions of one look: ``looks``, one per network, of the pair, and ``together``, of the references as a set,
    which is heard with ``of_set``. balanced: takes colours of the shot to where its clear faults are undone.
    confidence: 0..1, that the shot comes nearer to the truth by them."""

    looks: tuple[Look, ...]
    together: LookOfSet
    of_set: float
    balanced: Transform
    confidence: float

    @property
    def share(self) -> float:
        """How much of the look to apply, 0..1."""
        return followed_share(self.confidence)

    def apply(self, colours: Tensor) -> Tensor:
        """``colours [P, 3]`` balanced, and as much of the look on them as is sure enough."""
        balanced = self.balanced(colours)
        look = torch.lerp(_of_pair(self.looks, colours), self.together.apply(balanced), self.of_set)
        return torch.lerp(balanced, look, self.share)


@torch.no_grad()
def predict(
    frames: Frames, references: Sequence[Frames], balanced: Transform, undone: float = 0.0
) -> Prediction:
    """What the references' look would do to the shot, as the networks have learned to see it.

    balanced: undoes the shot's clear faults. undone: how much of its diagnosis that is, 0..1.
    """
    networks = default_networks()
    looks = []
    for place, network in enumerate(networks):
        ours = _described(frames, place).mean(0, keepdim=True)
        theirs = torch.cat([_described_reference(reference, place) for reference in references])
        looks.append(network(ours, theirs.unsqueeze(0), theirs.new_ones(1, len(theirs))))
    together, of_set = look_of_set(tuple(references)), share_of_set(references)
    shown = _colours(frames)
    opinions = _of_pair(looks, shown), together.apply(balanced(shown))
    found = evidence(shown, opinions, of_set, film=together.film * (1.0 - undone), scenes=len(references))
    return Prediction(tuple(looks), together, of_set, balanced, float(CONFIDENCE.of(found)))


def _of_pair(looks: Sequence[Look], colours: Tensor) -> Tensor:
    """What the networks agree on, for colours ``[P, 3]``."""
    return torch.stack([look.apply(colours.unsqueeze(0)).squeeze(0) for look in looks]).mean(0)


def _colours(frames: Frames) -> Tensor:
    colours = frames.pixels.movedim(1, -1).reshape(-1, 3).float()
    return thinned(colours, JUDGED).clamp(0.0, 1.0)


def _described(frames: Frames, place: int) -> Tensor:
    return default_networks()[place].describe(thinned(frames.pixels, MAX_FRAMES).float().clamp(0.0, 1.0))


@lru_cache(maxsize=128)
def _described_reference(frames: Frames, place: int) -> Tensor:
    """Kept, because one reference meets every shot. A shot is met once: to keep it would cost its pixels."""
    return _described(frames, place)
