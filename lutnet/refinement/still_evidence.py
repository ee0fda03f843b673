"""What stills show of their look: what the diagnosis makes of them at both looks, and what their colours are like.

A look that makes a picture warmer or flatter is what a fault does too, so the diagnosis sees it; and what is left once
that is undone tells of looks that are no fault.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from lutnet.diagnosis.alone_network import Alone
from lutnet.diagnosis.model import default_model
from lutnet.diagnosis.predict import Looked, look_at
from lutnet.ops.detune import undo
from lutnet.ops.thin import thinned
from lutnet.refinement.look_evidence import STEP, statistics
from lutnet.shot import Frames

MAX_FRAMES = 16
"""Most frames of a reference that are looked at; more are thinned evenly."""


@dataclass(frozen=True, eq=False, slots=True)
class StillEvidence:
    """S stills. features: ``[S, F]``. amounts: ``[S, 7]``, what the diagnosis would undo: a first guess of the look."""

    features: Tensor
    amounts: Tensor

    def __len__(self) -> int:
        return len(self.amounts)


def shot_evidence(looked: Looked) -> StillEvidence | None:
    """What a shot, at which the diagnosis that ships has looked, shows: one row; None where nothing can be told."""
    if looked.alone is None:
        return None
    telling = looked.shot.pixels[looked.shot.content.telling]
    features = features_of(telling, looked.alone).mean(0, keepdim=True)
    return StillEvidence(features, looked.alone.first.repair[:1])


def evidence_of_references(references: Sequence[Frames]) -> StillEvidence | None:
    """What each frame of ``references`` shows; None where none of them can tell anything."""
    parts = [part for part in (_of_reference(each) for each in references) if part is not None]
    return _joined(parts) if parts else None


@lru_cache(maxsize=128)
def _of_reference(reference: Frames) -> StillEvidence | None:
    """Frame by frame, as a film shows many scenes. Kept, because one reference meets every shot."""
    stills = thinned(reference.pixels, MAX_FRAMES).float().clamp(0.0, 1.0).unsqueeze(1)
    looked = (
        shot_evidence(look_at(Frames(still, white=reference.white), default_model())) for still in stills
    )
    parts = [part for part in looked if part is not None]
    return _joined(parts) if parts else None


def _joined(parts: Sequence[StillEvidence]) -> StillEvidence:
    return StillEvidence(
        torch.cat([part.features for part in parts]), torch.cat([part.amounts for part in parts])
    )


def features_of(pixels: Tensor, alone: Alone) -> Tensor:
    """``[S, F]`` of stills ``[S, 3, G, G]``, as the network samples them, and of what the diagnosis made of them."""
    colours = pixels[:, :, STEP // 2 :: STEP, STEP // 2 :: STEP].movedim(1, -1).flatten(1, 2)
    undone = undo(colours, alone.first.repair.unsqueeze(1))
    return torch.cat((alone.features, statistics(colours), statistics(undone)), dim=1)
