"""Shots grouped into scenes: three moments of every clip of ``footage``, interleaved, clean and each detuned.

    LUTNET_SHARED=... python -m benchmarks.scenes [--seed 1]

Clips with cuts inside and the PQ one are left out. Prints the adjusted Rand index where every file is a scene,
and where files that show one set-up are one; and the set-ups that were taken apart.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import torch
from sklearn.metrics import adjusted_rand_score
from torch import Tensor

from benchmarks import clips
from lutnet.continuity.scenes import scenes_of
from lutnet.frames.readers import reader_of
from lutnet.frames.record import Span
from lutnet.ops.detune import detune
from lutnet.shot import Frames
from lutnet.training.sampling import quantised, seven_amounts

SAME_SETUP = {"V1-0007": "V1-0004", "V1-0008": "V1-0005", "asl_sister": "asl_book"}
"""Files that return to a set-up of another, found by looking at them."""

MOMENTS, CLIP_FRAMES, HEIGHT = 3, 240, 192


def moment(path: Path, number: int) -> Tensor:
    """One frame ``[1, 3, H, W]`` of the middle of the clip's third ``number``."""
    reader = reader_of(path)
    at = int(min(CLIP_FRAMES, reader.probe(path).frame_count) * (number + 0.5) / MOMENTS)
    picture = next(iter(reader.read(path, Span(at, at + 1), 1, HEIGHT)))
    return torch.from_numpy(picture.pixels.copy()).movedim(-1, 0)[None]


def setup(path: Path) -> str:
    """The set-up that a file shows."""
    for part, other in SAME_SETUP.items():
        if part in path.stem:
            return path.stem.replace(part, other)
    return path.stem


def main() -> None:
    """The command line of the module docstring."""
    parser = argparse.ArgumentParser(description="Grouping of interleaved shots.")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    folder = Path(os.environ["LUTNET_SHARED"]) / "footage"
    paths = clips.every(folder)
    placed = [(path, moment(path, number)) for number in range(MOMENTS) for path in paths]
    amounts = seven_amounts(len(placed), torch.Generator().manual_seed(options.seed))
    files, setups = [path.stem for path, _ in placed], [setup(path) for path, _ in placed]
    for name in ("clean", "detuned"):
        shots = [
            quantised(detune(frame.movedim(1, -1), row)).movedim(-1, 1) if name == "detuned" else frame
            for (_, frame), row in zip(placed, amounts, strict=True)
        ]
        found = scenes_of([Frames(shot) for shot in shots])
        print(
            f"{name}: {len(placed)} shots, {len(set(files))} files, {len(set(setups))} set-ups, "
            f"{len(set(found))} groups; "
            f"ARI to set-ups {adjusted_rand_score(setups, found):.3f}, to files {adjusted_rand_score(files, found):.3f}"
        )
        split = {
            each for each in setups if len({f for f, s in zip(found, setups, strict=True) if s == each}) > 1
        }
        print(f"  set-ups taken apart: {', '.join(sorted(split)) or 'none'}", flush=True)


if __name__ == "__main__":
    main()
