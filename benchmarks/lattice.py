"""What a LUT of 17, 33 or 65 points costs and loses, beside the spline it is sampled from, and what a match costs.

    LUTNET_SHARED=... python -m benchmarks.lattice [--pairs 10] [--seed 1]

Known grades are fitted to photographs of ``photos/test`` as the matcher does: a CDL, then a spline sampled on a
lattice and made sound. The transform itself is the spline on 129 points; both are asked about the photograph's
colours, which lie off every lattice. Times of lattices are of the processor, one thread, so that other work does not
count; those of matches are beside it of the clock, on all cores.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

import torch
from torch import Tensor

from benchmarks.reference import photo_of
from lutnet.grade import CDL, LUT3D
from lutnet.ops.difference import delta_e_rgb
from lutnet.ops.fit_lattice import fit_lattice
from lutnet.refinement import refine
from lutnet.refinement.predict import predict
from lutnet.refinement.sound import sound_cdl, sound_lut
from lutnet.refinement.split import GENTLE
from lutnet.shot import Frames
from lutnet.training import pairs
from lutnet.training.grades import GradeKind, is_for_testing, random_grade, read_luts
from lutnet.training.photos import load_photos

SIZES = (17, 33, 65)
FINEST = 129
COLOURS = 4000
CLOCK = ", clock"

P = ParamSpec("P")
T = TypeVar("T")


def _timed(work: Callable[P, T], *given: P.args, **named: P.kwargs) -> tuple[T, float]:
    start = time.process_time()
    return work(*given, **named), time.process_time() - start


def _on_all_cores(work: Callable[P, T], *given: P.args, **named: P.kwargs) -> tuple[float, float]:
    """Seconds of the processor and of the clock."""
    torch.set_num_threads(os.cpu_count() or 1)
    start, clock = time.process_time(), time.perf_counter()
    work(*given, **named)
    spent = time.process_time() - start, time.perf_counter() - clock
    torch.set_num_threads(1)
    return spent


def _off(first: Tensor, second: Tensor) -> Tensor:
    return delta_e_rgb(first, second)


def main() -> None:
    """The command line of the module docstring."""
    parser = argparse.ArgumentParser(description="What lattices of several sizes cost and lose.")
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(1)
    shared = Path(os.environ["LUTNET_SHARED"])
    luts = [lut for lut in read_luts(shared / "interop" / "luts") if is_for_testing(lut[0])]
    photos = load_photos(shared / "photos" / "test")
    draw = torch.Generator().manual_seed(options.seed)
    losses: dict[int, list[Tensor]] = {size: [] for size in SIZES}
    seconds: dict[str, list[float]] = {}

    def spent(name: str, value: float) -> None:
        seconds.setdefault(name, []).append(value)

    for number in range(options.pairs + 1):
        photo, other = photo_of(photos, draw), photo_of(photos, draw)
        grade = random_grade((GradeKind.DETUNE, GradeKind.LUT)[number % 2], luts, draw)
        colours = photo.movedim(0, -1).reshape(-1, 3)
        colours = colours[torch.randperm(len(colours), generator=draw)[:COLOURS]]
        target = pairs.stored(grade.apply_colours(colours))
        cdl: CDL = sound_cdl(colours, target, prior=GENTLE)
        behind = cdl.apply(colours)
        exact = LUT3D(fit_lattice(behind, target, size=FINEST).numpy()).apply(behind)
        told: dict[str, float] = {}
        for size in SIZES:
            lattice, fitting = _timed(fit_lattice, behind, target, size=size)
            lut, sounding = _timed(sound_lut, lattice, cdl)
            told[f"{size} points: fit"], told[f"{size} points: sound"] = fitting, sounding
            if number:
                losses[size].append(_off(lut.apply(behind), exact))
        shot = Frames(photo[None])
        same, strange = (Frames(pairs.stored(grade.apply(each))[None]) for each in (photo, other))
        next_shot = Frames(photo[None].flip(-1).contiguous())
        shots = {
            "first look at a reference, no refinement": _on_all_cores(predict, shot, [strange]),
            "look at a further shot, no refinement": _on_all_cores(predict, next_shot, [strange]),
            "match, same scene": _on_all_cores(refine, shot, [same]),
            "match, other scene": _on_all_cores(refine, shot, [strange]),
        }
        if number:  # the first round warms up
            for name, value in told.items():
                spent(name, value)
            for name, (processor, clock) in shots.items():
                spent(name, processor)
                spent(name + CLOCK, clock)
    print("| points | mean DE to the spline | 95 % | fit, ms | making sound, ms |\n|---|---|---|---|---|")
    for size in SIZES:
        off = torch.cat(losses[size])
        fitting, sounding = (
            1000 * torch.tensor(seconds[f"{size} points: {what}"]).median() for what in ("fit", "sound")
        )
        print(f"| {size} | {off.mean():.3f} | {off.quantile(0.95):.3f} | {fitting:.0f} | {sounding:.0f} |")
    print("\n| a shot, ms | processor, median | 95 % | clock, median | 95 % |\n|---|---|---|---|---|")
    for name in (name for name in seconds if name + CLOCK in seconds):
        times = [1000 * torch.tensor(seconds[kind]) for kind in (name, name + CLOCK)]
        cells = [f"{value:.0f}" for each in times for value in (each.median(), each.quantile(0.95))]
        print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
