"""How far a guessed look is to be followed: by how much it changes, how wrong it expects to be, on how many scenes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lutnet.ops.difference import delta_e_rgb
from lutnet.refinement.network import Look

LEAST, FULL = 0.70, 0.85
"""Confidence from which on a look is followed at all, and as a whole; in between by as much as it lies. The lowest gate
of ``match_calibrate`` with which no kind of pair comes out worse than untouched in more than 12 %."""

UNCLEAR, CLEAR = 6.0, 9.0
"""Change (mean DE2000) up to which faults that were diagnosed are left alone, and from which on all is undone, where
the look of a reference is not followed: half of the smaller changes would take a shot further from any truth."""

_MOST_SCENES = 6
_LEAST_DIFFERENCE = 1e-2


@dataclass(frozen=True, slots=True)
class Confidence:
    """Log odds that a look helps: ``offset`` and the weights of the logs of its change (mean DE2000), of the error
    that it expects (mean DE2000) and of the number of scenes that the reference shows."""

    change: float
    error: float
    scenes: float
    offset: float

    def of(self, found: Tensor) -> Tensor:
        """Probability ``[B]`` that looks of ``evidence [B, 3]`` bring their shots nearer to the truth."""
        return torch.sigmoid(found @ found.new_tensor((self.change, self.error, self.scenes)) + self.offset)


CONFIDENCE = Confidence(change=0.41, error=2.30, scenes=1.43, offset=-2.67)
"""Of the networks that ship, by ``lutnet.training.match_calibrate --seed 1``. A strong look can be told from what a
picture happens to show; a mild one, which expects to be nearly right as there is little to be wrong in, cannot."""


def evidence(looks: Sequence[Look], shown: Tensor, scenes: int) -> Tensor:
    """What ``Confidence`` goes by, ``[B, 3]``: of what ``looks`` say together of ``shown [B, P, 3]``.

    scenes: that the reference shows.
    """
    graded = torch.stack([look.apply(shown) for look in looks]).mean(0)
    error = torch.stack([look.expected[:, 0] for look in looks]).mean(0)
    change = delta_e_rgb(graded, shown).mean(1)
    count = torch.full_like(change, min(scenes, _MOST_SCENES))
    return torch.stack(
        (change.clamp(min=_LEAST_DIFFERENCE), error.clamp(min=_LEAST_DIFFERENCE), count), dim=1
    ).log()


def followed_share(confidence: float) -> float:
    """How much of a look of this ``confidence`` to follow, 0..1."""
    return _risen(confidence, LEAST, FULL)


def undone_share(change: float) -> float:
    """How much of the diagnosed faults to undo instead of following a look, 0..1; ``change``: what that changes."""
    return _risen(change, UNCLEAR, CLEAR)


def _risen(value: float, least: float, full: float) -> float:
    return min(1.0, max(0.0, (value - least) / (full - least)))
