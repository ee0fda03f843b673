"""How much two diagnoses of one shot differ that see none of each other's frames.

    LUTNET_SHARED=... python -m benchmarks.stability [--seed 1] [--frames 3]

Every clip of ``footage`` without cuts is a shot, as it is and spoiled by one seven-fault detune. Prints the
mean CIE DE2000 between the two grades on all frames of both sets.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import torch
from torch import Tensor

from lutnet.diagnosis import diagnose
from lutnet.frames import read_frames
from lutnet.ops.detune import detune
from lutnet.ops.difference import delta_e_rgb
from lutnet.training.sampling import quantised, seven_amounts
from lutnet.training.scoring import Spread

WITH_CUTS = ("tos_1080p_V1-0003.mov", "tos_battle_clip_medium.webm")


def difference(pixels: Tensor) -> float:
    """Mean DE2000 between the grades of every other frame of ``pixels [N, 3, H, W]`` and of the rest."""
    first, second = (diagnose(part).grade for part in (pixels[::2], pixels[1::2]))
    colours = pixels.movedim(1, -1)[:, ::4, ::4]
    return float(delta_e_rgb(first.apply_colours(colours), second.apply_colours(colours)).mean())


def main() -> None:
    """Print one line per shot and the spread over shots."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--frames", type=int, default=3, help="frames that each of the two sees")
    options = parser.parse_args()
    draw = torch.Generator().manual_seed(options.seed)
    found: dict[str, list[float]] = {"as it is": [], "spoiled": []}
    for path in sorted((Path(os.environ["LUTNET_SHARED"]) / "footage").iterdir()):
        if path.suffix == ".csv" or path.name in WITH_CUTS:
            continue
        frames = read_frames(path, count=2 * options.frames)
        in_time = frames.pixels[torch.tensor(frames.indices).argsort()]
        spoiled = quantised(detune(in_time.movedim(1, -1), seven_amounts(1, draw)[0]).movedim(-1, 1))
        for values, pixels in zip(found.values(), (in_time, spoiled), strict=True):
            values.append(difference(pixels))
        print(path.name, *(f"{values[-1]:.2f}" for values in found.values()))
    for name, values in found.items():
        spread = Spread.of(values)
        print(f"{name}: {len(values)} shots, median {spread.median:.2f}, 95 % {spread.p95:.2f}")


if __name__ == "__main__":
    main()
