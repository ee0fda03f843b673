"""What graded stills show of the look that they share: what their diagnoses agree on, and what they are like as a set.

One still may be dark, blue or pale because that is what it shows; twenty together hardly are. And a fault of one still
is that still's, where a look is all stills'.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import torch
from torch import Tensor

from lutnet.diagnosis.heads import CLEAN, HEADS, LEVELS
from lutnet.diagnosis.model import DiagnosisModel
from lutnet.diagnosis.network import Verdict
from lutnet.ops.cdl import luma
from lutnet.ops.detune import undo

STEP = 6
"""Statistics are of one in so many rows and columns of the sampling grid; in twice as many once the guess is undone."""

RANKS = (0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98)
STATISTICS = 3 * len(RANKS) + len(RANKS) + len(RANKS) - 2 + 9
FEATURES = 6 * len(HEADS) + len(HEADS) * len(LEVELS) + 1 + 4 * STATISTICS + 1

_CAST_WEIGHT = 2.0
_AT_ONCE = 16


@dataclass(frozen=True, eq=False, slots=True)
class LookEvidence:
    """features: ``[FEATURES]``. amounts: ``[7]``, the median of the stills' diagnoses: a first guess of the look, too
    small as a rule, because one diagnosis shrinks toward "nothing wrong"."""

    features: Tensor
    amounts: Tensor


def look_evidence(graded: Tensor, model: DiagnosisModel) -> LookEvidence:
    """What ``graded [N, 3, G, G]`` (sampled on the grid of ``model``, 0..1) show together."""
    first = _verdict(graded, model)
    shared = first.repair.median(0).values
    second = _verdict(undo(graded.movedim(1, -1), shared).movedim(-1, 1), model)
    colours = graded[:, :, STEP // 2 :: STEP, STEP // 2 :: STEP].movedim(1, -1)
    as_graded = statistics(colours.flatten(1, 2))
    undone = statistics(undo(colours[:, ::2, ::2].flatten(1, 2), shared))
    features = torch.cat((
        shared,
        first.repair.median(0).values,
        first.repair.mean(0),
        first.repair.std(0, correction=0),
        second.repair.mean(0),
        second.repair.median(0).values,
        first.levels.softmax(-1).mean(0).flatten(),
        first.fault.softmax(-1)[:, CLEAN].mean().view(1),
        as_graded.mean(0),
        undone.mean(0),
        as_graded.std(0, correction=0),
        undone.std(0, correction=0),
        torch.tensor([math.log(len(graded))]),
    ))  # fmt: skip
    return LookEvidence(features, shared)


def statistics(colours: Tensor) -> Tensor:
    """``[N, STATISTICS]`` of colours ``[N, P, 3]`` (encoded, 0..1): percentiles of R, G, B, luma and saturation,
    and the mean cast of the dark, middle and bright third."""
    places = (torch.tensor(RANKS) * (colours.shape[1] - 1)).round().long()
    grey = luma(colours)
    strength = colours.amax(-1) - colours.amin(-1)
    cast = (colours - grey).gather(1, grey.argsort(1).expand_as(colours))
    third = colours.shape[1] // 3
    casts = torch.cat([cast[:, third * part : third * (part + 1)].mean(1) for part in range(3)], dim=1)
    channels = colours.sort(1).values[:, places].flatten(1)
    tones = grey.squeeze(-1).sort(1).values[:, places]
    strengths = strength.sort(1).values[:, places[2:]]
    return torch.cat((channels, tones, strengths, _CAST_WEIGHT * casts), dim=1)


@torch.inference_mode()
def _judged(frames: Tensor, model: DiagnosisModel) -> list[Verdict]:
    return [model.network(part) for part in torch.split(frames, _AT_ONCE)]


def _verdict(frames: Tensor, model: DiagnosisModel) -> Verdict:
    judged = _judged(frames, model)
    return Verdict(*(torch.cat([getattr(each, part.name) for each in judged]) for part in fields(Verdict)))
