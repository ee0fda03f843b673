"""Light that changes inside a shot: how many synthetic ramps of half a stop are found, how many false alarms.

    LUTNET_SHARED=... python -m benchmarks.ramps [--frames 72] [--stops 0.5]

Shots are the first ``--frames`` frames and as many from the middle of every clip of ``footage`` that is one take,
read as ``lutnet grade`` reads them. A ramp is exposure that changes evenly from the shot's first frame to its
last, brighter and darker in turn. The thresholds that ship were set on these very clips: their figure is not blind. So
thresholds are also chosen on every other clip, and judged on the clips between; then the other way round.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from lutnet.frames.bars import active_box
from lutnet.frames.readers import reader_of
from lutnet.frames.record import Picture, Span
from lutnet.ops.detune import EXPOSURE_STOPS, detune
from lutnet.refinement.steadiness import DISAGREEMENT, LEAST_CHANGE, LEAST_PASSING, LightCourse, light_course
from lutnet.shot import Frames

COUNT, HEIGHT = 3, 256
ALARM_COST = 20
"""Ramps that a false alarm outweighs: the bars allow one in fifty, and ask for nine ramps in ten."""

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
    box = active_box([picture.pixels for picture in pictures])
    stacked = np.stack([box.crop(picture.pixels) for picture in pictures])
    pixels = torch.from_numpy(stacked).permute(0, 3, 1, 2).contiguous()
    return Frames(pixels, tuple(picture.index for picture in pictures))


@dataclass(frozen=True, slots=True)
class Courses:
    """Of one shot of ``clip``: its light as it is, and with the ramp that brightens and the one that darkens."""

    clip: str
    steady: LightCourse | None
    ramps: tuple[LightCourse | None, ...]


@dataclass(frozen=True, slots=True)
class Found:
    ramps: int
    of_ramps: int
    alarms: int
    of_steady: int

    def __str__(self) -> str:
        return (
            f"found {self.ramps} of {self.of_ramps} ramps ({self.ramps / self.of_ramps:.0%}, bar 90%), "
            f"false alarms {self.alarms} of {self.of_steady} ({self.alarms / self.of_steady:.0%}, bar 2%)"
        )


def is_change(course: LightCourse | None, least: float, disagreement: float) -> bool:
    if course is None:
        return False
    return (
        abs(course.lasting) >= least + disagreement * course.disagreement
        or abs(course.stops) >= LEAST_PASSING
    )


def judged(shots: Sequence[Courses], least: float, disagreement: float) -> Found:
    ramps = [is_change(course, least, disagreement) for shot in shots for course in shot.ramps]
    alarms = [is_change(shot.steady, least, disagreement) for shot in shots]
    return Found(sum(ramps), len(ramps), sum(alarms), len(alarms))


def chosen(shots: Sequence[Courses]) -> tuple[float, float]:
    """Thresholds with the most ramps found less ALARM_COST for each false alarm; of equals the strictest."""

    def worth(pair: tuple[float, float]) -> tuple[float, float]:
        result = judged(shots, *pair)
        return result.ramps - ALARM_COST * result.alarms, pair[0]

    grid = [(float(a), float(b)) for a in np.linspace(0.06, 0.34, 29) for b in np.linspace(0.0, 0.6, 13)]
    return max(grid, key=worth)


def main() -> None:
    """The command line of the module docstring."""
    parser = argparse.ArgumentParser(description="Ramps of light inside shots.")
    parser.add_argument("--frames", type=int, default=72)
    parser.add_argument("--stops", type=float, default=0.5)
    options = parser.parse_args()
    measured = []
    for path, span in shots(Path(os.environ["LUTNET_SHARED"]) / "footage", options.frames):
        pictures = list(reader_of(path).read(path, span, COUNT, HEIGHT))
        changed = (
            [ramped(picture, span, by) for picture in pictures] for by in (options.stops, -options.stops)
        )
        courses = [light_course(frames_of(each)) for each in (pictures, *changed)]
        measured.append(Courses(path.name, courses[0], tuple(courses[1:])))
        said = " | ".join(
            "-" if c is None else f"{c.lasting:+.2f} {c.stops:+.2f} ({c.disagreement:.2f})" for c in courses
        )
        print(f"| {path.name} {span.first}-{span.end - 1} | {said} |", flush=True)
    print(f"as shipped: {judged(measured, LEAST_CHANGE, DISAGREEMENT)}")
    clips = sorted({shot.clip for shot in measured})
    halves = [[shot for shot in measured if clips.index(shot.clip) % 2 == place] for place in (0, 1)]
    for setting, reporting in (halves, halves[::-1]):
        pair = chosen(setting)
        print(f"set apart ({pair[0]:.2f} + {pair[1]:.2f} x disagreement): {judged(reporting, *pair)}")


if __name__ == "__main__":
    main()
