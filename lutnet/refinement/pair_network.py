"""The network that reads the diagnosis of shot and reference: what would the reference's grade do to this shot?

Both are told by all that the diagnosis makes of them at both looks, and by what their colours are like. What comes out
undoes what is wrong with the shot, does what the reference has, and is finished by a CDL and a mixture of learned basis
LUTs. The reference's content is what training teaches it to ignore: truth there is always the shot, right, with the
reference's grade (see ``training.pair_train``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Any

import torch
from torch import Tensor, nn

from lutnet.diagnosis.network import DiagnosisNetwork, silent
from lutnet.diagnosis.shipped import fingerprint, shipped_network
from lutnet.ops.cdl import apply_cdl
from lutnet.ops.detune import detune, undo
from lutnet.ops.lut3d import Interpolation, apply_lut3d, identity_lattice

SHIPPED = "pair"

_FARTHEST = 5.0  # deviations: a still unlike all others must not drive the answer
_AMOUNT, _LOG, _OFFSET = 0.5, 0.5, 0.1
_ANSWERS = {"undone": 14, "done": 14, "cdl": 10}


@dataclass(frozen=True, slots=True)
class PairConfig:
    """Stored beside the weights. features: numbers per still. diagnosis: fingerprint of the network whose answers are
    read. wide, narrow: the layers that read them. hidden: of the layer that reads both. components: basis LUTs, with
    ``points`` per axis. members: networks that are averaged. most_frames: of one reference in training; that there are
    still more is not told to the network."""

    features: int
    diagnosis: str
    wide: int = 176
    narrow: int = 128
    hidden: int = 192
    components: int = 16
    points: int = 9
    dropout: float = 0.15
    members: int = 2
    most_frames: int = 4


@dataclass(frozen=True, eq=False, slots=True)
class Sides:
    """B shots and their K references. features: of shots ``[B, F]``; amounts: ``[B, 7]``, what the diagnosis would undo
    of them. ``seen [K, F]`` and ``done [K, 7]``: the same of references, ``of [K]``: whose they are, 0..B-1; every shot
    has one at least."""

    features: Tensor
    amounts: Tensor
    seen: Tensor
    done: Tensor
    of: Tensor

    def mean_of_references(self, values: Tensor) -> Tensor:
        """Mean ``[B, C]`` of ``values [K, C]`` over each shot's references."""
        summed = values.new_zeros(len(self.features), values.shape[1]).index_add(0, self.of, values)
        return summed / self.counts.unsqueeze(1)

    @property
    def counts(self) -> Tensor:
        """References per shot ``[B]``."""
        return torch.bincount(self.of, minlength=len(self.features)).to(self.features)


@dataclass(frozen=True, eq=False, slots=True)
class Look:
    """A predicted grade per pair: amounts ``[B, 7]`` undone, amounts ``[B, 7]`` done, a CDL ``[B, 10]`` (logarithms of
    slope, power and saturation, and offsets), a lattice ``[B, N, N, N, 3]``."""

    undone: Tensor
    done: Tensor
    cdl: Tensor
    lattice: Tensor

    def apply(self, colours: Tensor) -> Tensor:
        """Grade ``colours [B, P, 3]`` in 0..1."""
        right = undo(colours, self.undone.unsqueeze(1))
        graded = detune(right, self.done.unsqueeze(1))
        slope, offset, power, saturation = torch.split(self.cdl.unsqueeze(1), [3, 3, 3, 1], dim=-1)
        toned = apply_cdl(
            graded.clamp(min=1e-4),
            (_LOG * slope).exp(),
            _OFFSET * offset,
            (_LOG * power).exp(),
            (_LOG * saturation).exp(),
        )
        return apply_lut3d(toned.clamp(0.0, 1.0), self.lattice, interpolation=Interpolation.TRILINEAR).clamp(
            0.0, 1.0
        )


def mean_of(looks: Sequence[Look], colours: Tensor) -> Tensor:
    """What ``looks`` make of ``colours [B, P, 3]``, in the mean."""
    return torch.stack([look.apply(colours) for look in looks]).mean(0)


class PairNetwork(nn.Module):
    """Members of one kind, whose grades are averaged. mean, scale: ``[F]``, of the features in training."""

    mean: Tensor
    scale: Tensor

    def __init__(self, config: PairConfig) -> None:
        super().__init__()
        self.config = config
        self.register_buffer("mean", torch.zeros(config.features))
        self.register_buffer("scale", torch.ones(config.features))
        self.members = nn.ModuleList(PairMember(config) for _ in range(config.members))

    def looks(self, sides: Sides) -> list[Look]:
        """The grades that each member sees."""
        normal = self.normalised(sides)
        return [member(normal) for member in self.members]

    def normalised(self, sides: Sides) -> Sides:
        """``sides`` as the members read them."""
        shots, seen = (
            ((features - self.mean) / self.scale).clamp(-_FARTHEST, _FARTHEST)
            for features in (sides.features, sides.seen)
        )
        return replace(sides, features=shots, seen=seen)


class PairMember(nn.Module):
    """Pairs judged by one set of weights."""

    identity: Tensor

    def __init__(self, config: PairConfig) -> None:
        super().__init__()
        self.config = config
        self.register_buffer("identity", identity_lattice(config.points), persistent=False)
        self.of_shot, self.of_reference = _reader(config), _reader(config)
        self.joint = nn.Sequential(
            nn.Linear(2 * config.narrow + 1, config.hidden), nn.ReLU(), nn.Dropout(config.dropout)
        )
        self.answers = silent(nn.Linear(config.hidden, sum(_ANSWERS.values())))
        self.mixture = silent(nn.Linear(config.hidden, config.components))
        self.basis = nn.Parameter(1e-2 * torch.randn(config.components, *(config.points,) * 3, 3))

    def forward(self, sides: Sides) -> Look:
        seen = sides.mean_of_references(self.of_reference(sides.seen))
        done = sides.mean_of_references(sides.done)
        many = sides.counts.clamp(max=self.config.most_frames).log().unsqueeze(1)
        hidden = self.joint(torch.cat((self.of_shot(sides.features), seen, many), dim=1))
        of_shot, of_reference, cdl = torch.split(self.answers(hidden), list(_ANSWERS.values()), dim=1)
        change = torch.einsum("bk,krgxc->brgxc", self.mixture(hidden), self.basis)
        return Look(
            _amounts(of_shot, sides.amounts), _amounts(of_reference, done), cdl, self.identity + change
        )


def _amounts(answers: Tensor, guess: Tensor) -> Tensor:
    """Part of a first ``guess [B, 7]``, and a step from it: by ``answers [B, 14]``."""
    part, step = answers.chunk(2, dim=1)
    return (torch.sigmoid(part) * guess + _AMOUNT * step).clamp(-1.0, 1.0)


def _reader(config: PairConfig) -> nn.Sequential:
    return nn.Sequential(
        *(nn.Dropout(config.dropout), nn.Linear(config.features, config.wide), nn.ReLU()),
        *(nn.Dropout(config.dropout), nn.Linear(config.wide, config.narrow), nn.ReLU()),
        nn.Dropout(config.dropout),
    )


@cache
def shipped_pair_network() -> PairNetwork:
    """The network that ships. Raises WeightsError when its file was changed."""
    return shipped_network(
        SHIPPED,
        "pairs of shot and reference",
        lambda config: PairNetwork(PairConfig(**config["pair_network"])),
    )


@cache
def pair_network_of(network: DiagnosisNetwork) -> PairNetwork | None:
    """The network that ships, if it was taught with the answers of ``network``. Raises WeightsError when its file was
    changed."""
    pairs = shipped_pair_network()
    return pairs if pairs.config.diagnosis == fingerprint(network) else None


def stored_config(network: PairNetwork) -> Mapping[str, Any]:
    """What the weights file says of ``network``."""
    return {"pair_network": asdict(network.config)}
