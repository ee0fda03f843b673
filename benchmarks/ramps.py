"""Light that changes inside a shot: how many synthetic ramps of half a stop are found, how many false alarms.

    LUTNET_SHARED=... python -m benchmarks.ramps [--frames 72] [--stops 0.5]

Shots are the first ``--frames`` frames and as many from the middle of every clip of ``footage`` that is one take,
read as ``lutnet grade`` reads them. A ramp is exposure that changes evenly from the shot's first frame to its
last, brighter and darker in turn. The thresholds were set on these very clips: this is no blind figure.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch

from lutnet.frames.bars import active_box
from lutnet.frames.readers import reader_of
from lutnet.frames.record import Picture, Span
from lutnet.frames.select import most_different
from lutnet.ops.detune import EXPOSURE_STOPS, detune
from lutnet.refinement import light_change
from lutnet.shot import Frames

COUNT, HEIGHT = 3, 256
EDITED = ("tos_1080p_V1-0003", "tos_battle_clip")
"""Clips with cuts inside are several shots."""


def shots(folder: Path, length: int) -> Iterator[tuple[Path, Span]]:
    for path in sorted(folder.iterdir()):
        if path.suffix == ".csv" or path.name.startswith(EDITED):
            continue
        frames = reader_of(path).probe(path).frame_count
        for start in (0, frames // 2) if frames >= 2 * length else (0,):
            yield path, Span(start, min(start + length, frames))


def ramped(picture: Picture, span: Span, stops: float) -> Picture:
    amounts = torch.zeros(7)
    amounts[0] = stops / EXPOSURE_STOPS * (picture.index - span.first) / max(1, span.end - span.first - 1)
    changed = detune(torch.from_numpy(np.ascontiguousarray(picture.pixels)), amounts)
    return Picture(picture.index, ((changed * 255.0).round() / 255.0).numpy(), picture.warnings)


def frames_of(pictures: list[Picture]) -> Frames:
    chosen = most_different(pictures, COUNT)
    box = active_box([picture.pixels for picture in pictures])
    stacked = np.stack([box.crop(picture.pixels) for picture in chosen])
    pixels = torch.from_numpy(stacked).permute(0, 3, 1, 2).contiguous()
    return Frames(pixels, tuple(picture.index for picture in chosen))


def main() -> None:
    """The command line of the module docstring."""
    parser = argparse.ArgumentParser(description="Ramps of light inside shots.")
    parser.add_argument("--frames", type=int, default=72)
    parser.add_argument("--stops", type=float, default=0.5)
    options = parser.parse_args()
    found = alarms = ramps = steady = 0
    seconds = 0.0
    for path, span in shots(Path(os.environ["LUTNET_SHARED"]) / "footage", options.frames):
        pictures = list(reader_of(path).read(path, span, COUNT, HEIGHT))
        started = time.perf_counter()
        alarm = light_change(frames_of(pictures))
        seconds += time.perf_counter() - started
        seen = [
            light_change(frames_of([ramped(picture, span, stops) for picture in pictures]))
            for stops in (options.stops, -options.stops)
        ]
        alarms, steady = alarms + (alarm is not None), steady + 1
        found, ramps = found + sum(each is not None for each in seen), ramps + len(seen)
        said = " | ".join(
            "-" if each is None else f"{each.stops:+.2f} at {each.frame}" for each in (alarm, *seen)
        )
        print(f"| {path.name} {span.first}-{span.end - 1} | {said} |", flush=True)
    print(f"found {found} of {ramps} ramps ({found / ramps:.0%}, bar 90%)")
    print(f"false alarms {alarms} of {steady} steady shots ({alarms / steady:.0%}, bar 2%)")
    print(f"{1000 * seconds / steady:.0f} ms a shot")


if __name__ == "__main__":
    main()
