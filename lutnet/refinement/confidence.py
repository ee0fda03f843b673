"""How far a guessed look is to be followed: by how far opinions of it agree, by its sort, on how many scenes."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from lutnet.ops.difference import delta_e_rgb

GATE = 0.68, 0.83
"""Confidence from which on a look is followed at all, and as a whole; in between by as much as it lies. Of the gates of
``match_calibrate``, see ``docs/experiments.md``."""

UNCLEAR, CLEAR = 6.0, 9.0
"""Change (mean DE2000) up to which faults that were diagnosed are left alone, and from which on all is undone, where
the look of a reference is not followed: half of the smaller changes would take a shot further from any truth."""

FILM = 1
"""Place of the probability of a film look among the three numbers of ``evidence``."""

_MOST_SCENES = 6
_LEAST_DIFFERENCE = 0.05


@dataclass(frozen=True, slots=True)
class Confidence:
    """Log odds that a look helps: ``offset``, and the weights of the logarithm of how much larger its change is than
    what the opinions of it differ from it by (agreement), of the probability that it is a film look put on a
    shot without clear faults, and of the logarithm of the number of scenes that the reference shows."""

    agreement: float
    film: float
    scenes: float
    offset: float

    def of(self, found: Tensor) -> Tensor:
        """Probability ``[...]`` that looks of ``evidence [..., 3]`` bring their shots nearer to the truth."""
        weights = found.new_tensor((self.agreement, self.film, self.scenes))
        return torch.sigmoid(found @ weights + self.offset)


CONFIDENCE = Confidence(agreement=0.49, film=-1.47, scenes=0.45, offset=1.13)
"""By ``lutnet.training.match_calibrate`` (see ``docs/experiments.md``). Where several ways of looking see one thing, a
strong look can be told from what a picture happens to show; a film look, which is mild, by its sort only."""


def evidence(shown: Tensor, opinions: Tensor, look: Tensor, *, film: float, scenes: int) -> Tensor:
    """What ``Confidence`` goes by, ``[3]``: of a ``look [P, 3]`` of the colours ``shown [P, 3]``, and the ``opinions
    [K, P, 3]`` that it was made of.

    film: probability of a film look on a right shot, 0..1. scenes: that the reference shows.
    """
    change, apart = (
        delta_e_rgb(one, look.expand_as(one)).mean().clamp(min=_LEAST_DIFFERENCE).log()
        for one in (shown, opinions)
    )
    many = shown.new_tensor(min(scenes, _MOST_SCENES)).log()
    return torch.stack((change - apart, shown.new_tensor(film), many))


def followed_share(confidence: float, undone: float = 0.0, gate: tuple[float, float] = GATE) -> float:
    """How much of a look of this ``confidence`` to follow, 0..1, and all the more the more clear faults are ``undone``,
    0..1: such a shot is to change anyhow, and the reference says to what."""
    share = _risen(confidence, *gate)
    return share + (1.0 - share) * undone


def undone_share(change: float) -> float:
    """How much of the diagnosed faults to undo instead of following a look, 0..1; ``change``: what that changes."""
    return _risen(change, UNCLEAR, CLEAR)


def _risen(value: float, least: float, full: float) -> float:
    return min(1.0, max(0.0, (value - least) / (full - least)))
