"""What a look's confidence means: fitted on pairs of held-out sources, stored with the weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from lutnet.ops.difference import delta_e_rgb
from lutnet.refinement.network import MatchNetwork, evidence
from lutnet.training.match_data import PairBatch

STEPS = 50


def calibrate(network: MatchNetwork, batches: Sequence[PairBatch]) -> None:
    """Set ``network``'s confidence from what its looks did to ``batches``."""
    network.eval()
    told = [_outcome(network, pairs) for pairs in batches]
    ratio, helped = (torch.cat(values) for values in zip(*told, strict=True))
    slope, offset = logistic(ratio, helped)
    network.config = replace(network.config, confidence_slope=slope, confidence_offset=offset)


@torch.no_grad()
def _outcome(network: MatchNetwork, pairs: PairBatch) -> tuple[Tensor, Tensor]:
    look = network(pairs.source, pairs.reference, pairs.present)
    with_look = delta_e_rgb(look.apply(pairs.shown), pairs.truth).mean(1)
    return evidence([look], pairs.shown), (with_look < delta_e_rgb(pairs.shown, pairs.truth).mean(1)).float()


def logistic(values: Tensor, outcomes: Tensor) -> tuple[float, float]:
    """Slope and offset of the log odds that ``outcomes [P]`` (0 or 1) are 1, by Newton's method; lightly held to 0."""
    design = torch.stack((values, torch.ones_like(values)), dim=1).double()
    found = torch.zeros(2, dtype=torch.float64)
    for _ in range(STEPS):
        share = torch.sigmoid(design @ found)
        gradient = design.T @ (share - outcomes) + 1e-3 * found
        curvature = (design * (share * (1 - share)).unsqueeze(1)).T @ design + 1e-3 * torch.eye(2).double()
        found = found - torch.linalg.solve(curvature, gradient).clamp(-1.0, 1.0)
    return float(found[0]), float(found[1])
