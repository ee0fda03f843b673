"""The split of a transform: the CDL carries all that a CDL can, the LUT only what is left."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from lutnet.grade import CDL, LUT3D, Grade
from lutnet.ops.difference import delta_e_rgb
from lutnet.ops.fit_lattice import fit_lattice
from lutnet.ops.folds import unfold
from lutnet.ops.lut3d import identity_lattice
from lutnet.refinement.correspond import Correspondence

Transform = Callable[[Tensor], Tensor]
"""Colours ``[..., 3]`` to colours, encoded, 0..1."""

SUFFICIENT = 0.5
"""DE within which the CDL alone has to bring 95 % of the colours, or a LUT is written."""

NO_GAIN, FULL_GAIN = 0.92, 0.80
"""What share of the CDL's error a LUT has to leave on the pairs to be disbelieved, or believed in full.

A LUT always fits the pairs better than a CDL does; on moved, noisy pairs it fits their errors.
"""

GENTLE = 0.1
"""Prior of a CDL that a LUT follows: it stays clear of crushing what the LUT would have to bring back."""

_GRID_POINTS = 11
_GRID_WEIGHT = 0.05  # colours the shot does not show: enough for the LUT to be the transform there too


def split_pairs(pairs: Correspondence) -> tuple[Grade, float]:
    """The grade that takes the pairs' source to their target, and the median difference that it leaves."""
    cdl = CDL.fitted(pairs.source, pairs.target, pairs.weights)
    if _suffices(cdl.apply(pairs.source), pairs.target):
        return Grade(cdl), _median(cdl.apply(pairs.source), pairs.target)
    gentle = CDL.fitted(pairs.source, pairs.target, pairs.weights, prior=GENTLE)
    graded = gentle.apply(pairs.source)
    off = delta_e_rgb(graded, pairs.target)
    weights = pairs.weights / (1.0 + (off / (3.0 * off.median() + 1.0)) ** 2)
    lattice = fit_lattice(graded, pairs.target, weights)
    left = delta_e_rgb(LUT3D(lattice.numpy()).apply(graded), pairs.target)
    share = float((left * weights).sum() / (off * weights).sum().clamp(min=1e-6))
    belief = 1.0 if pairs.exact else min(1.0, max(0.0, (NO_GAIN - share) / (NO_GAIN - FULL_GAIN)))
    lut = LUT3D(unfold(torch.lerp(identity_lattice(lattice.shape[0]), lattice, belief)).numpy())
    grade = Grade(cdl) if _suffices(graded, lut.apply(graded)) else Grade(gentle, lut)
    return grade, _median(grade.apply_colours(pairs.source), pairs.target)


def split_transform(
    transform: Transform, palette: Tensor, strength: float = 1.0, full: CDL | None = None
) -> Grade:
    """``x + strength * (transform(x) - x)`` as CDL and LUT.

    ``palette [P, 3]`` holds the shot's colours. ``full`` is the CDL of the whole transform where it is known;
    the CDL written is that at ``strength``.
    """
    if strength == 0.0:
        return Grade()
    colours = torch.cat((palette, identity_lattice(_GRID_POINTS).view(-1, 3)))
    changed = transform(colours)
    aim = torch.lerp(colours, changed, strength).clamp(0.0, 1.0)
    cdl = (full or CDL.fitted(palette, changed[: len(palette)])).scaled(strength)
    if _suffices(cdl.apply(palette), aim[: len(palette)]):
        return Grade(cdl)
    gentle = full or CDL.fitted(palette, changed[: len(palette)], prior=GENTLE)
    cdl = gentle.scaled(strength)
    graded = cdl.apply(colours)
    weights = torch.full((len(colours),), _GRID_WEIGHT)
    weights[: len(palette)] = 1.0
    return Grade(cdl, LUT3D(unfold(fit_lattice(graded, aim, weights)).numpy()))


def _suffices(graded: Tensor, aim: Tensor) -> bool:
    return bool(delta_e_rgb(graded, aim).quantile(0.95) <= SUFFICIENT)


def _median(graded: Tensor, aim: Tensor) -> float:
    return float(delta_e_rgb(graded, aim).median())
