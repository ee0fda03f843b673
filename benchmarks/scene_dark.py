"""Do dark scenes stay dark? ``LUTNET_SHARED=... python -m benchmarks.scene_dark [--photos 12]``

The darkest and the brightest photographs of ``photos/test``, by mean luma, as scenes of three overlapping shots each,
nothing spoiled, graded as one timeline without a reference. Mean luma (encoded) of both before and after, and the mean
DE2000 by which a shot is moved, as it ships and with every scene's look kept.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from benchmarks.scene_looks import together
from benchmarks.scene_solve import Case
from lutnet.ops.cdl import luma
from lutnet.ops.difference import delta_e_rgb
from lutnet.training.photos import load_photos

SHOTS = 3


def shots_of(picture: Tensor) -> list[Tensor]:
    """Three overlapping parts ``[1, 3, H, W]`` of a photograph ``[3, H, W]``."""
    height, width = (side * 7 // 8 for side in picture.shape[1:])
    rows, columns = (side // 8 // SHOTS for side in picture.shape[1:])
    return [
        picture[None, :, shot * rows : shot * rows + height, shot * columns : shot * columns + width]
        for shot in range(SHOTS)
    ]


def graded(pictures: Sequence[Tensor], keep_looks: float | None) -> tuple[list[float], list[float]]:
    """Mean luma after grading, and DE moved by, per photograph."""
    cases = [Case.of(shot, shot, torch.zeros(7)) for each in pictures for shot in shots_of(each)]
    lumas, moved = [], []
    for case, grade in zip(cases, together(cases, keep_looks), strict=True):
        before = case.clean.movedim(1, -1)
        after = grade(before)
        lumas.append(float(luma(after).mean()))
        moved.append(float(delta_e_rgb(before, after).mean()))
    by_scene = [np.reshape(values, (-1, SHOTS)).mean(1).tolist() for values in (lumas, moved)]
    return by_scene[0], by_scene[1]


def light_of(picture: Tensor) -> float:
    """Mean luma of a photograph ``[3, H, W]``, encoded."""
    return float(luma(picture.movedim(0, -1)).mean())


def main() -> None:
    """The command line of the module docstring."""
    parser = argparse.ArgumentParser(description="Dark and bright scenes.")
    parser.add_argument("--photos", type=int, default=12)
    options = parser.parse_args()
    photos = load_photos(Path(os.environ["LUTNET_SHARED"]) / "photos" / "test")
    images = sorted(
        (each.float() / 255.0 for each in photos.images),
        key=lambda each: float(luma(each.movedim(0, -1)).mean()),
    )
    kinds = {"dark": images[: options.photos], "bright": images[-options.photos :]}
    for keep in (None, 0.0, 1.0):
        for kind, pictures in kinds.items():
            was = [light_of(each) for each in pictures]
            lumas, moved = graded(pictures, keep)
            print(
                f"--keep-looks {keep}, {kind}: mean luma {np.mean(was):.3f} to {np.mean(lumas):.3f}, most "
                f"{max(after - before for before, after in zip(was, lumas, strict=True)):+.3f}; "
                f"moved by DE {np.mean(moved):.2f}, most {max(moved):.2f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
