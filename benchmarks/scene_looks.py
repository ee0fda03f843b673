"""Two scenes that are meant to look different: does that survive the grading of faults, and one look for all?

    LUTNET_SHARED=... python -m benchmarks.scene_looks [--seed 1] [--shots 4]

Clips of the reporting half of the footage (see ``benchmarks.scene_solve``) in pairs: the first of a pair is made a
cool evening, the other a warm noon, by CDLs; then every shot is spoiled by its own detune, or none is. All shots of a
pair are graded as one timeline, without a reference. The difference is that of the mean CIELAB colours of both scenes:
its length after grading as a share of what it is without faults, and by what share the vector is off. *look*: one and
the same look is put behind everything, as ``--look`` does.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from benchmarks.scene_solve import Case, Colouring, member, scenes
from lutnet.continuity.together import join
from lutnet.diagnosis import diagnose
from lutnet.grade import CDL, LUT3D
from lutnet.looks import read_look, shipped_looks
from lutnet.ops.detune import detune
from lutnet.ops.encoding import rgb_to_lab
from lutnet.refinement.fit import Wish
from lutnet.shot import Frames
from lutnet.training.sampling import quantised, seven_amounts

EVENING = CDL((0.80, 0.90, 1.08), (0.0, 0.0, 0.01), (1.08, 1.0, 0.95), 0.85)
NOON = CDL((1.08, 1.0, 0.88), (0.0, 0.0, 0.0), (0.96, 1.0, 1.05), 1.1)
LOOK = "warm_print"


def cases_of(clean: Sequence[Tensor], wanted: CDL, amounts: Tensor) -> list[Case]:
    """Shots ``[N, 3, H, W]`` with the look that is wanted, each then spoiled by its row of ``amounts``."""
    found = []
    for frames, row in zip(clean, amounts, strict=True):
        looked = wanted.apply(frames.movedim(1, -1))
        bad = quantised(detune(looked, row)).movedim(-1, 1)
        found.append(Case(looked.movedim(-1, 1), bad, row, diagnose(Frames(bad))))
    return found


def together(cases: Sequence[Case], keep_looks: float) -> list[Colouring]:
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


def main() -> None:
    """The command line of the module docstring."""
    parser = argparse.ArgumentParser(description="Scenes with looks of their own.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shots", type=int, default=4)
    options = parser.parse_args()
    draw = torch.Generator().manual_seed(options.seed)
    look = read_look(shipped_looks()[LOOK]).lut()
    footage = Path(os.environ["LUTNET_SHARED"]) / "footage"
    clips = list(scenes(footage, "reporting", options.shots))[:-1]
    found: dict[tuple[str, str, bool], list[tuple[float, float]]] = {}
    for (name, one), (other, two) in zip(clips[::2], clips[1::2], strict=False):
        for faults in ("none", "each its own"):
            share = 0.0 if faults == "none" else 1.0
            amounts = share * seven_amounts(len(one) + len(two), draw)
            cases = cases_of(one, EVENING, amounts[: len(one)]) + cases_of(two, NOON, amounts[len(one) :])
            methods = {
                "nothing": [lambda colours: colours] * len(cases),
                "one by one": [case.found.grade.apply_colours for case in cases],
                "together": together(cases, 0.0),
                "together, looks kept": together(cases, 1.0),
            }
            for method, grades in methods.items():
                for under in (False, True):
                    pair = _kept(cases, grades, look if under else None, len(one))
                    found.setdefault((faults, method, under), []).append(pair)
        spoiled = [
            found["each its own", method, False][-1] for method in ("together", "together, looks kept")
        ]
        told = "; kept ".join(f"{length:.2f}, off by {off:.0%}" for length, off in spoiled)
        print(f"  {name} and {other}, each its own fault: {told}", flush=True)
    print("| faults | grades | look | length | pairs within 0.9 to 1.1 | vector off by |")
    print("|---|---|---|---|---|---|")
    for (faults, method, under), pairs in found.items():
        lengths, off = (np.array(each) for each in zip(*pairs, strict=True))
        within = int((np.abs(lengths - 1.0) <= 0.1).sum())
        print(
            f"| {faults} | {method} | {LOOK if under else 'none'} | {lengths.mean():.2f} | {within} of {len(pairs)} "
            f"| {off.mean():.0%} |"
        )


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
