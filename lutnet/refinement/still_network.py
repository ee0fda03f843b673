"""The network that says what look one graded still carries, and of which sort it is.

It was taught with photographs under known looks (see ``training.still_train``). Several stills are told one by one, and
their answers averaged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import torch
from torch import Tensor, nn

from lutnet.diagnosis.network import silent
from lutnet.diagnosis.shipped import shipped_network
from lutnet.refinement.look_network import LOOK_ANSWERS, look_of
from lutnet.refinement.still_evidence import StillEvidence

SHIPPED = "still"

SORTS = ("detune", "CDL", "film look")
"""Of looks, in the order of ``training.grades.GradeKind``. The last is mild and bends single hues: of one picture its
sort is told far better than what it does."""

FAULT, FILM = 0, 2

_FARTHEST = 5.0  # deviations: a still unlike all others must not drive the answer


@dataclass(frozen=True, slots=True)
class StillConfig:
    """Stored beside the weights. features: numbers per still. wide, narrow: the layers that read them. diagnosis:
    fingerprint of the network whose answers are read. members: networks that are averaged."""

    features: int
    diagnosis: str
    wide: int = 192
    narrow: int = 128
    dropout: float = 0.25
    members: int = 3


class StillNetwork(nn.Module):
    """Members of one kind, whose answers are averaged: ``[S, LOOK_ANSWERS + SORTS]`` (see ``look_of``). Untaught, they
    give the first guess. mean, scale: ``[F]``, of the features in training."""

    mean: Tensor
    scale: Tensor

    def __init__(self, config: StillConfig) -> None:
        super().__init__()
        self.config = config
        self.register_buffer("mean", torch.zeros(config.features))
        self.register_buffer("scale", torch.ones(config.features))
        self.members = nn.ModuleList(_member(config) for _ in range(config.members))

    def forward(self, features: Tensor) -> Tensor:
        """Answers to ``features [S, F]``."""
        normal = self.normalised(features)
        return torch.stack([member(normal) for member in self.members]).mean(0)

    def normalised(self, features: Tensor) -> Tensor:
        """``features`` as the members read them."""
        return ((features - self.mean) / self.scale).clamp(-_FARTHEST, _FARTHEST)


@dataclass(frozen=True, eq=False, slots=True)
class StillLook:
    """What stills say of the look that they share. answers: ``[1, LOOK_ANSWERS + SORTS]``. amounts: ``[1, 7]``."""

    answers: Tensor
    amounts: Tensor

    @classmethod
    @torch.inference_mode()
    def of(cls, network: StillNetwork, evidence: StillEvidence) -> StillLook:
        return cls(network(evidence.features).mean(0, keepdim=True), evidence.amounts.mean(0, keepdim=True))

    @property
    def fault(self) -> float:
        """Probability that it is what a fault does, and no look that somebody made."""
        return float(self.answers[0, LOOK_ANSWERS:].softmax(0)[FAULT])

    @property
    def film(self) -> float:
        """Probability that it is a film look, which is mild and hard to guess."""
        return float(self.answers[0, LOOK_ANSWERS:].softmax(0)[FILM])

    def apply(self, colours: Tensor) -> Tensor:
        """Give neutral ``colours [P, 3]`` (encoded, 0..1) the look."""
        with torch.inference_mode():
            return look_of(self.answers, self.amounts, colours.unsqueeze(0))[0].clone()


@cache
def shipped_still_network() -> StillNetwork:
    """The network that ships. Raises WeightsError when its file was changed."""
    return shipped_network(
        SHIPPED, "looks of stills", lambda config: StillNetwork(StillConfig(**config["still_network"]))
    )


def stored_config(network: StillNetwork) -> Mapping[str, Any]:
    """What the weights file says of ``network``."""
    return {"still_network": asdict(network.config)}


def _member(config: StillConfig) -> nn.Sequential:
    return nn.Sequential(
        *(nn.Dropout(config.dropout), nn.Linear(config.features, config.wide), nn.ReLU()),
        *(nn.Dropout(config.dropout), nn.Linear(config.wide, config.narrow), nn.ReLU()),
        *(nn.Dropout(config.dropout), silent(nn.Linear(config.narrow, LOOK_ANSWERS + len(SORTS)))),
    )
