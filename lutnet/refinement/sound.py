"""A LUT that can be trusted: no folds, and behind its CDL neutrals that rise and do not band."""

from __future__ import annotations

import torch
from torch import Tensor

from lutnet.grade import CDL, LUT3D
from lutnet.ops.folds import drawn_to_identity, is_folded, unfold
from lutnet.ops.mend import mended
from lutnet.ops.ramp import Ramp, neutral_ramp
from lutnet.ops.shaped_lattice import ShapedLattice

ROUNDS = 4
FIRMER = 10.0
"""By how much the prior of a CDL grows each time that the CDL alone bends the neutrals too sharply."""

FIRMEST = 10.0


def sound_cdl(
    source: Tensor,
    target: Tensor,
    weights: Tensor | None = None,
    *,
    prior: float,
    start: CDL | None = None,
    through: ShapedLattice | None = None,
) -> CDL:
    """``CDL.fitted`` with the least prior, from ``prior`` on, that keeps neutrals rising and smooth."""
    while True:
        cdl = CDL.fitted(source, target, weights, prior=prior, start=start, through=through)
        if prior >= FIRMEST or is_sound(cdl):
            return cdl
        prior, start = FIRMER * prior, cdl


def is_sound(cdl: CDL) -> bool:
    """Whether neutrals rise and are smooth behind ``cdl``."""
    return not bool(ramp_of(cdl).faults().any())


def sound_lut(lattice: Tensor, cdl: CDL) -> LUT3D:
    """The LUT nearest to ``lattice [N, N, N, 3]`` that has no fold, and neutrals without a fault behind ``cdl``.

    Where the CDL alone has a fault that moving a few points cannot mend, only folds are kept out.
    """
    ramp = ramp_of(cdl)
    sound = unfold(lattice.double())
    if ramp.is_smooth_behind(sound):
        return LUT3D(sound.numpy())
    for _ in range(ROUNDS):
        sound = mended(sound, ramp)
        if ramp.is_smooth_behind(sound):
            break

    def faulty(drawn: Tensor) -> bool:
        return is_folded(drawn) or not (hopeless or ramp.is_smooth_behind(drawn))

    hopeless = bool(ramp.faults().any())
    return LUT3D((drawn_to_identity(unfold(sound), faulty) if faulty(sound) else sound).numpy())


def ramp_of(cdl: CDL) -> Ramp:
    """Neutrals behind ``cdl``."""
    ramp = neutral_ramp()
    graded = cdl.apply(ramp)
    lifted = ramp * torch.tensor(cdl.slope) + torch.tensor(cdl.offset)
    limits = [values <= 0.0 for values in (lifted, graded)] + [values >= 1.0 for values in (lifted, graded)]
    return Ramp(graded, torch.cat(limits, dim=1))
