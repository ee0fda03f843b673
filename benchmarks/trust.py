"""Whether the grades of a match can be trusted: folds, neutrals, range, banding and skin over random pairs.

    LUTNET_SHARED=... python -m benchmarks.trust [--pairs 1000] [--seed 1] [--photos test] [--keep trust.jsonl]

Pairs of photographs in turn: another scene untouched, another scene with each kind of grade, the shot itself
spoiled and matched to another scene, the same scene seen by another camera. Prints one Markdown table. What was
tried is kept in ``--keep``, and a run that was stopped goes on there.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch

from benchmarks.reference import photo_of
from lutnet.export.cube import cube_bytes
from lutnet.grade import Grade
from lutnet.ops.folds import neutral_steps, smallest_volume
from lutnet.ops.lattice import cut_cells
from lutnet.ops.ramp import FALL, bends, falls, neutral_ramp
from lutnet.ops.skin import hue_turn, skin_like, skin_tones
from lutnet.refinement import refine
from lutnet.refinement.sound import ramp_of
from lutnet.shot import Frames
from lutnet.training import pairs
from lutnet.training.grades import GradeKind, is_for_testing, random_amounts, random_grade, read_luts
from lutnet.training.photos import load_photos

SECOND_CAMERA, OTHER_SCENES = "second camera", "other scenes"
"""A kind of pair, whose look is measured; and all the others together, whose look is guessed."""

SKIN_SHARE = 0.02
"""Share of skin-like pixels below which a reference counts as one without skin."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What one grade was found to do; ``fold`` and ``baked_fold`` count cells, ``fall`` and ``bend`` are code values.

    skin_turn: median turn of the skin tones' hue in degrees; skinless: whether the reference shows none.
    """

    kind: str
    changes: bool
    has_lut: bool
    fold: int
    baked_fold: int
    diagonal: float
    fall: float
    bend: float
    sound: bool
    skin_turn: float
    skinless: bool

    @property
    def evidence(self) -> str:
        """What the grade rests on: pixels of a second camera, or a guess from other scenes."""
        return SECOND_CAMERA if self.kind == SECOND_CAMERA else OTHER_SCENES


def trials(shared: Path, photos_name: str, count: int, seed: int, known: int = 0) -> Iterator[Trial]:
    """Match ``count`` random pairs, all but the ``known`` first of them, and look at what came out."""
    photos = load_photos(shared / "photos" / photos_name)
    luts = [
        lut
        for lut in read_luts(shared / "interop" / "luts")
        if is_for_testing(lut[0]) == (photos_name == "test")
    ]
    draw = torch.Generator().manual_seed(seed)
    kinds = ("untouched", *GradeKind, "spoiled", SECOND_CAMERA)
    for number in range(count):
        kind = kinds[number % len(kinds)]
        shot, other = photo_of(photos, draw), photo_of(photos, draw)
        grade = random_grade(kind if isinstance(kind, GradeKind) else GradeKind.DETUNE, luts, draw)
        if kind == "untouched":
            pair = pairs.Pair(shot, other, other)
        elif kind == "spoiled":
            pair = pairs.spoiled_pair(shot, other, grade, random_amounts(draw))
        elif kind == SECOND_CAMERA:
            pair = pairs.two_camera_pair(shot, grade, draw)
        else:
            pair = pairs.other_scene_pair(shot, other, grade)
        if number < known:
            continue
        found = refine(Frames(pair.source[None]), [Frames(pair.reference[None])]).grade
        yield looked_at(str(kind), found, pair.reference)


def looked_at(kind: str, grade: Grade, reference: torch.Tensor) -> Trial:
    """Examine a grade as its files hold it."""
    fold, diagonal, sound = 0, 1.0, True
    if grade.lut is not None:
        rows = cube_bytes(grade.lut, title="").decode().split("\n", 2)[2]
        values = torch.from_numpy(np.array(rows.split(), dtype=np.float64))
        size = grade.lut.size
        table = values.view(size, size, size, 3).permute(2, 1, 0, 3)
        fold, diagonal = int((smallest_volume(table) < 0).sum()), float(neutral_steps(table).min())
        sound = bool(table.isfinite().all()) and float(table.min()) >= 0 and float(table.max()) <= 1
    baked = torch.from_numpy(grade.baked(33).lut.table.copy())  # type: ignore[union-attr]
    folded = (smallest_volume(baked) < -1e-6) & ~cut_cells(baked)
    ramp, clipped = grade.apply_colours(neutral_ramp()), ramp_of(grade.cdl).clipped
    tones = skin_tones()
    turn = hue_turn(tones, grade.apply_colours(tones)).abs()
    return Trial(
        kind=kind,
        changes=not grade.is_identity,
        has_lut=grade.lut is not None,
        fold=fold,
        baked_fold=int(folded.sum()),
        diagonal=diagonal,
        fall=float(falls(ramp).max()),
        bend=float(bends(ramp, clipped).max()),
        sound=sound and bool(ramp.isfinite().all()) and float(ramp.min()) >= 0 and float(ramp.max()) <= 1,
        skin_turn=float(turn.median()),
        skinless=float(skin_like(reference.movedim(0, -1)).double().mean()) < SKIN_SHARE,
    )


def table(found: list[Trial]) -> str:
    """The trials, kind by kind, as a Markdown table."""
    lines = [
        "| reference | pairs | changed | with LUT | folded cells | folds baked | neutrals fall | out of range | "
        "second difference: most | above 0.001 | without skin | skin hue turn there: median | 95 % |",
        "|" + "---|" * 13,
    ]
    for kind in (*dict.fromkeys(trial.kind for trial in found), OTHER_SCENES, "all"):
        some = [trial for trial in found if kind in (trial.kind, trial.evidence, "all")]
        turns = torch.tensor([trial.skin_turn for trial in some if trial.skinless] or [0.0])
        cells = [
            *(kind, len(some), sum(trial.changes for trial in some), sum(trial.has_lut for trial in some)),
            *(sum(trial.fold for trial in some), sum(trial.baked_fold for trial in some)),
            sum(trial.fall > FALL or trial.diagonal < 0 for trial in some),
            sum(not trial.sound for trial in some),
            f"{max(trial.bend for trial in some):.5f}",
            sum(trial.bend > 0.001 for trial in some),
            sum(trial.skinless for trial in some),
            *(f"{turns.median():.2f}", f"{turns.quantile(0.95):.2f}"),
        ]
        lines.append("| " + " | ".join(str(cell) for cell in cells) + " |")
    return "\n".join(lines)


def main() -> None:
    """The command line of the module docstring."""
    parser = argparse.ArgumentParser(description="Whether the grades of a match can be trusted.")
    parser.add_argument("--pairs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--photos", choices=("test", "train"), default="test")
    parser.add_argument("--keep", type=Path, help="a file for the trials, a line each")
    options = parser.parse_args()
    shared = Path(os.environ["LUTNET_SHARED"])
    kept = options.keep.read_text().splitlines() if options.keep and options.keep.exists() else []
    found = [Trial(**json.loads(line)) for line in kept]
    for trial in trials(shared, options.photos, options.pairs, options.seed, len(found)):
        found.append(trial)
        if options.keep:
            with options.keep.open("a") as lines:
                lines.write(json.dumps(asdict(trial)) + "\n")
    print(table(found))


if __name__ == "__main__":
    main()
