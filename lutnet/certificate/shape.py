"""The shape of a LUT: which channel is which, whether neutrals rise, where it folds, clips and can be undone."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations

import torch
from torch import Tensor

from lutnet.certificate.record import Finding, Verdict
from lutnet.certificate.subject import Subject
from lutnet.ops.folds import backward_pace, smallest_volume
from lutnet.ops.lattice import (
    FOLD_TOLERANCE,
    clipped_cells,
    cut_cells,
    folded_cells,
    largest_step,
)

_NAMES = ("red", "green", "blue")
_VISIBLE_FALL = 2 / 1023
_FAST = 0.25
"""Pace, the identity's being 1, at which a single cell shows that its colours run backwards."""
_SLOW = 0.06
"""Pace, two codes of 10 bits from one of 33 points to the next, at which _MANY of the visited cells show it."""
_MANY = 0.01
_STEEP = 8.0
_CLIP_LIMIT = 0.03
_COLLAPSED = 0.01
_CLEARLY = 3.0
"""Of the products of the weights that two orders of the channels give: strong crosstalk is no swap."""


@dataclass(frozen=True, slots=True)
class Orientation:
    """For each output channel the input channel that drives it, and whether it runs backwards."""

    source: tuple[int, int, int] = (0, 1, 2)
    inverted: tuple[bool, bool, bool] = (False, False, False)

    def straightened(self, lattice: Tensor) -> Tensor:
        """``lattice`` with swaps and inversions undone in its outputs."""
        straight = torch.empty_like(lattice)
        for channel, (source, inverted) in enumerate(zip(self.source, self.inverted, strict=True)):
            values = lattice[..., channel]
            straight[..., source] = values.max() + values.min() - values if inverted else values
        return straight


def orientation(lattice: Tensor) -> Orientation:
    """What a linear fit of ``lattice [N, N, N, 3]`` says; the usual order where no other one clearly fits better."""
    weights = _linear_part(lattice.clamp(0, 1))  # far beyond, where nothing is seen, a view may go any way
    usual = (0, 1, 2)
    fit = {order: float(weights[usual, order].abs().prod()) for order in permutations(usual)}
    best = max(fit, key=lambda order: fit[order])
    red, green, blue = lead = best if fit[best] > _CLEARLY * fit[usual] else usual
    signs = [float(weights[channel, lead[channel]]) < -0.1 for channel in range(3)]
    return Orientation((red, green, blue), (signs[0], signs[1], signs[2]))


def _linear_part(lattice: Tensor) -> Tensor:
    """Outputs by inputs ``[3, 3]`` of the best linear fit; the axes of a lattice are uncorrelated."""
    size = lattice.shape[0]
    ramp = torch.linspace(-0.5, 0.5, size, dtype=torch.float64)
    values = lattice.double()
    sides = [
        (values.mean(dim=[axis for axis in range(3) if axis != channel]) * ramp[:, None]).sum(0)
        / (ramp**2).sum()
        for channel in range(3)
    ]
    return torch.stack(sides, 1)


def channel_order(found: Orientation) -> Finding:
    swapped = [channel for channel in range(3) if found.source[channel] != channel]
    backwards = [_NAMES[channel] for channel in range(3) if found.inverted[channel]]
    causes = []
    if found.source == (2, 1, 0):
        causes.append("red and blue are swapped: rows written blue-fastest, or BGR, or meant")
    elif swapped:
        causes.append(f"channels are swapped ({', '.join(_NAMES[channel] for channel in swapped)}), or meant")
    if backwards:
        causes.append(f"{', '.join(backwards)} inverted: a negative, an inverse LUT, or meant")
    if not causes:
        return Finding("channels", Verdict.OK, "in order")
    return Finding("channels", Verdict.NOTE, "; ".join(causes))


def neutral_axis(lattice: Tensor, occupied: Tensor) -> Finding:
    """Whether greys rise; ``lattice`` straightened."""
    index = torch.arange(lattice.shape[0])
    steps = lattice[index, index, index].double().diff(dim=0).amin(-1)
    lived_in = occupied[index[:-1], index[:-1], index[:-1]]
    fall = -float(steps.min())
    seen = -float(steps[lived_in].min()) if bool(lived_in.any()) else 0.0
    values = {"largest_fall": max(0.0, fall)}
    if seen > _VISIBLE_FALL:
        place = float(torch.where(lived_in, steps, torch.ones_like(steps)).argmin()) / (len(index) - 1)
        return Finding("neutrals", Verdict.DEFECT, f"fall by {seen:.4f} at {place:.2f}", values)
    if fall > _VISIBLE_FALL:
        return Finding("neutrals", Verdict.NOTE, f"fall by {fall:.4f} where no picture goes", values)
    return Finding("neutrals", Verdict.OK, "rise", values)


