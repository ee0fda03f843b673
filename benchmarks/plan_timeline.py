"""Seconds and memory of planning long timelines: everything that ``lutnet shots`` does, no frame decoded.

    python -m benchmarks.plan_timeline [--clips 2000]

Each timeline is generated (seed 5), written as OTIO and as EDL, and read in a process of its own: half its clips
nested, a third retimed, 200 media files. Beside it, the time that OpenTimelineIO takes to parse the same file.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import opentimelineio as otio

RATE = 25
MEDIA = 200


def span(start: int, length: int) -> Any:
    return otio.opentime.TimeRange(
        otio.opentime.RationalTime(start, RATE), otio.opentime.RationalTime(length, RATE)
    )


def write_otio(folder: Path, count: int) -> Path:
    draw = random.Random(5)  # noqa: S311
    track = otio.schema.Track("V1", kind="Video")
    for number in range(count):
        media = otio.schema.ExternalReference(f"media/{draw.randrange(MEDIA)}.mov", span(90_000, 10_000))
        clip = otio.schema.Clip(
            f"sc{number}", media, span(90_000 + draw.randrange(9000), draw.randrange(12, 200))
        )
        if number % 3 == 0:
            clip.effects.append(otio.schema.LinearTimeWarp(time_scalar=draw.choice((-1.0, 0.5, 2.0))))
        track.append(nested(clip) if number % 2 else clip)
    timeline = otio.schema.Timeline("film")
    timeline.tracks.append(track)
    path = folder / "film.otio"
    otio.adapters.write_to_file(timeline, str(path))
    return path


def nested(clip: Any) -> Any:
    return otio.schema.Stack("nest", [otio.schema.Track(children=[clip], kind="Video")])


def write_edl(folder: Path, count: int) -> Path:
    draw = random.Random(5)  # noqa: S311
    lines, record = ["TITLE: film", "FCM: NON-DROP FRAME"], 0
    for number in range(1, count + 1):
        source, length = draw.randrange(80_000), draw.randrange(12, 200)
        frames = (source, source + length, record, record + length)
        lines.append(f"{number:06}  {draw.randrange(MEDIA):04}  V  C  {' '.join(map(timecode, frames))}")
        record += length
    path = folder / "film.edl"
    path.write_text("\n".join(lines))
    return path


def timecode(frame: int) -> str:
    seconds, frames = divmod(frame, RATE)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}:{frames:02}"


def plan(path: Path) -> None:
    from lutnet.timeline import read_timeline

    start, busy = time.perf_counter(), time.process_time()
    shots = read_timeline(path).shots
    mine, busy = time.perf_counter() - start, time.process_time() - busy
    start = time.perf_counter()
    otio.adapters.read_from_file(str(path), **({"rate": RATE} if path.suffix == ".edl" else {}))
    theirs = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    ready = sum(shot.skipped is None for shot in shots)
    print(
        f"{path.name}: {len(shots)} shots, {ready} ready, {mine:.2f} s ({busy:.2f} s of processor), "
        f"parsed by OpenTimelineIO in {theirs:.2f} s ({mine / theirs:.1f} x), {memory:.0f} MB"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--clips", type=int, default=2000)
    parser.add_argument("--plan", type=Path)
    options = parser.parse_args()
    if options.plan:
        plan(options.plan)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "media").mkdir()
        for number in range(MEDIA):
            (folder / "media" / f"{number}.mov").touch()
            (folder / f"{number:04}.mov").touch()
        for write in (write_otio, write_edl):
            path = write(folder, options.clips)
            subprocess.run(
                [sys.executable, "-m", "benchmarks.plan_timeline", "--plan", str(path)], check=True
            )


if __name__ == "__main__":
    main()
