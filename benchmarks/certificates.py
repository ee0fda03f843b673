"""Certificates of LUTs that no threshold was set with: ``python -m benchmarks.certificates [--luts 40] [--seed 2711]``.

Sound ones: looks of another generator than the tests' (monotone curves through random knots, saturation, crosstalk, a
split tone), kept where finite differences of the look itself find no fold and no falling grey; and the views of the
ACES 2 studio configuration at ``--points``, the larger tables baked as their users do. Defective ones: the same looks,
each with one defect put in at a random place and of random size, large enough that some picture changes.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import PyOpenColorIO as ocio
import torch
from scipy.interpolate import PchipInterpolator

from lutnet.certificate import Subject, Verdict, certify_subject
from lutnet.certificate.occupancy import DISPLAY
from lutnet.ops.lut3d import apply_lut3d

Array = npt.NDArray[np.float64]
Look = Callable[[Array], Array]
POINTS = 33
LUMA = np.array([0.2126, 0.7152, 0.0722])
CONFIG = "studio-config-v4.0.0_aces-v2.0_ocio-v2.5"


def lattice(points: int = POINTS) -> Array:
    ramp = np.linspace(0, 1, points)
    return np.stack(np.meshgrid(ramp, ramp, ramp, indexing="ij"), -1)


def some_look(draw: np.random.Generator) -> Look:
    knots = np.linspace(0, 1, 6)
    curves = [
        PchipInterpolator(knots, np.cumsum(np.r_[draw.uniform(0, 0.02), draw.uniform(0.12, 0.21, 5)]))
        for _ in range(3)
    ]
    saturation = draw.uniform(0.6, 1.25)
    mix = np.eye(3) + draw.uniform(-0.06, 0.06, (3, 3))
    mix /= mix.sum(1, keepdims=True)
    shadows, lights = draw.uniform(-0.03, 0.03, (2, 3))

    def look(colours: Array) -> Array:
        colours = np.stack([curve(colours[..., channel]) for channel, curve in enumerate(curves)], -1)
        luma = (colours @ LUMA)[..., None]
        colours = (luma + saturation * (colours - luma)) @ mix.T
        return colours + shadows * (1 - luma) ** 2 + lights * luma**2

    return look


def is_sound(look: Look) -> bool:
    """By finite differences of the look itself, at points that are not the lattice's."""
    colours = lattice(24) * 0.99 + 0.004
    sides = [(look(colours + step) - look(colours)) / 1e-4 for step in 1e-4 * np.eye(3)]
    rises = look(np.linspace(0, 1, 999)[:, None].repeat(3, 1))
    return bool(np.linalg.det(np.stack(sides, -1)).min() > 0.02 and np.diff(rises, axis=0).min() > 0)


def folded(table: Array, draw: np.random.Generator) -> Array:
    table, size, at = table.copy(), int(draw.integers(5, 10)), int(draw.integers(8, 17))
    axis = int(draw.integers(3))
    block = (slice(at, at + size),) * 3
    table[block] = np.flip(table[block], axis)
    return table


def falling(table: Array, draw: np.random.Generator) -> Array:
    grey = lattice() @ LUMA
    centre, width = draw.uniform(0.3, 0.7), draw.uniform(0.04, 0.08)
    return table + (draw.uniform(2.2, 4.0) * width * np.exp(-(((grey - centre) / width) ** 2)))[..., None]


def folded_smoothly(table: Array, draw: np.random.Generator) -> Array:
    """Colours about a grey pushed together along some direction, until those in the middle change places."""
    centre = draw.uniform(0.3, 0.6) + draw.uniform(-0.05, 0.05, 3)
    direction = draw.normal(size=3)
    direction /= np.linalg.norm(direction)
    away = lattice() - centre
    along = away @ direction
    push = draw.uniform(1.7, 2.5) * along * np.exp(-((away**2).sum(-1) / draw.uniform(0.15, 0.3) ** 2))
    moved = lattice() - push[..., None] * direction
    values = torch.from_numpy(np.ascontiguousarray(table, dtype=np.float32))
    return apply_lut3d(torch.from_numpy(moved.astype(np.float32)), values).numpy().astype(np.float64)


