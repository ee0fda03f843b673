"""Light that steps inside real shots: is it found, at which frame, and do the two grades that are offered even it?

    LUTNET_SHARED=... python -m benchmarks.light_split [--seed 1] [--clips 12]

Every other clip of ``footage``, its first 96 frames, with a step of 0.3 to 0.9 stops up or down somewhere in the
middle half. The jump is the mean DE2000 between the same clean frame in either light.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from benchmarks import clips
from lutnet.colourspace import ColourSettings, colour_management
from lutnet.continuity.compared import compared_of
from lutnet.continuity.halves import with_halves
from lutnet.frames.readers import reader_of
from lutnet.frames.record import Span
from lutnet.grade import Grade
from lutnet.ops.detune import EXPOSURE_STOPS, detune
from lutnet.ops.difference import delta_e_rgb
from lutnet.refinement.steadiness import light_change
from lutnet.refinement.turn import with_turn
from lutnet.result import ClipResult, Status
from lutnet.shot import FrameRange, Frames, Shot
from lutnet.store import StoredPictures
from lutnet.training.sampling import quantised

FRAMES, HEIGHT, LOOKED_AT = 96, 256, 3


def lit(pixels: Tensor, stops: float) -> Tensor:
    """``pixels [..., 3]`` in light that is brighter by ``stops``, 8 bit."""
    amounts = torch.zeros(7)
    amounts[0] = stops / EXPOSURE_STOPS
    return quantised(detune(pixels, amounts))


def reader(path: Path, turn: int, stops: float) -> Callable[[int, int, int], Frames]:
    """Reads ``path`` as if its light had stepped at frame ``turn``."""

    def read(first: int, last: int, count: int) -> Frames:
        pictures = list(reader_of(path).read(path, Span(first, last + 1), count, HEIGHT))
        pixels = [
            lit(torch.from_numpy(each.pixels.copy()), stops if each.index >= turn else 0.0)
            for each in pictures
        ]
        return Frames(torch.stack(pixels).movedim(-1, 1), tuple(each.index for each in pictures))

    return read


def main() -> None:
    """The command line of the module docstring."""
    parser = argparse.ArgumentParser(description="Steps of light inside shots.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--clips", type=int, default=12)
    options = parser.parse_args()
    draw = np.random.default_rng(options.seed)
    view = colour_management(ColourSettings()).view
    folder = Path(os.environ["LUTNET_SHARED"]) / "footage"
    paths = clips.every(folder)
    found, off, before, after = 0, [], [], []
    chosen = paths[1::2][: options.clips]
    for path in chosen:
        length = min(FRAMES, reader_of(path).probe(path).frame_count)
        turn = int(draw.integers(length // 4, 3 * length // 4))
        stops = float(draw.uniform(0.3, 0.9) * draw.choice([-1, 1]))
        read = reader(path, turn, stops)
        frames = read(0, length - 1, LOOKED_AT)
        change = light_change(frames)
        if change is None:
            print(f"  {path.stem}: {stops:+.2f} stops at {turn}: not found", flush=True)
            continue
        used = FrameRange(0, length, 24)  # type: ignore[arg-type]
        shot = Shot(path.stem, path.stem, 1, "", used, used, str(path))
        result = with_turn(ClipResult(shot, Status.PROPOSED, grade=Grade(), light=change), frames, read)
        pictures = StoredPictures(compared=compared_of(frames).to_bytes())
        light = with_halves([result], lambda _, kept=pictures: kept, view)[0].light
        if light is None:
            continue
        clean = torch.from_numpy(
            next(iter(reader_of(path).read(path, Span(turn, turn + 1), 1, HEIGHT))).pixels.copy()
        )
        sides = [lit(clean, 0.0), lit(clean, stops)]
        graded = [cdl.apply(side) for cdl, side in zip(light.halves, sides, strict=True)]
        found += 1
        off.append(abs(light.frame - turn))
        before.append(float(delta_e_rgb(*sides).mean()))
        after.append(float(delta_e_rgb(*graded).mean()))
        print(
            f"  {path.stem}: {stops:+.2f} stops at {turn}: {light.stops:+.2f} at {light.frame} "
            f"(first guess {change.frame}), jump {before[-1]:.2f} -> {after[-1]:.2f}",
            flush=True,
        )
    exact, near = (np.mean(np.array(off) <= frames) for frames in (0, 2))
    print(
        f"{found} of {len(chosen)} steps found; at the very frame {exact:.0%}, within 2 {near:.0%}; "
        f"jump DE {np.mean(before):.2f} -> {np.mean(after):.2f}"
    )


if __name__ == "__main__":
    main()
