"""What it costs to grade many shots together, with what is kept of them at hand.

    LUTNET_SHARED=... python -m benchmarks.scene_cost [--shots 100 500 2000] [--seed 1]

Shots are moments of the footage, each spoiled by its own detune and kept as a job keeps it; twelve clips take turns,
forty shots long each, as set-ups of a film return. Prints wall seconds.
"""

from __future__ import annotations

import argparse
import io
import os
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from benchmarks import clips
from lutnet.continuity.anchor import COLOURS, GUESSED, anchor
from lutnet.continuity.compared import Compared, Kept, compared_of
from lutnet.continuity.links import components, links_of
from lutnet.continuity.solve import solve
from lutnet.continuity.together import Member
from lutnet.frames.readers import reader_of
from lutnet.frames.record import Span
from lutnet.ops.detune import detune, undo
from lutnet.ops.thin import thinned
from lutnet.shot import Frames
from lutnet.training.sampling import seven_amounts

CLIPS, MOMENTS, RUN = 12, 16, 40


def members(folder: Path, count: int, draw: torch.Generator) -> list[Member]:
    """``count`` shots; half of each fault is known. Features are those of the clean moment: any grade leaves them."""
    paths = clips.every(folder)
    moments = [_moments(path) for path in paths[:CLIPS]]
    found = []
    for number, amounts in enumerate(seven_amounts(count, draw)):
        clip = moments[number // RUN % CLIPS]
        spoiled = tuple(_spoiled(kept, amounts) for kept in clip[number % len(clip)].kept)
        colours = thinned(torch.cat([kept.colours() for kept in spoiled]), COLOURS)
        found.append(Member(Compared(spoiled, anchor(colours, undo(colours, amounts / 2), GUESSED))))
    return found


def _moments(path: Path) -> list[Compared]:
    reader = reader_of(path)
    length = min(240, reader.probe(path).frame_count)
    pictures = list(reader.read(path, Span(0, length), MOMENTS + 1, 192))
    pixels = [torch.from_numpy(picture.pixels.copy()).movedim(-1, 0) for picture in pictures]
    return [compared_of(Frames(torch.stack(pair))) for pair in pairwise(pixels)]


def _spoiled(kept: Kept, amounts: Tensor) -> Kept:
    codes = (detune(torch.from_numpy(kept.shown), amounts) * 255.0).round().byte()
    buffer = io.BytesIO()
    Image.fromarray(codes.numpy()).save(buffer, "JPEG", quality=95, subsampling=0)
    return replace(kept, picture=buffer.getvalue())


def main() -> None:
    """The command line of the module docstring."""
    parser = argparse.ArgumentParser(description="Cost of grading scenes together.")
    parser.add_argument("--shots", type=int, nargs="+", default=[100, 500, 2000])
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    folder = Path(os.environ["LUTNET_SHARED"]) / "footage"
    everyone = members(folder, max(options.shots), torch.Generator().manual_seed(options.seed))
    print("| shots | links | scenes | finding links, s | the solve, s |\n|---|---|---|---|---|")
    for count in options.shots:
        chosen = everyone[:count]
        start = time.perf_counter()
        links = links_of([member.compared for member in chosen])
        linked = time.perf_counter()
        solve([member.compared.guess for member in chosen], links)
        solved = time.perf_counter()
        scenes = len(set(components(count, links)))
        seconds = linked - start, solved - linked
        print(
            f"| {count} | {len(links)} | {scenes} | {' | '.join(f'{part:.1f}' for part in seconds)} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