def cells_that_fold(subject: Subject, lattice: Tensor) -> Tensor:
    """The cells of the straightened ``lattice`` that fold, but for those that clipping cut through."""
    tolerance = max(FOLD_TOLERANCE, 3 * (lattice.shape[0] - 1) * subject.step if subject.step > 1e-5 else 0.0)
    folded = folded_cells(lattice, tolerance)
    return folded if subject.ours and not subject.baked else folded & ~cut_cells(lattice)


def folds(subject: Subject, lattice: Tensor, occupied: Tensor) -> Finding:
    """Where colours change places; ``lattice`` straightened."""
    folded = cells_that_fold(subject, lattice)
    share = float(folded.double().mean())
    visited = folded & occupied
    seen = int(visited.sum())
    pace = backward_pace(lattice, visited)
    fastest = float(pace.max()) if seen else 0.0
    values = {"folded_share": share, "folded_occupied_cells": float(seen), "backward_pace": fastest}
    if subject.ours and share:
        return Finding("folds", Verdict.DEFECT, f"{int(folded.sum())} cells fold: none of ours may", values)
    of_all = f"{seen} of {int(occupied.sum())} cells that pictures visit"
    if fastest > _FAST or int((pace > _SLOW).sum()) > _MANY * int(occupied.sum()):
        text = f"{of_all}: colours run backwards, at up to {fastest:.2f} x identity"
        return Finding("folds", Verdict.DEFECT, text, values)
    if seen:
        return Finding("folds", Verdict.NOTE, f"{of_all}, too slightly to show", values)
    if share:
        return Finding("folds", Verdict.NOTE, f"{100 * share:.1f} % of cells, where no picture goes", values)
    return Finding("folds", Verdict.OK, "none", values)


def clipping(subject: Subject, lattice: Tensor, occupied: Tensor, *, display: bool) -> Finding:
    """How much is cut off, in the cells that pictures visit and along the greys."""
    clipped = clipped_cells(lattice)
    share = float(clipped[occupied].double().mean())
    ramp = _ramp(subject)
    flat = ((ramp <= ramp.min(0).values + 1e-6) | (ramp >= ramp.max(0).values - 1e-6)).any(-1)
    bound = ((ramp <= 1e-6) | (ramp >= 1 - 1e-6)).any(-1)
    greys = max(0.0, float((flat & bound).double().mean()) - 2 / len(ramp))
    values = {"clipped_share": share, "clipped_greys": greys}
    text = f"{100 * share:.1f} % of the cells that pictures visit, {100 * greys:.1f} % of the greys"
    if share == 0 and greys == 0:
        return Finding("clipping", Verdict.OK, "none", values)
    # A CDL can be taken back, and a view of a log space has to cut: only a table for the display is at fault.
    is_defect = display and not subject.is_cdl and not subject.baked and greys > _CLIP_LIMIT
    return Finding("clipping", Verdict.DEFECT if is_defect else Verdict.NOTE, text, values)


def steepest(lattice: Tensor) -> Finding:
    step = largest_step(lattice)
    verdict = Verdict.NOTE if step > _STEEP else Verdict.OK
    return Finding("largest step", verdict, f"{step:.2f} x identity", {"largest_step": step})


def invertibility(lattice: Tensor, occupied: Tensor) -> Finding:
    """Share of the visited cells whose colours can be told apart afterwards; ``lattice`` straightened."""
    kept = (smallest_volume(lattice) > _COLLAPSED**3) & ~clipped_cells(lattice)
    share = float(kept[occupied].double().mean())
    verdict = Verdict.OK if share > 0.99 else Verdict.NOTE
    return Finding(
        "can be undone", verdict, f"in {100 * share:.1f} % of visited cells", {"invertible": share}
    )


def _ramp(subject: Subject) -> Tensor:
    """Outputs of the greys of 10 bits, ``[1024, 3]``."""
    return subject.apply(torch.linspace(0, 1, 1024)[:, None].expand(-1, 3).contiguous())
