"""What the frames of a shot say together, before it is put into words."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from lutnet.diagnosis.heads import CLEAN, FAULTS, HEADS, LEVELS
from lutnet.diagnosis.look import Look
from lutnet.diagnosis.model import Calibration
from lutnet.diagnosis.network import Verdict

SECOND_LOOK = 0.15
"""Share of the second look's repair that is added: measured best on held-out sources (see experiments)."""

LEAST_SHARE = 1e-6
"""Of probability: the logarithm of nothing is no number."""

CHROMATIC = ("temperature", "tint", "saturation")


@dataclass(frozen=True, eq=False, slots=True)
class Evidence:
    """Of a shot: log probabilities of levels ``[7, 7]`` and faults ``[43]``; amounts to undo ``[7]``.

    clean: 0..1, that nothing is wrong, by the share of clean frames in training. heard: ``[7]`` bool, the
    heads that had anything to go by.
    """

    levels: Tensor
    fault: Tensor
    repair: Tensor
    clean: float
    heard: Tensor


def pooled(verdicts: list[Verdict], calibration: Calibration) -> Evidence:
    """Combine frames as likelihoods: log probabilities averaged, sure frames counting for more.

    An average and not a sum, because frames of one shot err together; not an average of levels,
    because each of those is already shrunk toward "nothing wrong".
    """
    temperatures = torch.tensor(calibration.level_temperatures).view(-1, 1)
    levels = (torch.cat([v.levels for v in verdicts]) / temperatures).log_softmax(-1)
    fault = torch.cat([v.fault for v in verdicts]) / calibration.fault_temperature
    clean = fault.softmax(-1)[:, CLEAN]
    fault[:, CLEAN] += calibration.clean_logit
    sureness = 1.0 / (0.1 + _entropy(levels))
    weights = sureness / sureness.sum(0)
    shot_weights = weights.mean(1, keepdim=True)
    return Evidence(
        levels=(levels * weights.unsqueeze(-1)).sum(0).log_softmax(-1),
        fault=(fault.log_softmax(-1) * shot_weights).sum(0).log_softmax(-1),
        repair=(torch.cat([v.repair for v in verdicts]) * weights).sum(0) * calibration.strength,
        clean=float((clean * shot_weights.squeeze(1)).sum()),
        heard=torch.ones(len(HEADS), dtype=torch.bool),
    )


def with_second_look(first: Evidence, second: Evidence) -> Evidence:
    """``first``, with part of what the same frames, repaired by it, still seem to need."""
    return replace(first, repair=(first.repair + SECOND_LOOK * second.repair).clamp(-1.0, 1.0))


def amounts_to_undo(evidence: Evidence) -> Tensor:
    """``[7]``: the repair, less as the shot may well be right as it is."""
    return evidence.repair * (1.0 - evidence.clean)


def no_evidence() -> Evidence:
    return Evidence(
        levels=torch.zeros(len(HEADS), len(LEVELS)).log_softmax(-1),
        fault=torch.zeros(CLEAN + 1).log_softmax(-1),
        repair=torch.zeros(len(HEADS)),
        clean=1.0,
        heard=torch.zeros(len(HEADS), dtype=torch.bool),
    )


def difference(shot: Evidence, reference: Evidence) -> Evidence:
    """The evidence for level(shot) - level(reference), as far as the seven levels reach.

    What is wrong with the reference is its grade, and wanted; what it shows says nothing of the shot. So a
    reference that may well be untouched leaves the shot's own diagnosis as it is.
    """
    joint = shot.levels.exp().unsqueeze(-1) * reference.levels.exp().unsqueeze(-2)
    steps = torch.arange(len(LEVELS))
    target = (steps.unsqueeze(-1) - steps + len(LEVELS) // 2).clamp(0, len(LEVELS) - 1)
    apart = torch.zeros_like(shot.levels).index_add(1, target.flatten(), joint.flatten(1))
    levels = reference.clean * shot.levels.exp() + (1.0 - reference.clean) * apart
    fault = reference.clean * shot.fault.exp() + (1.0 - reference.clean) * _fault_of_levels(apart)
    repair = amounts_to_undo(shot) - amounts_to_undo(reference)
    # Both are already shrunk by how right they may be.
    return Evidence(levels.log(), fault.log(), repair.clamp(-1.0, 1.0), 0.0, shot.heard & reference.heard)


def _fault_of_levels(levels: Tensor) -> Tensor:
    """Probabilities ``[43]`` that one correction is off by one of its levels and all the others by none."""
    none = LEVELS.index(0.0)
    logs = levels.clamp(min=1e-9).log()
    others = logs[:, none].sum()
    single = torch.stack([
        logs[row, column] - logs[row, none] + others
        for row in range(len(HEADS))
        for column in range(len(LEVELS))
        if column != none
    ])  # fmt: skip
    return torch.cat((single, others.view(1))).softmax(0)


def evidence_of_look(look: Look) -> Evidence:
    """The evidence that frames with ``look`` and nothing else would give."""
    amounts = torch.tensor(look.amounts).unsqueeze(-1)
    # Shared between the two nearest levels, so that the expectation is the amount.
    shares = (1.0 - (amounts - torch.tensor(LEVELS)).abs() * 3.0).clamp(min=LEAST_SHARE)
    return replace(
        no_evidence(),
        levels=(shares / shares.sum(-1, keepdim=True)).log(),
        clean=float(amounts.abs().max() < LEVELS[-1] / 6),
        heard=torch.ones(len(HEADS), dtype=torch.bool),
    )


def without_colour(evidence: Evidence) -> Evidence:
    """The same evidence for monochrome frames: the chromatic heads say nothing and undo nothing."""
    tonal = torch.tensor([head.name not in CHROMATIC for head in HEADS])
    hidden = torch.tensor([name in CHROMATIC for name, _ in FAULTS] + [False])
    return replace(
        evidence,
        levels=torch.where(tonal.unsqueeze(-1), evidence.levels, no_evidence().levels),
        fault=evidence.fault.masked_fill(hidden, -torch.inf).log_softmax(-1),
        repair=evidence.repair * tonal,
        heard=evidence.heard & tonal,
    )


def _entropy(log_probabilities: Tensor) -> Tensor:
    return -(log_probabilities.exp() * log_probabilities).sum(-1)
