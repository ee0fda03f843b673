"""Show models: what 20 stills under one hidden grade are worth on other frames under it.

    LUTNET_SHARED=... python -m benchmarks.show [--stills 20] [--frames 24] [--seeds 1 2 3] [--photos photos/test]

For every kind of hidden grade (detune as in protocol M, CDL, film LUT) and seed: 20 photographs are graded by
it, and a look is learned from those alone and from the pairs. Other photographs are then corrected with the
weights that ship and with the show's, in three states: as shot, spoiled by seven faults before the grade
(footage that is wrong), and spoiled by seven faults after it. Prints mean DE2000 to the graded photograph.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from lutnet.diagnosis import diagnose
from lutnet.diagnosis.model import DiagnosisModel, load_named
from lutnet.ops.detune import detune
from lutnet.training.grades import GradeKind, KnownGrade, is_for_testing, random_grade, read_luts
from lutnet.training.pairs import difference, stored
from lutnet.training.photos import PhotoSet, load_photos, sample_crop
from lutnet.training.sampling import seven_amounts
from lutnet.training.show import fit_look
from lutnet.training.stills import GRID, Still

STATES = ("as shot", "spoiled footage", "spoiled grade")
WHOLE = (0.0, 0.0, 1.0, 1.0)
BAR = 0.60


def measure(
    stills: Sequence[Tensor], frames: Sequence[Tensor], grade: KnownGrade, base: DiagnosisModel, seed: int
) -> dict[str, dict[str, float]]:
    """By model (``nothing``, ``default``, ``graded``, ``pairs``) and state, mean DE2000."""
    pairs = [Still(str(number), stored(grade.apply(frame)), frame) for number, frame in enumerate(stills)]
    alone = [replace(still, ungraded=None) for still in pairs]
    models = {
        "default": base,
        "graded": replace(base, look=fit_look(alone, base)),
        "pairs": replace(base, look=fit_look(pairs, base)),
    }
    amounts = seven_amounts(len(frames), torch.Generator().manual_seed(seed))
    sums: dict[str, dict[str, float]] = {name: dict.fromkeys(STATES, 0.0) for name in ("nothing", *models)}
    for frame, row in zip(frames, amounts, strict=True):
        truth = stored(grade.apply(frame))
        for state, seen in zip(STATES, (frame, _spoiled(frame, row), _spoiled(truth, row)), strict=True):
            sums["nothing"][state] += difference(seen, truth) / len(frames)
            for name, model in models.items():
                result = diagnose(seen[None], model=model).grade.apply(seen[None])[0]
                sums[name][state] += difference(result, truth) / len(frames)
    return sums


def _spoiled(picture: Tensor, amounts: Tensor) -> Tensor:
    return stored(detune(picture.movedim(0, -1), amounts).movedim(-1, 0))


def _pictures(photos: PhotoSet, rows: Sequence[int]) -> list[Tensor]:
    return [sample_crop(photos.images[row], WHOLE, GRID).float() / 255.0 for row in rows]


def main() -> None:
    """The command line of the module docstring."""
    parser = argparse.ArgumentParser(description="Show models on hidden grades.")
    parser.add_argument("--stills", type=int, default=20)
    parser.add_argument("--frames", type=int, default=24)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--photos", default="photos/test")
    parser.add_argument("--weights", type=Path)
    options = parser.parse_args()
    shared = Path(os.environ["LUTNET_SHARED"])
    luts = [lut for lut in read_luts(shared / "interop" / "luts") if is_for_testing(lut[0])]
    photos, base = load_photos(shared / options.photos), load_named(options.weights)
    print("| grade | seed | state | nothing | default | graded stills | of default | pairs | of default |")
    print("|" + "---|" * 9)
    shares: dict[tuple[str, str], list[float]] = {}
    for kind in GradeKind:
        for seed in options.seeds:
            draw = torch.Generator().manual_seed(seed)
            grade = random_grade(kind, luts, draw)
            order = torch.randperm(len(photos), generator=draw).tolist()
            started = time.perf_counter()
            sums = measure(
                _pictures(photos, order[: options.stills]),
                _pictures(photos, order[options.stills : options.stills + options.frames]),
                grade,
                base,
                seed,
            )
            for state in STATES:
                default = sums["default"][state]
                cells = [f"{sums['nothing'][state]:.2f}", f"{default:.2f}"]
                for name in ("graded", "pairs"):
                    share = sums[name][state] / default
                    shares.setdefault((name, state), []).append(share)
                    cells += [f"{sums[name][state]:.2f}", f"{share:.0%}"]
                print("| " + " | ".join([kind, str(seed), state, *cells]) + " |", flush=True)
            print(f"<!-- {time.perf_counter() - started:.0f} s -->", flush=True)
    for (name, state), values in shares.items():
        print(f"mean, {name}, {state}: {sum(values) / len(values):.0%} of default (bar {BAR:.0%})")


if __name__ == "__main__":
    main()
