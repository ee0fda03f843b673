"""How far a guessed look is to be followed: by how far two opinions of it agree, by its sort, on how many scenes."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from lutnet.ops.difference import delta_e_rgb

LEAST, FULL = 0.65, 0.80
"""Confidence from which on a look is followed at all, and as a whole; in between by as much as it lies. Of the gates of
``match_calibrate``, see ``docs/experiments.md``."""

UNCLEAR, CLEAR = 6.0, 9.0
"""Change (mean DE2000) up to which faults that were diagnosed are left alone, and from which on all is undone, where
the look of a reference is not followed: half of the smaller changes would take a shot further from any truth."""

_MOST_SCENES = 6
_LEAST_DIFFERENCE = 0.05


@dataclass(frozen=True, slots=True)
class Confidence:
    """Log odds that a look helps: ``offset``, and the weights of the log of how much larger its change is than what
    the opinions of it differ by, of the probability that it is a film look put on a shot without clear faults, and of
    the log of the number of scenes that the reference shows."""

    agreement: float
    film: float
    scenes: float
    offset: float

    def of(self, found: Tensor) -> Tensor:
        """Probability ``[...]`` that looks of ``evidence [..., 3]`` bring their shots nearer to the truth."""
        return torch.sigmoid(found @ found.new_tensor((self.agreement, self.film, self.scenes)) + self.offset)


CONFIDENCE = Confidence(agreement=0.77, film=-1.26, scenes=0.42, offset=1.08)
"""By ``lutnet.training.match_calibrate``, with the network for stills before the one that ships; with that no fit was
better (see ``docs/experiments.md``). Where two ways of looking agree, a strong look can be told from what a picture
happens to show; a film look, which is mild, can be told by its sort only."""


def evidence(
    shown: Tensor, opinions: tuple[Tensor, Tensor], of_second: float, *, film: float, scenes: int
) -> Tensor:
    """What ``Confidence`` goes by, ``[3]``: of ``opinions``, two looks of the colours ``shown [P, 3]``, of which the
    second is heard with ``of_second``.

    film: probability of a film look on a right shot, 0..1. scenes: that the reference shows.
    """
    first, second = opinions
    change = delta_e_rgb(torch.lerp(first, second, of_second), shown).mean()
    apart = delta_e_rgb(first, second).mean()
    agreement = change.clamp(min=_LEAST_DIFFERENCE).log() - apart.clamp(min=_LEAST_DIFFERENCE).log()
    return torch.stack(
        (agreement, agreement.new_tensor(film), agreement.new_tensor(min(scenes, _MOST_SCENES)).log())
    )


def followed_share(confidence: float) -> float:
    """How much of a look of this ``confidence`` to follow, 0..1."""
    return _risen(confidence, LEAST, FULL)


def undone_share(change: float) -> float:
    """How much of the diagnosed faults to undo instead of following a look, 0..1; ``change``: what that changes."""
    return _risen(change, UNCLEAR, CLEAR)


def _risen(value: float, least: float, full: float) -> float:
    return min(1.0, max(0.0, (value - least) / (full - least)))
