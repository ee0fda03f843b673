"""Two scenes that are meant to look different, under one reference of another scene: what is left of the difference?

    LUTNET_SHARED=... python -m benchmarks.scene_looks_beside [--half reporting] [--seed 1] [--shots 4]

Scenes, looks and faults are those of ``benchmarks.scene_looks``. All shots of a pair are graded as one timeline beside
one photograph of ``photos/test`` (of ``photos/train`` for the choosing half): as it is, or with a CDL or a film LUT
that was kept for testing. What is wanted is the same CDL or LUT on the clean shots, each with the look that is meant.
Measured is the mean DE2000 to that, and the difference of the mean CIELAB colours of both scenes: its length as a
share of what is wanted, and by what share the vector is off.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from benchmarks.reference import photo_of
from benchmarks.scene_looks import KEPT, MEANT, cases_of, difference
from benchmarks.scene_solve import PALETTE, Case, Colouring, scenes
from lutnet.continuity.anchor import COLOURS, unsureness
from lutnet.continuity.compared import Matched, compared_of
from lutnet.continuity.together import Member, join
from lutnet.diagnosis.model import default_model
from lutnet.grade import CDL
from lutnet.ops.difference import delta_e_rgb
from lutnet.refinement import Refined, diagnosed, refine
from lutnet.refinement.fit import Wish
from lutnet.shot import Frames
from lutnet.training.grades import GradeKind, KnownGrade, is_for_testing, random_grade, read_luts
from lutnet.training.pairs import stored
from lutnet.training.photos import load_photos
from lutnet.training.sampling import seven_amounts

PLAIN = "as it is"
REFERENCES = {PLAIN: None, "CDL": GradeKind.CDL, "LUT": GradeKind.LUT}


@dataclass(frozen=True, eq=False, slots=True)
class Beside:
    """The reference ``[3, H, W]``, and the grade that it has."""

    reference: Tensor
    grade: KnownGrade


@dataclass(frozen=True, eq=False, slots=True)
class Kept:
    """One shot as the solve sees it, and what is made of it alone."""

    case: Case
    alone: Refined
    member: Member


def references(shared: Path, half: str, kind: GradeKind | None, draw: torch.Generator) -> Iterator[Beside]:
    """Photographs with grades of one kind, without end."""
    luts = [lut for lut in read_luts(shared / "interop" / "luts") if is_for_testing(lut[0])]
    photos = load_photos(shared / "photos" / ("train" if half == "choosing" else "test"))
    untouched = KnownGrade(GradeKind.CDL, PLAIN, CDL())
    while True:
        photo = photo_of(photos, draw)
        grade = untouched if kind is None else random_grade(kind, luts, draw)
        yield Beside(stored(grade.apply(photo)), grade)


def kept(case: Case, reference: Tensor) -> Kept:
    """What a job keeps of a shot beside a reference."""
    frames = Frames(case.spoiled)
    found, shown = diagnosed(frames, default_model())
    alone = refine(frames, (Frames(reference[None]),), found, shown)
    compared = compared_of(frames, case.found, alone)
    colours = compared.colours(COLOURS)
    matched = Matched.of(alone, colours)
    member = Member(
        compared,
        lambda: (colours, matched.graded),
        led=True,
        as_meant=(lambda: (colours, matched.as_meant)) if compared.led else None,
        unsure=unsureness(list(case.found.corrections.values())),
    )
    return Kept(case, alone, member)


def methods(shots: Sequence[Kept]) -> dict[str, list[Colouring]]:
    """Every shot's grade, by each way of grading."""
    alone: list[Colouring] = [each.alone.grade.apply_colours for each in shots]
    found: dict[str, list[Colouring]] = {
        "nothing": [lambda colours: colours] * len(shots),
        "one by one": alone,
    }
    for name, keep in KEPT.items():
        joined = join([each.member for each in shots], keep_looks=keep)
        found[name] = [
            own
            if each.transform is None
            else Wish(shot.member.compared.colours(PALETTE))
            .granted(each.transform, hold_skin=each.holds_skin)
            .apply_colours
            for shot, own, each in zip(shots, alone, joined, strict=True)
        ]
    return found


def measured(
    shots: Sequence[Kept], grades: Sequence[Colouring], grade: KnownGrade, count: int
) -> tuple[float, float, float]:
    """DE2000 to what is wanted, length of the difference, and by what share it is off."""
    wanted = [grade.apply(each.case.clean).movedim(1, -1).clamp(0.0, 1.0) for each in shots]
    made = [own(each.case.spoiled.movedim(1, -1)) for each, own in zip(shots, grades, strict=True)]
    off = [
        float(delta_e_rgb(one.reshape(-1, 3)[::37], other.reshape(-1, 3)[::37]).mean())
        for one, other in zip(made, wanted, strict=True)
    ]
    before, after = difference(wanted, count), difference(made, count)
    return (
        float(np.mean(off)),
        float(after.norm() / before.norm()),
        float((after - before).norm() / before.norm()),
    )


def main() -> None:
    """The command line of the module docstring."""
    parser = argparse.ArgumentParser(description="Scenes with looks of their own, beside a reference.")
    parser.add_argument("--half", choices=("choosing", "reporting"), default="reporting")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shots", type=int, default=4)
    options = parser.parse_args()
    shared = Path(os.environ["LUTNET_SHARED"])
    clips = [
        clip for clip in scenes(shared / "footage", options.half, options.shots) if clip[0] != "film scene"
    ]
    print("| reference | meant | faults | grades | DE to it | length | within 0.9 to 1.1 | off by |")
    print("|---|---|---|---|---|---|---|---|")
    for name, kind in REFERENCES.items():
        draw = torch.Generator().manual_seed(options.seed)
        found: dict[tuple[str, str, str], list[tuple[float, float, float]]] = {}
        given = references(shared, options.half, kind, torch.Generator().manual_seed(options.seed + 77))
        for (_, one), (_, two) in zip(clips[::2], clips[1::2], strict=False):
            beside, count = next(given), len(one)
            shared_faults = [seven_amounts(1, draw).expand(len(side), -1) for side in (one, two)]
            faults = {
                "none": torch.zeros(count + len(two), 7),
                "each its own": seven_amounts(count + len(two), draw),
                "one for a scene": torch.cat(shared_faults),
            }
            for fault, amounts in faults.items():
                for meant, (first, second) in MEANT.items():
                    cases = cases_of(one, first, amounts[:count]) + cases_of(two, second, amounts[count:])
                    shots = [kept(case, beside.reference) for case in cases]
                    for method, grades in methods(shots).items():
                        told = measured(shots, grades, beside.grade, count)
                        found.setdefault((meant, fault, method), []).append(told)
        for key, rows in found.items():
            off, lengths, vectors = np.array(rows).T
            within = int((np.abs(lengths - 1.0) <= 0.1).sum())
            print(
                f"| {name} | {' | '.join(key)} | {off.mean():.2f} | {lengths.mean():.2f} "
                f"| {within} of {len(rows)} | {vectors.mean():.0%} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
