"""Two grades for a clip whose light changes: an offer, as one grade of a clip never varies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from lutnet.colourspace import View
from lutnet.continuity.recorded import recorded_colours
from lutnet.grade import CDL, Grade
from lutnet.result import ClipResult, LightChange
from lutnet.store import StoredPictures

if TYPE_CHECKING:
    from torch import Tensor

COLOURS = 1024
PRIOR = 1e-3


def with_halves(
    results: Sequence[ClipResult], pictures: Callable[[str], StoredPictures], view: View
) -> list[ClipResult]:
    """``results`` in which clips whose light changes say how each part would be graded.

    pictures: what was kept of a clip, by id. view: how people see the grading space.
    """
    return [
        replace(each, light=_offered(each.light, each.grade, pictures(each.shot.id), view))
        if each.light is not None and each.grade is not None
        else each
        for each in results
    ]


def _offered(light: LightChange, grade: Grade, pictures: StoredPictures, view: View) -> LightChange:
    if not pictures.compared:
        return light
    colours = recorded_colours(pictures, COLOURS)
    parts = (light.before, light.after)
    return replace(light, halves=tuple(_evened(grade.cdl, colours, stops, view) for stops in parts))


def _evened(cdl: CDL, colours: Tensor, stops: float, view: View) -> CDL:
    """The CDL that does to what is brighter by ``stops`` than ``colours`` what ``cdl`` does to them."""
    return CDL.fitted(_lit(colours, stops, view), cdl.apply(colours), prior=PRIOR, toward=cdl)


def _lit(colours: Tensor, stops: float, view: View) -> Tensor:
    """``colours [P, 3]`` of the grading space in light that is brighter by ``stops``, as it is seen."""
    import torch

    from lutnet.ops.balance import SIZE, STOPS, apply_balance
    from lutnet.ops.pull_back import pull_back

    balance = torch.zeros(SIZE)
    balance[STOPS] = stops
    seen = apply_balance(view.show(colours), balance).clamp(0.0, 1.0)
    return seen if view.identity else pull_back(view.lattice, colours.clamp(0.0, 1.0), seen)