def clipped(table: Array, draw: np.random.Generator) -> Array:
    """The brightest or darkest 7 to 25 % of the greys cut off, in all channels or in one; the rest is stretched.

    From 7 % on at least two of the table's 32 steps are flat; one alone is 2.9 %, below what is called a defect.
    """
    axis, share = np.arange(POINTS), draw.uniform(0.07, 0.25)
    white, one_alone, one = draw.random() < 0.5, draw.random() < 0.3, draw.integers(3)
    place = (POINTS - 1) * (1 - share if white else share)
    level = np.array([np.interp(place, axis, greys) for greys in table[axis, axis, axis].T])
    cut = table / level if white else (table - level) / (1 - level)
    if one_alone:
        cut = np.where(np.arange(3) == one, cut, table)
    return np.clip(cut, 0, 1)


def banded(table: Array, draw: np.random.Generator) -> Array:
    steps = int(draw.integers(8, 22))
    return np.round(table * steps) / steps


DEFECTS = {
    "folded in a block": (folded, "folds"),
    "folded smoothly": (folded_smoothly, "folds"),
    "falling greys": (falling, "neutrals"),
    "clipped": (clipped, "clipping"),
    "banded": (banded, "banding"),
}


NOTED = {
    "inverted": lambda table: 1 - table,
    "swapped channels": lambda table: table[..., [1, 0, 2]],
    "blue fastest": lambda table: table.transpose(2, 1, 0, 3),
}


def findings(table: Array, space: str = DISPLAY) -> dict[str, Verdict]:
    values = torch.from_numpy(np.ascontiguousarray(table, dtype=np.float32))
    subject = Subject(Path("made"), "made", values, lambda colours: apply_lut3d(colours, values))
    return {finding.question: finding.verdict for finding in certify_subject(subject, space).findings}


def views(points: int) -> Iterator[tuple[str, Array]]:
    config = ocio.Config.CreateFromBuiltinConfig(CONFIG)
    for display in config.getDisplays():
        for view in config.getViews(display):
            if view != "Raw":
                processor = config.getProcessor("ACEScct", display, view, ocio.TRANSFORM_DIR_FORWARD)
                table = lattice(points).astype(np.float32)
                processor.getDefaultCPUProcessor().applyRGB(table)
                yield f"{display}, {view}", table.astype(np.float64)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--luts", type=int, default=40)
    parser.add_argument("--seed", type=int, default=2711)
    parser.add_argument("--points", type=int, default=[33], nargs="+", help="of the views' tables")
    options = parser.parse_args()
    draw = np.random.default_rng(options.seed)
    looks: list[Look] = []
    while len(looks) < options.luts:
        look = some_look(draw)
        looks += [look] if is_sound(look) else []
    tables = [look(lattice()) for look in looks]
    alarms = Counter(
        question
        for table in tables
        for question, verdict in findings(table).items()
        if verdict is Verdict.DEFECT
    )
    print(f"{len(tables)} sound looks: false defects {dict(alarms) or 'none'}", flush=True)
    for name, (spoil, question) in DEFECTS.items():
        spoilt = [findings(spoil(table, draw)) for table in tables]
        found = sum(each[question] is Verdict.DEFECT for each in spoilt)
        sound = sum(Verdict.DEFECT not in each.values() for each in spoilt)
        print(f"{name}: found {found} of {len(spoilt)}, called sound {sound}", flush=True)
    for name, turn in NOTED.items():
        found = sum(findings(turn(table))["channels"] is Verdict.NOTE for table in tables)
        print(f"{name}: noted {found} of {len(tables)}", flush=True)
    for points in options.points:
        checked = noted = 0
        for name, table in views(points):
            found = findings(table, "ACEScct")
            defects = [question for question, verdict in found.items() if verdict is Verdict.DEFECT]
            checked += 1
            noted += found["folds"] is Verdict.NOTE
            if defects:
                print(f"{name}: {', '.join(defects)}")
        print(
            f"{checked} views of {CONFIG} at {points} points looked at, {noted} with a note of folds",
            flush=True,
        )


if __name__ == "__main__":
    main()
