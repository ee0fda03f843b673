"""The network that says what look graded stills share. It was taught by made-up shows whose look is known (see
``training.look_train``)."""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor, nn

from lutnet import weights
from lutnet.errors import WeightsError
from lutnet.ops.cdl import saturate
from lutnet.ops.detune import detune
from lutnet.refinement.look_evidence import FEATURES, LookEvidence

MEMBERS = 5
WIDE, NARROW = 96, 64
LOOK_ANSWERS = 7 + 10
SIZE = {"features": FEATURES, "members": MEMBERS}
_FARTHEST = 4.0  # deviations: a show unlike all that were made up must not drive the answer
_AMOUNT, _LOG, _OFFSET = (
    0.5,
    0.5,
    0.1,
)  # of an answer of 1: detune amount, logarithm of slope, power, saturation; offset


class LookNetwork(nn.Module):
    """MEMBERS small networks, whose answers are averaged. An answer corrects the first guess of the evidence, and says
    a CDL that comes after it."""

    mean: Tensor
    scale: Tensor

    def __init__(self, dropout: float = 0.2) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(FEATURES))
        self.register_buffer("scale", torch.ones(FEATURES))
        self.members = nn.ModuleList(_member(dropout) for _ in range(MEMBERS))

    def normalised(self, features: Tensor) -> Tensor:
        """``features [..., FEATURES]`` as the members read them."""
        return ((features - self.mean) / self.scale).clamp(-_FARTHEST, _FARTHEST)

    def look_on(self, colours: Tensor, evidence: LookEvidence) -> Tensor:
        """Neutral ``colours [P, 3]`` (encoded, 0..1) with the look of which ``evidence`` speaks."""
        amounts = evidence.amounts.unsqueeze(0)
        return look_of(self._answered(evidence), amounts, colours.unsqueeze(0))[0]

    def _answered(self, evidence: LookEvidence) -> Tensor:
        features = self.normalised(evidence.features).unsqueeze(0)
        return torch.stack([member(features) for member in self.members]).mean(0)


def look_of(answers: Tensor, amounts: Tensor, colours: Tensor) -> Tensor:
    """The looks that ``answers [B, LOOK_ANSWERS or more]`` make of first guesses ``amounts [B, 7]``, on ``colours
    [B, P, 3]``."""
    parts = answers[:, :LOOK_ANSWERS].unsqueeze(1)
    shift, slope, offset, power, saturation = torch.split(parts, [7, 3, 3, 3, 1], dim=-1)
    spoiled = detune(colours, (amounts + _AMOUNT * shift.squeeze(1)).clamp(-1.0, 1.0).unsqueeze(1))
    toned = (spoiled * (_LOG * slope).exp() + _OFFSET * offset).clamp(1e-4, 1.0) ** (_LOG * power).exp()
    return saturate(toned, (_LOG * saturation).exp()).clamp(0.0, 1.0)


@cache
def shipped_look_network() -> LookNetwork:
    """The network that ships. Raises WeightsError when its file was changed."""
    stored = weights.shipped("look")
    if stored.config.get("look_network") != SIZE:
        raise WeightsError("not a network for looks", where=stored.source)
    network = LookNetwork()
    weights.load_state(network, stored)
    return network.eval()


def _member(dropout: float) -> nn.Sequential:
    last = nn.Linear(NARROW, LOOK_ANSWERS)
    nn.init.zeros_(last.weight)  # untaught, it says what the evidence guessed
    nn.init.zeros_(last.bias)
    return nn.Sequential(
        *(nn.Dropout(dropout / 2), nn.Linear(FEATURES, WIDE), nn.ReLU()),
        *(nn.Dropout(dropout), nn.Linear(WIDE, NARROW), nn.ReLU()),
        *(nn.Dropout(dropout), last),
    )
