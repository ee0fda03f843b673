"""The differentiable 3D-LUT network: what grade does this reference carry, and what would it do to this shot?

Two descriptions meet: that of the shot and that of the reference, each seen by the (frozen) diagnosis
network. What comes out is a CDL and a mixture of learned basis LUTs behind it, both differentiable, and how
far off the result is expected to be. The reference's content is what training teaches it to ignore: truth
there is always the shot with the reference's grade.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import torch
from torch import Tensor, nn

from lutnet import weights
from lutnet.diagnosis.network import DiagnosisNetwork, NetworkConfig
from lutnet.errors import WeightsError
from lutnet.ops.cdl import apply_cdl
from lutnet.ops.detune import LEVELS, NAMES
from lutnet.ops.lut3d import Interpolation, apply_lut3d, identity_lattice

ENSEMBLE = ("refinement", "refinement_2")
"""Shipped networks that are asked: what they agree on is surer than what any of them says."""

TRAINING_NOISE = 0.15
"""Deviation of noise on descriptions while training, in their own deviations: against learning by heart."""


@dataclass(frozen=True, slots=True)
class MatchConfig:
    """What is needed to build the network; stored beside its weights.

    components: basis LUTs. points: of their lattices, per axis. describer: the network that looks.
    most_frames: of one reference in training; that there are still more is not told to the network.
    """

    describer: NetworkConfig
    components: int = 24
    points: int = 9
    hidden: int = 256
    dropout: float = 0.3
    most_frames: int = 6

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "describer": self.describer.as_json()}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> MatchConfig:
        # Files of before hold two numbers of a confidence that networks no longer have of themselves.
        kept = {name: value for name, value in values.items() if not name.startswith("confidence_")}
        return cls(**{**kept, "describer": NetworkConfig.from_json(values["describer"])})


@dataclass(frozen=True, eq=False, slots=True)
class Look:
    """A predicted grade per pair: a CDL, then a LUT.

    cdl: unbounded numbers ``[B, 10]`` (see ``cdl_numbers``). lattice: ``[B, N, N, N, 3]``.
    expected: ``[B, 2]``, the difference (DE2000) to the truth that is expected with the grade and without.
    """

    cdl: Tensor
    lattice: Tensor
    expected: Tensor

    def apply(self, colours: Tensor) -> Tensor:
        """Grade ``colours [B, P, 3]`` in 0..1."""
        numbers = (number.unsqueeze(1) for number in cdl_numbers(self.cdl))
        graded = apply_cdl(colours, *numbers)
        return apply_lut3d(graded, self.lattice, interpolation=Interpolation.TRILINEAR).clamp(0.0, 1.0)


class MatchNetwork(nn.Module):
    """Descriptions of shot and reference to a ``Look``."""

    mean: Tensor
    deviation: Tensor
    identity: Tensor

    def __init__(self, config: MatchConfig) -> None:
        super().__init__()
        self.config = config
        self.describer = DiagnosisNetwork(config.describer).requires_grad_(False)
        size = self.describer.trunk.size + len(NAMES) * len(LEVELS)
        self.register_buffer("mean", torch.zeros(size))
        self.register_buffer("deviation", torch.ones(size))
        self.register_buffer("identity", identity_lattice(config.points), persistent=False)
        self.of_source = _block(size, config.hidden, config.dropout)
        self.of_reference = _block(size, config.hidden, config.dropout)
        self.joint = _block(2 * config.hidden + 1, config.hidden, config.dropout)
        self.cdl_head = _silent(nn.Linear(config.hidden, 10))
        self.mixture_head = nn.Linear(config.hidden, config.components)
        self.expected_head = nn.Linear(config.hidden, 2)
        self.basis = nn.Parameter(torch.randn(config.components, *(config.points,) * 3, 3) * 1e-3)

    def train(self, mode: bool = True) -> MatchNetwork:
        super().train(mode)
        self.describer.eval()  # frozen: its batch statistics must not drift
        return self

    @torch.no_grad()
    def describe(self, frames: Tensor) -> Tensor:
        """Description ``[N, F]`` of ``frames [N, 3, H, W]`` in 0..1."""
        return self.described(frames)

    def described(self, frames: Tensor) -> Tensor:
        """``describe`` with gradients."""
        features = self.describer.trunk(frames)
        levels = self.describer.judge(features).levels.flatten(1)
        return torch.cat((features.vector, levels), dim=1)

    def forward(self, source: Tensor, reference: Tensor, present: Tensor) -> Look:
        """Look of each pair.

        ``source [B, F]``; ``reference [B, R, F]`` holds up to R frames that share one grade, of which
        ``present [B, R]`` (0 or 1) counts.
        """
        ours = self.of_source(self._normalised(source))
        seen = self.of_reference(self._normalised(reference)) * present.unsqueeze(-1)
        count = present.sum(1, keepdim=True)
        hidden = self.joint(
            torch.cat((ours, seen.sum(1) / count, count.clamp(max=self.config.most_frames).log()), dim=1)
        )
        mixture = self.mixture_head(hidden)
        change = torch.einsum("bk,krgxc->brgxc", mixture, self.basis)
        expected = nn.functional.softplus(self.expected_head(hidden))
        return Look(self.cdl_head(hidden), self.identity + change, expected)

    def _normalised(self, description: Tensor) -> Tensor:
        normal = ((description - self.mean) / self.deviation).clamp(-5.0, 5.0)
        return normal + TRAINING_NOISE * torch.randn_like(normal) if self.training else normal


@cache
def default_networks() -> tuple[MatchNetwork, ...]:
    """The networks that ship with lutnet. Raises WeightsError when a file was changed."""
    return tuple(restored(weights.shipped(name)) for name in ENSEMBLE)


def restored(stored: weights.StoredNetwork) -> MatchNetwork:
    """Build the network that ``stored`` describes. Raises WeightsError when it describes another kind."""
    try:
        network = MatchNetwork(MatchConfig.from_json(dict(stored.config["match"])))
    except (KeyError, TypeError, ValueError) as error:
        raise WeightsError(
            "weights are not those of a refinement network", where=stored.source, fix=f"Reason: {error!r}."
        ) from error
    weights.load_state(network, stored)
    return network.eval()


def cdl_numbers(raw: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Slope, offset, power ``[..., 3]`` and saturation ``[..., 1]`` of unbounded numbers ``[..., 10]``."""
    slope, offset, power, saturation = torch.split(raw, [3, 3, 3, 1], dim=-1)
    return (
        torch.exp(torch.tanh(slope)),
        0.3 * torch.tanh(offset),
        torch.exp(torch.tanh(power)),
        torch.exp(torch.tanh(saturation)),
    )


def _block(inputs: int, outputs: int, dropout: float) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(inputs, outputs), nn.ReLU(), nn.Dropout(dropout), nn.Linear(outputs, outputs), nn.ReLU()
    )


def _silent(layer: nn.Linear) -> nn.Linear:
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer
