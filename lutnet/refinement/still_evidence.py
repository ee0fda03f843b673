"""What one graded still shows of its look: what the diagnosis makes of it at both looks, and what its colours are like.

A look that makes a picture warmer or flatter is what a fault does too, so the diagnosis sees it; and what is left once
that is undone tells of looks that are no fault.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lutnet.diagnosis.alone_network import Alone
from lutnet.diagnosis.model import DiagnosisModel
from lutnet.diagnosis.predict import both_looks, seen
from lutnet.ops.detune import undo
from lutnet.refinement.look_evidence import STEP, statistics
from lutnet.shot import Frames


@dataclass(frozen=True, eq=False, slots=True)
class StillEvidence:
    """S stills. features: ``[S, F]``. amounts: ``[S, 7]``, what the diagnosis would undo: a first guess of the look."""

    features: Tensor
    amounts: Tensor


def still_evidence(stills: Sequence[Frames], model: DiagnosisModel) -> StillEvidence | None:
    """What each of ``stills`` (one frame each) shows; None where none of them can tell anything."""
    looked = [each for each in (seen(still, model) for still in stills) if each.tells]
    if not looked:
        return None
    alone = [both_looks(each, model)[0] for each in looked]
    features = [features_of(each.pixels, said) for each, said in zip(looked, alone, strict=True)]
    return StillEvidence(torch.cat(features), torch.cat([said.first.repair for said in alone]))


def features_of(pixels: Tensor, alone: Alone) -> Tensor:
    """``[S, F]`` of stills ``[S, 3, G, G]``, as the network samples them, and of what the diagnosis made of them."""
    colours = pixels[:, :, STEP // 2 :: STEP, STEP // 2 :: STEP].movedim(1, -1).flatten(1, 2)
    undone = undo(colours, alone.first.repair.unsqueeze(1))
    return torch.cat((alone.features, statistics(colours), statistics(undone)), dim=1)
