"""The network that says what to undo of a shot that stands alone, from both of the diagnosis' looks at it.

The diagnosis looks at a shot, and again at the shot repaired by what it said. What it makes of the repaired picture
tells how far the first answer went astray. Corrected are the amounts to undo alone: levels, names and confidences stay
what the heads say, and scenes and looks are told from those.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import torch
from torch import Tensor, nn

from lutnet.diagnosis.evidence import Evidence
from lutnet.diagnosis.heads import HEADS, LEVELS
from lutnet.diagnosis.network import DiagnosisNetwork, silent
from lutnet.diagnosis.pooling import LEAST_LOG_SHARE
from lutnet.diagnosis.shipped import fingerprint, shipped_network

SHIPPED = "alone"

_FARTHEST = 5.0  # deviations: a frame unlike all others must not drive the answer
_LOG, _SHARE, _AMOUNT, _ODDS = 0.3, 2.0, 2.0, 0.3  # bring all to about one size


@dataclass(frozen=True, eq=False, slots=True)
class Glance:
    """What the diagnosis made of B frames at one look.

    vector: ``[B, F]``, the trunk's. hidden: ``[B, H]``, what the heads read. levels: log probabilities ``[B, 7, 7]``.
    repair: ``[B, 7]``. clean: ``[B]`` in 0..1.
    """

    vector: Tensor
    hidden: Tensor
    levels: Tensor
    repair: Tensor
    clean: Tensor

    @classmethod
    def of(cls, vector: Tensor, hidden: Tensor, evidence: Evidence) -> Glance:
        """Frames of one shot: ``vector [B, F]`` and ``hidden [B, H]`` of each, and what they say together."""
        count = len(vector)
        clean = torch.full((count,), evidence.clean)
        return cls(
            vector, hidden, evidence.levels.expand(count, -1, -1), evidence.repair.expand(count, -1), clean
        )

    @property
    def features(self) -> Tensor:
        levels = self.levels.clamp(min=LEAST_LOG_SHARE).flatten(1)
        odds = torch.logit(self.clean.clamp(1e-4, 1.0 - 1e-4)).unsqueeze(1)
        said = (_LOG * levels, _SHARE * levels.exp(), _AMOUNT * self.repair, _ODDS * odds)
        return torch.cat((self.hidden, self.vector, *said), dim=1)


@dataclass(frozen=True, eq=False, slots=True)
class Alone:
    """B frames: what the diagnosis said of them as they are, and repaired by that."""

    first: Glance
    second: Glance

    @property
    def features(self) -> Tensor:
        """``[B, F]``."""
        return torch.cat((self.first.features, self.second.features), dim=1)


@dataclass(frozen=True, eq=False, slots=True)
class Answer:
    """levels: log probabilities ``[B, 7, 7]``; they teach, and are not used. repair: amounts to undo ``[B, 7]``,
    -1..1."""

    levels: Tensor
    repair: Tensor


@dataclass(frozen=True, slots=True)
class AloneConfig:
    """Stored beside the weights. features: numbers per shot. wide, hidden: the layers that read them. diagnosis:
    fingerprint of the network whose answers are read. members: networks that are averaged."""

    features: int
    diagnosis: str
    wide: int = 128
    hidden: int = 256
    dropout: float = 0.2
    members: int = 2


class AloneNetwork(nn.Module):
    """Members of one kind, whose answers are averaged. Untaught, they give the answer of the first look.

    mean, scale: ``[F]``, of the features in training.
    """

    mean: Tensor
    scale: Tensor

    def __init__(self, config: AloneConfig) -> None:
        super().__init__()
        self.config = config
        self.register_buffer("mean", torch.zeros(config.features))
        self.register_buffer("scale", torch.ones(config.features))
        self.members = nn.ModuleList(AloneMember(config) for _ in range(config.members))

    def forward(self, alone: Alone) -> Tensor:
        """The amounts to undo ``[B, 7]`` in -1..1."""
        features = self.normalised(alone)
        return torch.stack([member(features, alone.first).repair for member in self.members]).mean(0)

    def normalised(self, alone: Alone) -> Tensor:
        """The features of ``alone`` as the members read them."""
        return ((alone.features - self.mean) / self.scale).clamp(-_FARTHEST, _FARTHEST)


class AloneMember(nn.Module):
    """Shots judged by one set of weights."""

    def __init__(self, config: AloneConfig) -> None:
        super().__init__()
        self.body = nn.Sequential(
            *(nn.Dropout(config.dropout), nn.Linear(config.features, config.wide), nn.ReLU()),
            *(nn.Dropout(config.dropout), nn.Linear(config.wide, config.hidden), nn.ReLU()),
            nn.Dropout(config.dropout),
        )
        self.levels = silent(nn.Linear(config.hidden, len(HEADS) * len(LEVELS)))
        self.repair = silent(nn.Linear(config.hidden, len(HEADS)))

    def forward(self, features: Tensor, first: Glance) -> Answer:
        """features: normalised ``[B, F]``."""
        heard = self.body(features)
        levels = (first.levels + self.levels(heard).view(-1, len(HEADS), len(LEVELS))).log_softmax(-1)
        return Answer(levels, (first.repair + 0.5 * self.repair(heard)).clamp(-1.0, 1.0))


@cache
def alone_network_of(network: DiagnosisNetwork) -> AloneNetwork | None:
    """The network that ships, if it was taught with the answers of ``network``. Raises WeightsError when its file
    was changed."""
    alone = shipped_alone_network()
    return alone if alone.config.diagnosis == fingerprint(network) else None


@cache
def shipped_alone_network() -> AloneNetwork:
    """The network that ships. Raises WeightsError when its file was changed."""
    return shipped_network(
        SHIPPED, "shots alone", lambda config: AloneNetwork(AloneConfig(**config["alone_network"]))
    )


def stored_config(network: AloneNetwork) -> Mapping[str, Any]:
    """What the weights file says of ``network``."""
    return {"alone_network": asdict(network.config)}
