"""Two scenes that are meant to look different: does that survive the grading of faults, and one look for all?

    LUTNET_SHARED=... python -m benchmarks.scene_looks [--half reporting] [--seed 1] [--shots 4]

Clips of a half of the footage (see ``benchmarks.scene_solve``) in pairs: left as they are, or the first of a pair made
a cool evening and the other a warm noon, by CDLs; then every shot is spoiled by its own detune, all shots of a scene
by the same, or none is. All shots of a pair are graded as one timeline, without a reference. Measured is the mean
DE2000 of the shots to what is wanted, and the difference of the mean CIELAB colours of both scenes: its length after
grading as a share of what it is without faults, and by what share the vector is off. The last column has one and the
same look put behind everything, as ``--look`` does.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from benchmarks.scene_solve import Case, Colouring, member, scenes
from lutnet.continuity.together import join
from lutnet.grade import CDL, LUT3D
from lutnet.looks import read_look, shipped_looks
from lutnet.ops.detune import detune
from lutnet.ops.difference import delta_e_rgb
from lutnet.ops.encoding import rgb_to_lab
from lutnet.refinement.fit import Wish
from lutnet.training.sampling import quantised, seven_amounts

EVENING = CDL((0.80, 0.90, 1.08), (0.0, 0.0, 0.01), (1.08, 1.0, 0.95), 0.85)
NOON = CDL((1.08, 1.0, 0.88), (0.0, 0.0, 0.0), (0.96, 1.0, 1.05), 1.1)
LOOK = "warm_print"
AS_IT_IS = "as it is"
MEANT = {AS_IT_IS: (CDL(), CDL()), "evening and noon": (EVENING, NOON)}
"""What the two scenes of a pair are meant to look like."""

KEPT = {"together, --keep-looks 0": 0.0, "**together**": None, "together, --keep-looks 1": 1.0}
METHODS = ("nothing", "one by one", *KEPT)


def cases_of(clean: Sequence[Tensor], wanted: CDL, amounts: Tensor) -> list[Case]:
    """Shots ``[N, 3, H, W]`` with the look that is wanted, each then spoiled by its row of ``amounts``."""
    found = []
    for frames, row in zip(clean, amounts, strict=True):
        looked = wanted.apply(frames.movedim(1, -1))
        bad = quantised(detune(looked, row)).movedim(-1, 1)
        found.append(Case.of(looked.movedim(-1, 1), bad, row))
    return found


def together(cases: Sequence[Case], keep_looks: float | None) -> list[Colouring]:
    grades = []
    members = [member(case) for case in cases]
    for case, each, joined in zip(cases, members, join(members, keep_looks=keep_looks), strict=True):
        wish = Wish(each.compared.colours(4096))
        grade = case.found.grade if joined.transform is None else wish.granted(joined.transform)
        grades.append(grade.apply_colours)
    return grades


def difference(pictures: Sequence[Tensor], count: int) -> Tensor:
    """Between the mean CIELAB colours of the first ``count`` pictures ``[N, H, W, 3]`` and of the others."""
    means = [rgb_to_lab(each.reshape(-1, 3)[::37]).mean(0) for each in pictures]
    return torch.stack(means[:count]).mean(0) - torch.stack(means[count:]).mean(0)


@dataclass(slots=True)
class Tally:
    """Per pair of scenes: length of their difference and by what share it is off, without and with a look behind.
    off: DE2000 of every shot to what is wanted."""

    bare: list[tuple[float, float]] = field(default_factory=list)
    looked: list[tuple[float, float]] = field(default_factory=list)
    off: list[float] = field(default_factory=list)


def main() -> None:
    """The command line of the module docstring."""
    parser = argparse.ArgumentParser(description="Scenes with looks of their own.")
    parser.add_argument("--half", choices=("choosing", "reporting"), default="reporting")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shots", type=int, default=4)
    options = parser.parse_args()
    draw, other_draw = (torch.Generator().manual_seed(options.seed + more) for more in (0, 1000))
    look = read_look(shipped_looks()[LOOK]).lut()
    footage = Path(os.environ["LUTNET_SHARED"]) / "footage"
    clips = list(scenes(footage, options.half, options.shots))
    clips = [clip for clip in clips if clip[0] != "film scene"]
    found: dict[tuple[str, str, str], Tally] = {}
    for (name, one), (other, two) in zip(clips[::2], clips[1::2], strict=False):
        count = len(one)
        faults = {key: seven_amounts(count + len(two), draw) for key in ("none", "each its own")}
        faults["none"] = torch.zeros_like(faults["none"])
        shared = [seven_amounts(1, other_draw).expand(len(side), -1) for side in (one, two)]
        faults["one for a scene"] = torch.cat(shared)
        for fault, amounts in faults.items():
            for meant, (first, second) in MEANT.items():
                cases = cases_of(one, first, amounts[:count]) + cases_of(two, second, amounts[count:])
                for method, grades in _methods(cases).items():
                    tally = found.setdefault((meant, fault, method), Tally())
                    tally.bare.append(_kept(cases, grades, None, count))
                    tally.looked.append(_kept(cases, grades, look, count))
                    tally.off += [_off(case, grade) for case, grade in zip(cases, grades, strict=True)]
        print(f"  {name} and {other}:", flush=True)
        for key in (("evening and noon", "each its own", method) for method in METHODS):
            length, off = found[key].bare[-1]
            print(f"    each its own fault, {key[-1]}: {length:.2f}, off by {off:.0%}", flush=True)
    print(f"| meant | faults | grades | DE to it | length | within 0.9 to 1.1 | off by | {LOOK} behind |")
    print("|---|---|---|---|---|---|---|---|")
    for (meant, fault, method), tally in found.items():
        told = ["", "", "", ""]
        if meant != AS_IT_IS:
            told = [*_words(tally.bare), ", ".join(_words(tally.looked))]
        print(f"| {meant} | {fault} | {method} | {np.mean(tally.off):.2f} | {' | '.join(told)} |")


def _words(pairs: Sequence[tuple[float, float]]) -> list[str]:
    lengths, off = (np.array(each) for each in zip(*pairs, strict=True))
    within = int((np.abs(lengths - 1.0) <= 0.1).sum())
    return [f"{lengths.mean():.2f}", f"{within} of {len(pairs)}", f"{off.mean():.0%}"]


def _methods(cases: Sequence[Case]) -> dict[str, list[Colouring]]:
    found: dict[str, list[Colouring]] = {
        "nothing": [lambda colours: colours] * len(cases),
        "one by one": [case.found.grade.apply_colours for case in cases],
    }
    return found | {method: together(cases, keep) for method, keep in KEPT.items()}


def _off(case: Case, grade: Colouring) -> float:
    """Mean DE2000 of a shot to what is wanted of it."""
    spoiled, wanted = (side.movedim(1, -1).reshape(-1, 3)[::37] for side in (case.spoiled, case.clean))
    return float(delta_e_rgb(grade(spoiled), wanted).mean())


def _kept(
    cases: Sequence[Case], grades: Sequence[Colouring], look: LUT3D | None, count: int
) -> tuple[float, float]:
    """Length of the difference after grading, as a share of what is wanted, and by what share the vector is off."""

    def seen(colours: Tensor) -> Tensor:
        return colours if look is None else look.apply(colours)

    wanted = difference([seen(case.clean.movedim(1, -1)) for case in cases], count)
    shown = [seen(grade(case.spoiled.movedim(1, -1))) for case, grade in zip(cases, grades, strict=True)]
    after = difference(shown, count)
    return float(after.norm() / wanted.norm()), float((after - wanted).norm() / wanted.norm())


if __name__ == "__main__":
    main()
