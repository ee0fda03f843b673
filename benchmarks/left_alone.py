"""Shots that stand alone, without a reference: are faults corrected, and looks that are meant left?

    LUTNET_SHARED=... python -m benchmarks.left_alone [--photos test] [--count 150] [--seed 1]

Every photograph as it is, with seven faults, with two of 66 % or more, with a CDL and with a film LUT that was kept for
testing, each as 8 bits and as JPEG of quality 90, and each a scene of its own. Wanted is the photograph, or the
photograph with its CDL or LUT. Measured are the share of which most of what the diagnosis says was left undone, and the
mean DE2000 to what is wanted: untouched, corrected as diagnosed (``--keep-looks 0``), and as ``lutnet grade`` does it.
"""

from __future__ import annotations

import argparse
import io
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from benchmarks.reference import photo_of
from benchmarks.scene_solve import PALETTE, Case, member
from lutnet.continuity.together import join
from lutnet.grade import LUT3D
from lutnet.ops.detune import detune
from lutnet.ops.difference import delta_e_rgb
from lutnet.refinement.fit import Wish
from lutnet.result import MOSTLY
from lutnet.training.grades import GradeKind, is_for_testing, random_grade, read_luts
from lutnet.training.photos import load_photos, split_by_source
from lutnet.training.sampling import quantised, seven_amounts, some_amounts

QUALITY = 90


def main() -> None:
    """The command line of the module docstring."""
    parser = argparse.ArgumentParser(description="Faults and looks of shots that stand alone.")
    parser.add_argument("--photos", choices=("test", "held-out"), default="test")
    parser.add_argument("--count", type=int, default=150)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    shared, draw = Path(os.environ["LUTNET_SHARED"]), torch.Generator().manual_seed(options.seed)
    if options.photos == "test":
        photos = load_photos(shared / "photos" / "test")
    else:
        photos = split_by_source(load_photos(shared / "photos" / "train"), 0.08, 1)[1]
    testing = options.photos == "test"
    luts = [lut for lut in read_luts(shared / "interop" / "luts") if is_for_testing(lut[0]) == testing]
    found: dict[tuple[str, str], list[tuple[float, float, float, float]]] = {}
    for _ in range(options.count):
        photo = photo_of(photos, draw).movedim(0, -1)
        for kind, wanted, given in _kinds(photo, luts, draw):
            for stored, frame in (("8 bits", given), ("JPEG", _coded(given))):
                found.setdefault((kind, stored), []).append(_measured(wanted, frame))
    print("| | stored | left alone | untouched | as diagnosed | **as graded** |")
    print("|---|---|---|---|---|---|")
    for (kind, stored), rows in found.items():
        left, *differences = np.array(rows).mean(0)
        print(f"| {kind} | {stored} | {left:.0%} | {' | '.join(f'{each:.2f}' for each in differences)} |")


def _kinds(
    photo: Tensor, luts: list[tuple[str, LUT3D]], draw: torch.Generator
) -> Iterator[tuple[str, Tensor, Tensor]]:
    """Name, what is wanted, what is given: ``[H, W, 3]``."""
    yield "right", photo, photo
    yield "seven faults", photo, quantised(detune(photo, seven_amounts(1, draw)[0]))
    yield "two faults", photo, quantised(detune(photo, some_amounts(1, 2, 0.66, draw)[0]))
    for name, kind in (("CDL", GradeKind.CDL), ("film LUT", GradeKind.LUT)):
        grade = random_grade(kind, luts, draw)
        looked = quantised(grade.apply(photo.movedim(-1, 0)).movedim(0, -1).clamp(0.0, 1.0))
        yield name, looked, looked


def _coded(frame: Tensor) -> Tensor:
    file = io.BytesIO()
    codes = (frame * 255.0).round().to(torch.uint8).numpy()
    Image.fromarray(codes).save(file, "JPEG", quality=QUALITY, subsampling=2)
    return torch.from_numpy(np.asarray(Image.open(file)).copy()).float() / 255.0


def _measured(wanted: Tensor, given: Tensor) -> tuple[float, float, float, float]:
    case = Case.of(wanted.movedim(-1, 0)[None], given.movedim(-1, 0)[None], torch.zeros(7))
    shot = member(case)
    (joined,) = join([shot])
    grade = case.found.grade
    if joined.transform is not None:
        grade = Wish(shot.compared.colours(PALETTE)).granted(joined.transform)
    aim, colours = wanted.reshape(-1, 3)[::7], given.reshape(-1, 3)[::7]
    made = (colours, case.found.grade.apply_colours(colours), grade.apply_colours(colours))
    untouched, diagnosed, graded = (float(delta_e_rgb(each, aim).mean()) for each in made)
    return float(joined.left().share > MOSTLY), untouched, diagnosed, graded


if __name__ == "__main__":
    main()
