"""How a LUT treats pictures: banding, range, skin, and the smallest size that would do."""

from __future__ import annotations

import torch
from torch import Tensor

from lutnet.certificate.occupancy import DISPLAY
from lutnet.certificate.record import Finding, Verdict
from lutnet.certificate.subject import Subject
from lutnet.ops.encoding import rgb_to_lab
from lutnet.ops.lut3d import apply_lut3d, identity_lattice

SIZES = (17, 33, 65)
ERROR_BOUND = 1 / 255
_CODES = 1024
_ALTERNATIONS = 6
_RAGGED = 0.6
_LEGAL = (64 / 1023, 940 / 1023)
SKIN = ((115, 82, 68), (194, 150, 130), (240, 208, 184), (86, 58, 46))
"""sRGB codes: dark and light skin of the ColorChecker, and a lighter and a darker one."""

_HUE_LIMIT_DEGREES = 12.0


def banding(subject: Subject) -> Finding:
    """Staircases along a 10-bit ramp: the slope jumps up and down again and again.

    A curve, however steep, changes its slope a few times; a table of too few codes does so at every other point.
    """
    size = subject.lattice.shape[0] if subject.own_size else 257
    ramp = _greys(subject, size)
    slope = ramp.diff(dim=0) * (size - 1)
    local = torch.nn.functional.avg_pool1d(slope.T[None].abs(), 5, 1, 2, count_include_pad=False)[0].T
    swing = slope.diff(dim=0) / local[1:].clamp(min=0.1)
    turns = (swing[1:] * swing[:-1] < 0) & (swing[1:].abs() > _RAGGED) & (swing[:-1].abs() > _RAGGED)
    count = int(turns.sum(0).max())
    run = _longest_run(_greys(subject, _CODES))
    values = {"alternations": float(count), "longest_flat_run_codes": float(run)}
    if count >= _ALTERNATIONS:
        return Finding("banding", Verdict.DEFECT, f"a staircase: the slope turns {count} times", values)
    return Finding("banding", Verdict.OK, f"longest flat run {run} codes of 10 bits", values)


def _longest_run(ramp: Tensor) -> int:
    """Most neighbouring inputs with the same output code of 10 bits in a channel, clipped ones left out."""
    longest = 0
    for codes in torch.round(ramp * (_CODES - 1)).T:
        _, lengths = torch.unique_consecutive(codes, return_counts=True)
        if len(lengths) > 2:
            longest = max(longest, int(lengths[1:-1].max()))
    return longest


def value_range(subject: Subject) -> Finding:
    low, high = float(subject.lattice.min()), float(subject.lattice.max())
    greys = _greys(subject, 2)
    black, white = float(greys[0].mean()), float(greys[1].mean())
    values = {"lowest": low, "highest": high, "black": black, "white": white}
    text = f"{low:.3f} to {high:.3f}"
    if abs(black - _LEGAL[0]) < 0.004 and abs(white - _LEGAL[1]) < 0.004:
        return Finding("range", Verdict.NOTE, f"{text}: looks like video range (64 to 940)", values)
    if low < -1e-4 or high > 1 + 1e-4:
        return Finding("range", Verdict.NOTE, f"{text}: beyond 0..1, which integer formats cut off", values)
    return Finding("range", Verdict.OK, text, values)


def skin(subject: Subject, space: str) -> Finding:
    """How far the hue of skin turns, in CIELAB; only where inputs and outputs are for the display."""
    if space != DISPLAY:
        return Finding("skin", Verdict.OK, "not asked of a log space")
    tones = torch.tensor(SKIN) / 255.0
    before, after = rgb_to_lab(tones), rgb_to_lab(subject.apply(tones).clamp(0, 1))
    turn = _hue(after) - _hue(before)
    turn = (turn + 180) % 360 - 180
    turn = torch.where(after[:, 1:].norm(dim=-1) > 3, turn, torch.zeros_like(turn))
    worst = float(turn[turn.abs().argmax()])
    verdict = Verdict.NOTE if abs(worst) > _HUE_LIMIT_DEGREES else Verdict.OK
    towards = "yellow" if worst > 0 else "red"
    text = f"hue turns by {abs(worst):.1f} degrees" + (f" towards {towards}" if abs(worst) >= 0.5 else "")
    return Finding("skin", verdict, text, {"skin_hue_turn_degrees": worst})


def smallest_size(subject: Subject, occupied: Tensor) -> Finding:
    """The smallest of 17, 33 and 65 points whose LUT stays within 1/255 where pictures go."""
    colours = _visited_colours(occupied)
    exact = subject.apply(colours)
    worst = 0.0
    for size in SIZES:
        coarse = subject.apply(identity_lattice(size))
        worst = float((apply_lut3d(colours, coarse) - exact).abs().max())
        if worst <= ERROR_BOUND:
            text = f"{size} points hold 1/255 where pictures go"
            return Finding("smallest size", Verdict.OK, text, {"points": float(size), "error": worst})
    text = f"none of 17, 33, 65 points holds 1/255 (error {worst:.3f} at 65)"
    return Finding("smallest size", Verdict.NOTE, text, {"error": worst})


def _visited_colours(occupied: Tensor, count: int = 20_000) -> Tensor:
    """Random colours of the occupied cells, ``[count, 3]``; the same for the same cells."""
    cells = occupied.nonzero()
    draw = torch.Generator().manual_seed(0)
    chosen = cells[torch.randint(len(cells), (count,), generator=draw)]
    return (chosen + torch.rand(count, 3, generator=draw)) / occupied.shape[0]


def _greys(subject: Subject, count: int) -> Tensor:
    return subject.apply(torch.linspace(0, 1, count)[:, None].expand(-1, 3).contiguous())


def _hue(lab: Tensor) -> Tensor:
    return torch.rad2deg(torch.atan2(lab[..., 2], lab[..., 1]))
