"""``lutnet grade`` on 60 shots of 1080p H.264 beside bare decoding of the same frames.

    LUTNET_SHARED=... python -m benchmarks.speed [--shots 60] [--rounds 3]

Each round runs both as whole processes, one after the other, so that a machine whose speed drifts drifts for both.
The bar: grade <= 1.2 x decode + 0.5 s a shot.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import opentimelineio as otio

from lutnet.frames import probe
from lutnet.frames.readers import reader_of
from lutnet.frames.used import used_span
from lutnet.shot import Shot
from lutnet.timeline import read_timeline

SHOT_FRAMES = 24


@dataclass(frozen=True, slots=True)
class Decode:
    """One shot's decoding: the file and the frame numbers that the grade looked at."""

    path: str
    numbers: list[int]


def write_timeline(folder: Path, files: list[Path], shots: int) -> Path:
    """A timeline of ``shots`` clips of a second or less, cut in turn from ``files``: no two of the same frames."""
    track = otio.schema.Track("V1", kind=otio.schema.TrackKind.Video)
    for number in range(shots):
        path = files[number % len(files)]
        info = probe(path)
        rate, length = float(info.rate or 24), info.frame_count or SHOT_FRAMES
        # All places of one file, then all once more, a frame shorter: a shot that is there twice is graded once.
        shorter, place = divmod(number // len(files), max(1, length - SHOT_FRAMES))
        start = place * 37 % max(1, length - SHOT_FRAMES)
        time_range = otio.opentime.TimeRange(
            otio.opentime.RationalTime(start, rate),
            otio.opentime.RationalTime(SHOT_FRAMES - shorter, rate),
        )
        media = otio.schema.ExternalReference(
            str(path),
            otio.opentime.TimeRange(
                otio.opentime.RationalTime(0, rate), otio.opentime.RationalTime(length, rate)
            ),
        )
        track.append(otio.schema.Clip(f"shot {number:03}", media, time_range))
    timeline = otio.schema.Timeline("speed")
    timeline.tracks.append(track)
    path = folder / "speed.otio"
    otio.adapters.write_to_file(timeline, str(path))
    return path


def frames_looked_at(timeline: Path) -> list[Decode]:
    return [_looked_at(shot) for shot in read_timeline(timeline).shots]


def _looked_at(shot: Shot) -> Decode:
    path = Path(shot.media or "")
    reader = reader_of(path)
    span, _ = used_span(shot, reader.probe(path))
    pictures = reader.read(path, span, 3, 256)
    return Decode(str(path), [picture.index for picture in pictures])


def decode(plan: list[Decode]) -> None:
    """Open, seek, decode forward to each frame; nothing is converted or kept."""
    for shot in plan:
        with av.open(shot.path) as container:
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            position = None
            for number in shot.numbers:
                target = int((number / stream.average_rate) / stream.time_base) + (stream.start_time or 0)
                if position is None or target < position or target - position > 1 / stream.time_base:
                    container.seek(target, stream=stream)
                for frame in container.decode(stream):
                    position = frame.pts
                    if frame.pts is not None and frame.pts >= target:
                        break


def timed(command: list[str]) -> tuple[float, float]:
    """Wall seconds and peak memory in MB of one process."""
    before = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--shots", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--decode-only", type=Path, help="(internal) decode what this plan names")
    options = parser.parse_args()
    if options.decode_only:
        decode([Decode(**entry) for entry in json.loads(options.decode_only.read_text())])
        return
    files = sorted((Path(os.environ["LUTNET_SHARED"]) / "footage").glob("tos_1080p*.mov"))
    with TemporaryDirectory() as name:
        folder = Path(name)
        timeline = write_timeline(folder, files, options.shots)
        plan = frames_looked_at(timeline)
        (folder / "plan.json").write_text(json.dumps([{"path": s.path, "numbers": s.numbers} for s in plan]))
        frames = sum(len(shot.numbers) for shot in plan)
        report(folder, timeline, options.shots, frames, options.rounds)


def report(folder: Path, timeline: Path, shots: int, frames: int, rounds: int) -> None:
    reference = str(sorted((Path(os.environ["LUTNET_SHARED"]) / "footage").glob("tos_1080p*.mov"))[2])
    grade = [sys.executable, "-m", "lutnet", "grade", str(timeline), "--ref", reference, "--quiet", "--fresh"]
    bare = [sys.executable, "-m", "benchmarks.speed", "--decode-only", str(folder / "plan.json")]
    print(f"{shots} shots, {frames} frames looked at, {os.cpu_count()} cores")
    print(f"{'round':>5} {'decode s':>9} {'grade s':>9} {'bar s':>9} {'grade/bar':>9}")
    ratios = []
    for number in range(rounds):
        decode_seconds, _ = timed(bare)
        grade_seconds, megabytes = timed(grade)
        bar = 1.2 * decode_seconds + 0.5 * shots
        ratios.append(grade_seconds / bar)
        print(f"{number:>5} {decode_seconds:9.2f} {grade_seconds:9.2f} {bar:9.2f} {ratios[-1]:9.2f}")
    print(f"median grade/bar {statistics.median(ratios):.2f} (at most 1), peak memory {megabytes:.0f} MB")


if __name__ == "__main__":
    main()
