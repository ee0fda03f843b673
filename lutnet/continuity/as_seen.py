"""Grades of a space that people see through a view, as grades of what they see."""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor

from lutnet.colourspace import View
from lutnet.grade import LUT3D, Grade
from lutnet.ops.lut3d import identity_lattice
from lutnet.ops.pull_back import pull_back
from lutnet.ops.shaped_lattice import ShapedLattice

POINTS, STARTS = 25, 17
_AT_ONCE = 4096


class AsSeen:
    """Turns grades of the grading space into grades of pictures as ``view`` shows them, to about DE 1.

    What the view cuts off is taken for the nearest of what it shows.
    """

    def __init__(self, view: View) -> None:
        self._view = view
        self._recorded = None if view.identity else _recorded(view.lattice)

    def __call__(self, grade: Grade) -> Grade:
        if self._recorded is None or grade.is_identity:
            return grade
        return Grade(lut=LUT3D(self._view.show(grade.apply_colours(self._recorded)).numpy()))


@lru_cache(maxsize=2)
def _recorded(view: ShapedLattice) -> Tensor:
    """What is shown as each point of a lattice ``[POINTS, POINTS, POINTS, 3]``, or nearest to it."""
    seen = identity_lattice(POINTS).view(-1, 3)
    starts = view.unplace(identity_lattice(STARTS).view(-1, 3))
    shown = view.apply(starts)
    nearest = torch.cat([torch.cdist(part, shown).argmin(1) for part in torch.split(seen, _AT_ONCE)])
    return pull_back(view, starts[nearest], seen).view(POINTS, POINTS, POINTS, 3).float()
