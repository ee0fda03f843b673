"""How much of what all shots of a scene need alike, or one that stands alone, is left undone, and why."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lutnet.result import KeptAs

if TYPE_CHECKING:
    from torch import Tensor

LOOK, FAULT = 0.4, 0.6
"""How probably what a scene needs as a whole is a fault: up to the first it is left as it is, unasked; from the second
on it is corrected as far as it is surely there (see ``docs/experiments.md``)."""

ALONE = 0.1, 0.2
"""The same of a shot that stands alone: less sure, it is left only where there is hardly a doubt."""

_SURE = 1e-3  # that one shot may be


@dataclass(frozen=True, slots=True)
class Left:
    """share: 0..1 of what all shots of a scene need alike, left undone as what ``kept_as`` says."""

    share: float
    kept_as: KeptAs | None = None


NOTHING = Left(0.0)


def left_as_asked(share: float) -> Left:
    """What somebody asked for."""
    return Left(share, KeptAs.ASKED) if share else NOTHING


def left_unasked(faulty: Sequence[float], large: float) -> Left:
    """All of it where it is more like a look that somebody made than like a fault; else what is no larger than guesses
    err, as such a correction is as likely to harm (the positive part of Stein's shrinkage, toward the scene as it is).

    faulty: how probably each shot is at fault, 0..1. large: what they need, squared, in variances of the guesses; inf
    where it is to count however small.
    """
    look, fault = (LOOK, FAULT) if len(faulty) > 1 else ALONE
    meant = min(1.0, max(0.0, (fault - faulty_together(faulty)) / (fault - look)))
    share = meant + (1.0 - meant) / max(1.0, large)
    if share == 0.0:
        return NOTHING
    return Left(share, KeptAs.LOOK if 2.0 * meant > share else KeptAs.SMALL)


def faulty_together(faulty: Sequence[float]) -> float:
    """How probably a scene has a fault, by what its shots say of theirs: their odds averaged, as they err together."""
    shares = [min(1.0 - _SURE, max(_SURE, share)) for share in faulty]
    odds = sum(math.log(share / (1.0 - share)) for share in shares) / len(shares)
    return 1.0 / (1.0 + math.exp(-odds))


def size_of_need(common: Tensor, precisions: Sequence[Tensor]) -> float:
    """A balance ``common [8]`` squared, in variances of guesses whose ``precisions`` are ``[8, 8]``."""
    return sum(float(common @ precision @ common) for precision in precisions) / len(precisions)
