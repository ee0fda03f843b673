"""What the 43 classes of protocol U are named, as a picture and in numbers.

    LUTNET_SHARED=... python -m benchmarks.confusion [--classes 4] [--seed 7] [-o docs/images/confusion.png]

Two 43 x 43 matrices of ``photos/test``: flawless files, and files reduced to ``--lines`` after spoiling, as footage is
for analysis. A row is what was done to the frame, a column what it was called; rows sum to 100 %.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image, ImageDraw

from lutnet.diagnosis.heads import CLEAN, FAULTS, HEADS
from lutnet.diagnosis.model import default_model
from lutnet.export.lettering import BRIGHT, DIM, PLAIN, put
from lutnet.grade import Fault
from lutnet.training.evaluate import EvaluateSettings, unseen_cases
from lutnet.training.photos import PhotoSet, load_photos
from lutnet.training.scoring import fault_score
from lutnet.training.through import Through

Shares = npt.NDArray[np.float64]
CELL, MARGIN, LABEL, HEADING = 15, 24, 138, 52
LEVELS_PER_HEAD = 6
_GROUND, _GRID = (30, 30, 30), (70, 70, 70)
_RIGHT, _LEVEL, _WRONG = (
    np.array(colour) for colour in ((70.0, 190.0, 120.0), (220.0, 200.0, 70.0), (255.0, 110.0, 60.0))
)


def number_of(fault: Fault | None) -> int:
    """The class of ``fault`` among the 43."""
    if fault is None:
        return CLEAN
    return next(n for n, (name, level) in enumerate(FAULTS) if name == fault.name and level == fault.level)


def matrix(photos: PhotoSet, settings: EvaluateSettings) -> tuple[Shares, str]:
    """Shares ``[43 true, 43 named]`` and a line that says how many were right."""
    draw = torch.Generator().manual_seed(settings.seed)
    cases, truths = unseen_cases(photos, default_model(), settings, draw)
    answers = [case.diagnosis.fault for case in cases]
    counts = np.zeros((CLEAN + 1, CLEAN + 1))
    for truth, answer in zip(truths, answers, strict=True):
        counts[number_of(truth), number_of(answer)] += 1
    score = fault_score(answers, truths)
    words = f"{100 * score.exact:.1f} % exact, {100 * score.neighbour:.1f} % with the neighbour, {len(cases)} frames"
    return counts / counts.sum(1, keepdims=True).clip(min=1.0), words


def by_correction(shares: Shares) -> Shares:
    """``[8, 8]``: the seven corrections and clean, whatever the level."""
    groups = [slice(row * LEVELS_PER_HEAD, (row + 1) * LEVELS_PER_HEAD) for row in range(len(HEADS))]
    groups.append(slice(CLEAN, CLEAN + 1))
    return np.array([[shares[true, named].sum(1).mean() for named in groups] for true in groups])


def sheet(panels: list[tuple[str, str, Shares]]) -> Image.Image:
    """The matrices beside each other. panels: title, line below it, shares."""
    side = CELL * (CLEAN + 1)
    width = LABEL + len(panels) * (side + MARGIN)
    picture = Image.new("RGB", (width, HEADING + side + LABEL // 2), _GROUND)
    draw = ImageDraw.Draw(picture)
    names = [head.name.replace("_", " ") for head in HEADS] + ["clean"]
    tops = [row * LEVELS_PER_HEAD * CELL for row in range(len(HEADS) + 1)]
    for number, (title, words, shares) in enumerate(panels):
        left = LABEL + number * (side + MARGIN)
        put(draw, (left, 8), title, 16, BRIGHT)
        put(draw, (left, 29), words, 13, PLAIN)
        picture.paste(_cells(shares), (left, HEADING))
        for name, top in zip(names, tops, strict=True):
            draw.line((left, HEADING + top, left + side, HEADING + top), _GRID)
            draw.line((left + top, HEADING, left + top, HEADING + side), _GRID)
            room = CELL * (LEVELS_PER_HEAD if name != "clean" else 3)
            put(draw, (left + top, HEADING + side + 5), name, 12, PLAIN, room=room)
            if number == 0:
                put(draw, (MARGIN // 2, HEADING + top + 2), name, 13, PLAIN)
                if name != "clean":
                    put(draw, (MARGIN // 2, HEADING + top + 18), "-100 % above,", 11, DIM)
                    put(draw, (MARGIN // 2, HEADING + top + 32), "+100 % below", 11, DIM)
    words = "Rows: what was done. Columns: what it was called. Green: right; yellow: at another level; orange: wrong."
    put(draw, (MARGIN // 2, HEADING + side + 34), words, 13, PLAIN)
    return picture


def _cells(shares: Shares) -> Image.Image:
    # The root shows what happens in one of a hundred frames as well.
    strength = np.sqrt(shares)[..., None]
    group = np.arange(len(shares)) // LEVELS_PER_HEAD
    same = (group[:, None] == group)[..., None]
    hue = np.where(np.eye(len(shares), dtype=bool)[..., None], _RIGHT, np.where(same, _LEVEL, _WRONG))
    colours = np.array(_GROUND) + strength * (hue - np.array(_GROUND))
    return Image.fromarray(colours.round().astype(np.uint8)).resize(
        (CELL * len(shares),) * 2, Image.Resampling.NEAREST
    )


def main() -> None:
    """The command line of the module docstring."""
    parser = argparse.ArgumentParser(description="Confusion of the 43 classes.")
    parser.add_argument("--classes", type=int, default=4)
    parser.add_argument("--lines", type=int, default=160)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--every", type=int, default=1, help="only every K-th photograph")
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    folder = Path(os.environ["LUTNET_SHARED"]) / "photos" / "test"
    photos = load_photos(folder)
    photos = photos.subset(range(0, len(photos), options.every))
    panels = []
    for title, lines in (
        ("flawless 8-bit files", None),
        (f"reduced to {options.lines} lines", options.lines),
    ):
        through = Through(lines=lines)
        settings = EvaluateSettings(folder, None, options.classes, options.seed, through=through)
        shares, words = matrix(photos, settings)
        panels.append((title, words, shares))
        names = [head.name.replace("_", " ") for head in HEADS] + ["clean"]
        print(f"\n{title}: {words}\n\n| named: | " + " | ".join(names) + " |\n|" + "---|" * 9)
        for name, row in zip(names, by_correction(shares), strict=True):
            print(f"| {name} | " + " | ".join(f"{100 * share:.0f}" for share in row) + " |", flush=True)
    sheet(panels).save(options.output, optimize=True)


if __name__ == "__main__":
    main()
