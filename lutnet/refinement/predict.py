"""Where nothing corresponds: the look that references of other scenes seem to carry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import torch
from torch import Tensor

from lutnet.diagnosis.model import DiagnosisModel
from lutnet.diagnosis.predict import Looked
from lutnet.ops.thin import thinned
from lutnet.refinement.brightness import Transform
from lutnet.refinement.confidence import CONFIDENCE, FILM, evidence, followed_share
from lutnet.refinement.network import Look as SeenLook
from lutnet.refinement.network import MatchNetwork, default_networks
from lutnet.refinement.pair_network import Look as ReadLook
from lutnet.refinement.pair_network import Sides, pair_network_of, shipped_pair_network
from lutnet.refinement.several import LookOfSet, look_of_set, share_of_set
from lutnet.refinement.still_evidence import (
    MAX_FRAMES,
    StillEvidence,
    evidence_of_references,
    shot_evidence,
)
from lutnet.shot import Frames

JUDGED = 512
"""Colours of a shot by which the size of a look's change is told."""


@dataclass(frozen=True, eq=False, slots=True)
class Prediction:
    """Opinions of one look. Of the pair: ``seen``, by networks with eyes of their own, and ``read``, by members of the
    one that reads the diagnosis; of the references by themselves: ``together``, heard with ``of_set``. balanced: takes
    colours of the shot to where its clear faults are undone; undone: how much of its diagnosis that is, 0..1. found:
    ``[3]``, the evidence for ``confidence``."""

    seen: tuple[SeenLook, ...]
    read: tuple[ReadLook, ...]
    together: LookOfSet
    of_set: float
    balanced: Transform
    undone: float
    found: Tensor

    @property
    def confidence(self) -> float:
        """Probability, 0..1, that the look brings the shot nearer to the truth."""
        return float(CONFIDENCE.of(self.found))

    @property
    def share(self) -> float:
        """How much of the look to apply, 0..1."""
        return followed_share(self.confidence, self.undone)

    def apply(self, colours: Tensor) -> Tensor:
        """``colours [P, 3]`` balanced, and as much of the look on them as is sure enough."""
        return torch.lerp(self.balanced(colours), self.followed(colours), self.share)

    def as_meant(self, colours: Tensor) -> Tensor:
        """``colours [P, 3]`` where nothing of the shot is at fault: what the references say by themselves on it as it
        stands, as far as that is sure enough."""
        found = self.found.clone()
        found[FILM] = self.together.film
        return torch.lerp(colours, self.together.apply(colours), followed_share(float(CONFIDENCE.of(found))))

    def followed(self, colours: Tensor) -> Tensor:
        """``colours [P, 3]`` with all of the look."""
        return agreed(self.opinions(colours), self.of_set)

    def opinions(self, colours: Tensor) -> Tensor:
        """``colours [P, 3]`` with the look as it is seen, as it is read, and as the references say, ``[3, P, 3]``."""
        pair = (
            torch.cat([look.apply(colours.unsqueeze(0)) for look in looks]).mean(0)
            for looks in (self.seen, self.read)
        )
        return torch.stack((*pair, self.together.apply(self.balanced(colours))))


def agreed(opinions: Tensor, of_set: float) -> Tensor:
    """What ``opinions [3, P, 3]`` come to: the pair's count alike, the references' as much as ``of_set``."""
    return torch.lerp(opinions[:2].mean(0), opinions[2], of_set)


def shown_by(looked: Looked, model: DiagnosisModel) -> StillEvidence | None:
    """What a shot at which ``model`` has looked shows; None where the networks read another diagnosis, or nothing
    can be told."""
    return None if pair_network_of(model.network) is None else shot_evidence(looked)


@torch.no_grad()
def predict(
    frames: Frames,
    references: Sequence[Frames],
    shown: StillEvidence,
    balanced: Transform,
    undone: float = 0.0,
    *,
    eyes: Sequence[MatchNetwork] | None = None,
) -> Prediction | None:
    """What the references' look would do to the shot, as the networks have learned to see it; None where the
    references can tell nothing.

    shown: by the shot, one row. balanced: undoes the shot's clear faults. undone: how much of its diagnosis that is,
    0..1. eyes: networks that look for themselves; None asks those that ship.
    """
    theirs = evidence_of_references(references)
    if theirs is None:
        return None
    of = torch.zeros(len(theirs), dtype=torch.long)
    sides = Sides(shown.features, shown.amounts, theirs.features, theirs.amounts, of)
    first = Prediction(
        _seen(frames, references, eyes or default_networks()),
        tuple(shipped_pair_network().looks(sides)),
        look_of_set(tuple(references)),
        share_of_set(references),
        balanced,
        undone,
        torch.zeros(3),
    )
    film, colours = first.together.film * (1.0 - undone), _colours(frames)
    opinions = first.opinions(colours)
    found = evidence(colours, opinions, agreed(opinions, first.of_set), film=film, scenes=len(references))
    return replace(first, found=found.clone())


def _seen(frames: Frames, references: Sequence[Frames], eyes: Sequence[MatchNetwork]) -> tuple[SeenLook, ...]:
    """What networks with eyes of their own make of shot and references."""
    looks = []
    for seeing in eyes:
        ours = _described(frames, seeing).mean(0, keepdim=True)
        theirs = torch.cat([_described_reference(reference, seeing) for reference in references])
        looks.append(seeing(ours, theirs.unsqueeze(0), theirs.new_ones(1, len(theirs))))
    return tuple(looks)


def _described(frames: Frames, seeing: MatchNetwork) -> Tensor:
    return seeing.describe(thinned(frames.pixels, MAX_FRAMES).float().clamp(0.0, 1.0))


@lru_cache(maxsize=128)
def _described_reference(frames: Frames, seeing: MatchNetwork) -> Tensor:
    """Kept, because one reference meets every shot. A shot is met once: to keep it would cost its pixels."""
    return _described(frames, seeing)


def _colours(frames: Frames) -> Tensor:
    colours = frames.pixels.movedim(1, -1).reshape(-1, 3).float()
    return thinned(colours, JUDGED).clamp(0.0, 1.0)
