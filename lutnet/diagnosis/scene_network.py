"""The network that hears all shots of a scene at once.

A head's likelihoods say nothing of what goes with what: one shot knows that it is either underexposed or low in
contrast, another that it is either underexposed or dull in the whites, and together they would know it. And what shots
get wrong together, because the fault itself misleads the network, no averaging takes away. So every shot is read by
what its heads were computed from; it gives a guess of all seven amounts with a precision matrix, and a description;
both are pooled so that neither order nor number of the shots matters; and what follows corrects the answer that
adding likelihoods gives (``pooling``).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import torch
from torch import Tensor, nn

from lutnet.diagnosis.heads import HEADS, LEVELS
from lutnet.diagnosis.network import DiagnosisNetwork, silent
from lutnet.diagnosis.pooling import LEAST_LOG_SHARE, expected
from lutnet.diagnosis.shipped import fingerprint, shipped_network

SHIPPED = "scene"

VOTES = len(HEADS) * len(LEVELS)
TRIANGLE = len(HEADS) * (len(HEADS) + 1) // 2
MOST_COUNTED = 8
"""Shots that training showed at once: more are pooled too, but the network is not told of numbers it never saw."""

_FARTHEST = 5.0  # deviations: a shot unlike all others must not drive the answer
_LOG, _SHARE, _AMOUNT, _ODDS = (
    0.3,
    2.0,
    2.0,
    0.3,
)  # bring log shares, shares, amounts and log odds to about one size
_UNSURE = 4.0
_SHARPEST, _EAGER = 3.0, 1.5  # of a precision; of an expected level, which is shrunk
_STEEPEST = 2.5  # of a precision's root: no shot may be so sure that the sum of all cannot be inverted


@dataclass(frozen=True, eq=False, slots=True)
class Shots:
    """What the diagnosis said of N shots of each of B scenes, at its first look.

    hidden: ``[B, N, H]``, what the heads read. levels: log probabilities ``[B, N, 7, 7]``. repair: ``[B, N, 7]``.
    clean: ``[B, N]`` in 0..1.
    """

    hidden: Tensor
    levels: Tensor
    repair: Tensor
    clean: Tensor

    @property
    def features(self) -> Tensor:
        """``[B, N, F]``."""
        levels = self.levels.clamp(min=LEAST_LOG_SHARE)
        odds = torch.logit(self.clean.clamp(1e-4, 1.0 - 1e-4)).unsqueeze(-1)
        votes = (_LOG * levels.flatten(2), _SHARE * levels.exp().flatten(2))
        return torch.cat((self.hidden, *votes, _AMOUNT * self.repair, _ODDS * odds), dim=-1)


@dataclass(frozen=True, eq=False, slots=True)
class Shared:
    """The fault of B scenes. levels: log probabilities ``[B, 7, 7]``. repair: amounts to undo ``[B, 7]``, -1..1."""

    levels: Tensor
    repair: Tensor


@dataclass(frozen=True, slots=True)
class SceneConfig:
    """Stored beside the weights. features: numbers per shot. wide, embedding: layers that read a shot by itself.
    hidden: layers that read what was pooled. diagnosis: fingerprint of the network whose answers are read."""

    features: int
    diagnosis: str
    wide: int = 256
    embedding: int = 128
    hidden: int = 256
    dropout: float = 0.1
    members: int = 3


class SceneNetwork(nn.Module):
    """Members of one kind, whose answers are averaged. Untaught, they give the answer that they were given.

    mean, scale: ``[F]``, of the features in training.
    """

    mean: Tensor
    scale: Tensor

    def __init__(self, config: SceneConfig) -> None:
        super().__init__()
        self.config = config
        self.register_buffer("mean", torch.zeros(config.features))
        self.register_buffer("scale", torch.ones(config.features))
        self.members = nn.ModuleList(SceneMember(config) for _ in range(config.members))

    def forward(self, shots: Shots, likely: Shared) -> Shared:
        """The fault that ``shots`` share, where adding likelihoods gives ``likely``."""
        features = self.normalised(shots)
        said = [member(features, shots, likely) for member in self.members]
        shares = torch.stack([each.levels.exp() for each in said]).mean(0)
        return Shared(shares.log(), torch.stack([each.repair for each in said]).mean(0))

    def normalised(self, shots: Shots) -> Tensor:
        """The features of ``shots`` as the members read them."""
        return ((shots.features - self.mean) / self.scale).clamp(-_FARTHEST, _FARTHEST)


class SceneMember(nn.Module):
    """Shots described and pooled by one set of weights."""

    def __init__(self, config: SceneConfig) -> None:
        super().__init__()
        self.shot = nn.Sequential(
            *(nn.Dropout(config.dropout), nn.Linear(config.features, config.wide), nn.ReLU()),
            *(nn.Dropout(config.dropout), nn.Linear(config.wide, config.embedding), nn.ReLU()),
        )
        self.guess = silent(nn.Linear(config.embedding, len(HEADS) + TRIANGLE))
        self.shared_error = nn.Parameter(torch.tensor(-1.0))
        self.prior = nn.Parameter(torch.zeros(TRIANGLE))
        pooled = 2 * config.embedding + 2 * VOTES + 5 * len(HEADS) + 1
        self.together = nn.Sequential(
            *(nn.Linear(pooled, config.hidden), nn.ReLU(), nn.Dropout(config.dropout)),
            *(nn.Linear(config.hidden, config.hidden), nn.ReLU(), nn.Dropout(config.dropout)),
        )
        self.levels = silent(nn.Linear(config.hidden, VOTES))
        self.repair = silent(nn.Linear(config.hidden, len(HEADS)))

    def forward(self, features: Tensor, shots: Shots, likely: Shared) -> Shared:
        """As SceneNetwork's; features: of ``shots``, normalised."""
        described = self.shot(features)
        guessed, unsure = self._guessed(self.guess(described), shots.levels)
        said = expected(likely.levels)
        count = math.log(min(described.shape[1], MOST_COUNTED)) - 1.5
        pooled = (
            described.mean(1),
            (described.var(1, correction=0) + 1e-4).sqrt(),
            _LOG * likely.levels.clamp(min=LEAST_LOG_SHARE).flatten(1),
            _SHARE * likely.levels.exp().flatten(1),
            _AMOUNT * likely.repair,
            2.0 * _AMOUNT * shots.repair.std(1, correction=0),
            described.new_full((len(described), 1), count),
            _AMOUNT * guessed,
            said - guessed,
            _UNSURE * unsure,
        )
        heard = self.together(torch.cat(pooled, dim=-1))
        levels = (likely.levels + self.levels(heard).view(-1, len(HEADS), len(LEVELS))).log_softmax(-1)
        return Shared(levels, (likely.repair + 0.5 * self.repair(heard)).clamp(-1.0, 1.0))

    def _guessed(self, guesses: Tensor, levels: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and variances ``[B, 7]`` of the amounts: the product of every shot's normal distribution and the
        prior's, N shots weighing as ``N / (1 + (N - 1) c)`` of them."""
        amounts, triangle = torch.split(guesses, [len(HEADS), TRIANGLE], dim=-1)
        centre = _EAGER * expected(levels) + amounts
        precision = _precision(triangle)
        count = guesses.shape[1]
        worth = count / (1.0 + (count - 1) * self.shared_error.sigmoid())
        joint = worth * precision.mean(1) + _precision(self.prior)
        pull = worth * (precision @ centre.unsqueeze(-1)).mean(1)
        guessed: Tensor = torch.linalg.solve(joint, pull).squeeze(-1)
        return guessed, torch.linalg.inv(joint).diagonal(dim1=-2, dim2=-1)


@cache
def scene_network_of(network: DiagnosisNetwork) -> SceneNetwork | None:
    """The network that ships, if it was taught with the answers of ``network``. Raises WeightsError when its file
    was changed."""
    scene = shipped_scene_network()
    return scene if scene.config.diagnosis == fingerprint(network) else None


@cache
def shipped_scene_network() -> SceneNetwork:
    """The network that ships. Raises WeightsError when its file was changed."""
    return shipped_network(
        SHIPPED, "scenes", lambda config: SceneNetwork(SceneConfig(**config["scene_network"]))
    )


def stored_config(network: SceneNetwork) -> Mapping[str, Any]:
    """What the weights file says of ``network``."""
    return {"scene_network": asdict(network.config)}


def _precision(triangle: Tensor) -> Tensor:
    """Precision matrices ``[..., 7, 7]`` of the lower triangles ``[..., 28]`` of their roots."""
    triangle = _STEEPEST * (triangle / _STEEPEST).tanh()
    rows, columns = torch.tril_indices(len(HEADS), len(HEADS))
    root = triangle.new_zeros(*triangle.shape[:-1], len(HEADS), len(HEADS))
    root[..., rows, columns] = triangle
    diagonal = root.diagonal(dim1=-2, dim2=-1)
    root = root - torch.diag_embed(diagonal) + torch.diag_embed((diagonal + 0.5).exp())
    return _SHARPEST * root @ root.mT
