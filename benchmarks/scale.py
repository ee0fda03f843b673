"""A long film: ``lutnet grade`` beside bare decoding, then once more with nothing and with ten clips changed.

    LUTNET_SHARED=... python -m benchmarks.scale [--shots 1500] [--no-reference] [--folder long] [--pretend]

All are whole processes, one after the other; decoding uses as many processes as there are workers, on the same
frames (seek, then decode forward). The bars: grade <= 1.2 x decode + 0.12 s a shot, 0.35 s with a reference; memory
within 10 % of that at 100 shots; an unchanged second run under 3 s; after ten changed clips, ten jobs. Wall time says
little on a machine that is busy with other work, so seconds of CPU, of all processes together, are printed beside it.

--folder: everything is kept there, measured.json among it. What was measured is not measured again, and a run that was
stopped goes on when the command is given again: its time is the sum of its parts, each of which starts anew.
--pretend: outcomes are made up (with a LUT each), and only the store, the package and the second run are measured.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import opentimelineio as otio

from benchmarks.memory import peak_megabytes
from benchmarks.speed import frames_looked_at, write_timeline
from lutnet.colourspace import ColourSettings, colour_management
from lutnet.grade import CDL, LUT3D, Correction, Diagnosis, Grade
from lutnet.job import Job, Outcome, Recipe
from lutnet.ops.detune import NAMES
from lutnet.ops.lut3d import identity_lattice
from lutnet.pipeline import carry_out, plan_of
from lutnet.result import Basis, ClipResult, DeltaE, Status
from lutnet.settings import GradeSettings
from lutnet.shot import REC709
from lutnet.store import FILE_NAME, StoredPictures
from lutnet.thumbnails import pictures_of
from lutnet.timeline import read_timeline

CHANGED = 10
FEW = 100
SELDOM = 2.0  # seconds between looks at the memory: looking takes time itself


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds; cpu: of all processes together, of the last part. megabytes: at their highest. parts: runs it took."""

    wall: float
    cpu: float
    megabytes: float = 0.0
    parts: int = 1

    def __str__(self) -> str:
        memory = f"   {self.megabytes:6.0f} MB" if self.megabytes else ""
        parts = f"   in {self.parts} parts" if self.parts > 1 else ""
        return f"{self.wall:8.1f} s   {self.cpu:8.1f} s of CPU{memory}{parts}"


class Diary:
    """What was measured, in a file, also of what was stopped in the middle."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, dict[str, float]] = json.loads(path.read_text()) if path.exists() else {}

    def measured(self, name: str, work: Callable[[Callable[[float, float], None]], Cost]) -> Cost:
        """``work``'s cost, and that of its parts before; it is given what hears of seconds and megabytes so far."""
        known = self._known.get(name, {"wall": 0.0, "megabytes": 0.0, "parts": 0})
        if "cpu" not in known:
            before, parts = known["wall"], int(known["parts"]) + 1

            def hear(wall: float, megabytes: float) -> None:
                highest = max(megabytes, known["megabytes"])
                self._note(name, {"wall": before + wall, "megabytes": highest, "parts": parts})

            cost = work(hear)
            hear(cost.wall, cost.megabytes)
            self._note(name, {**self._known[name], "cpu": cost.cpu})
            known = self._known[name]
        return Cost(known["wall"], known["cpu"], known["megabytes"], int(known["parts"]))

    def _note(self, name: str, facts: dict[str, float]) -> None:
        self._known[name] = facts
        temporary = self._path.with_suffix(".new")
        temporary.write_text(json.dumps(self._known, indent=1))
        temporary.replace(self._path)


def cost_of(work: Callable[[], object]) -> Cost:
    def cpu() -> float:
        used = [resource.getrusage(who) for who in (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF)]
        return sum(each.ru_utime + each.ru_stime for each in used)

    before, start = cpu(), time.perf_counter()
    work()
    return Cost(time.perf_counter() - start, cpu() - before)


def decode(folder: Path, timeline: Path, processes: int) -> Cost:
    parts = [folder / f"decode{number}.json" for number in range(processes)]
    if not all(part.exists() for part in parts):
        plan = [{"path": shot.path, "numbers": shot.numbers} for shot in frames_looked_at(timeline)]
        for number, part in enumerate(parts):
            part.write_text(json.dumps(plan[number::processes]))
    bare = [sys.executable, "-m", "benchmarks.speed", "--decode-only"]

    def run() -> None:
        for process in [subprocess.Popen([*bare, str(part)]) for part in parts]:
            process.wait()

    return cost_of(run)


def grade(
    timeline: Path,
    reference: Path | None,
    workers: int,
    hear: Callable[[float, float], None] = lambda *_: None,
) -> Cost:
    words = [sys.executable, "-m", "lutnet", "grade", str(timeline), "--quiet", "--workers", str(workers)]
    words += [] if reference is None else ["--ref", str(reference)]
    start, highest = time.perf_counter(), 0.0

    def heard(megabytes: float) -> None:
        nonlocal highest
        highest = max(highest, megabytes)
        hear(time.perf_counter() - start, highest)

    return replace(cost_of(lambda: peak_megabytes(words, heard, SELDOM)), megabytes=highest)


def jobs_in(timeline: Path) -> set[str]:
    with closing(sqlite3.connect(timeline.with_suffix(".lutnet") / FILE_NAME)) as store:
        return {job for (job,) in store.execute("SELECT job FROM computed")}


def change_some(path: Path, original: Path) -> None:
    """Make ``path`` of ``original`` with the in points of CHANGED clips moved by one frame."""
    timeline = otio.adapters.read_from_file(str(original))
    clips = list(timeline.find_clips())
    for clip in clips[:: max(1, len(clips) // CHANGED)][:CHANGED]:
        start, duration = clip.source_range.start_time, clip.source_range.duration
        clip.source_range = otio.opentime.TimeRange(
            start + otio.opentime.RationalTime(1, start.rate), duration
        )
    otio.adapters.write_to_file(timeline, str(path))


def pretend(timeline: Path, reference: Path | None) -> Cost:
    """Have made-up outcomes stored and delivered."""
    plan = plan_of(read_timeline(timeline), reference, GradeSettings())
    view = colour_management(ColourSettings(REC709)).view
    frame = np.random.default_rng(0).random((225, 400, 3), np.float32)
    pictures = pictures_of(frame, Grade(), view)

    def engine(recipe: Recipe, jobs: Sequence[Job]) -> Iterator[tuple[Job, Outcome]]:
        del recipe
        for number, job in enumerate(jobs):
            yield job, _made_up(job, number, pictures)

    return cost_of(lambda: carry_out(plan, engine=engine))


def _made_up(job: Job, number: int, pictures: StoredPictures) -> Outcome:
    correction = Correction(0.5, 0.75, "stop", 0.9, (0.0, 0.0, 0.0, 0.1, 0.2, 0.3, 0.4))
    found = Diagnosis(dict.fromkeys(NAMES, correction), None, Grade())
    bend = 0.05 * np.sin(np.pi * identity_lattice(33).numpy()) * (1 + number % 97) / 97
    grade = Grade(CDL(slope=(1.1, 1.0, 0.9)), LUT3D((identity_lattice(33).numpy() + bend).astype(np.float32)))
    difference = DeltaE(8.0, 3.0, 1.0, Basis.PREDICTED)
    return Outcome(ClipResult(job.shot, Status.PROPOSED, found, grade, difference), pictures)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--shots", type=int, default=1500)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--folder", type=Path, help="where everything is kept, to go on with")
    parser.add_argument("--no-reference", action="store_true", help="corrections alone")
    parser.add_argument("--pretend", action="store_true", help="made-up outcomes: store and package alone")
    options = parser.parse_args()
    with TemporaryDirectory() as name:
        folder = options.folder or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        measure(folder, options)


def measure(folder: Path, options: argparse.Namespace) -> None:
    files = sorted((Path(os.environ["LUTNET_SHARED"]) / "footage").glob("tos_1080p*.mov"))
    reference, workers = None if options.no_reference else files[2], options.workers
    diary, original = Diary(folder / "measured.json"), folder / "original.otio"
    timeline = folder / "speed.otio"
    if not original.exists():
        write_timeline(folder, files, options.shots).rename(original)
        shutil.copy(original, timeline)
    print(f"{options.shots} shots, {workers} workers, {os.cpu_count()} cores")
    if options.pretend:
        print(f"store, package   {pretend(timeline, reference)}", flush=True)
    else:
        bare = diary.measured("decode", lambda _: decode(folder, timeline, workers))
        print(f"decode           {bare}", flush=True)
        if options.shots >= 2 * FEW:
            (folder / "few").mkdir(exist_ok=True)
            small = write_timeline(folder / "few", files, FEW)
            few = diary.measured("few", lambda hear: grade(small, reference, workers, hear))
            print(f"grade {FEW}        {few}", flush=True)
        whole = diary.measured("grade", lambda hear: grade(timeline, reference, workers, hear))
        print(f"grade            {whole}", flush=True)
        report(bare, whole, options.shots, 0.12 if reference is None else 0.35)
        if options.shots >= 2 * FEW:
            print(f"memory: {whole.megabytes / few.megabytes:.3f} of that at {FEW} shots (0.9 to 1.1)")
    same = diary.measured("unchanged", lambda hear: grade(timeline, reference, workers, hear))
    print(f"nothing changed  {same}   (bar: 3 s)", flush=True)
    before = folder / "before.json"
    if not before.exists():
        before.write_text(json.dumps(sorted(jobs_in(timeline))))
    change_some(timeline, original)
    changed = diary.measured("changed", lambda hear: grade(timeline, reference, workers, hear))
    print(f"{CHANGED} clips changed {changed}", flush=True)
    print(f"{len(jobs_in(timeline) - set(json.loads(before.read_text())))} jobs were done for them")


def report(bare: Cost, whole: Cost, shots: int, share: float) -> None:
    for kind, decoding, grading in (("wall", bare.wall, whole.wall), ("CPU", bare.cpu, whole.cpu)):
        # A bar in seconds a shot on two cores is twice as many seconds of CPU.
        allowed = share * (2 if kind == "CPU" else 1)
        bar = 1.2 * decoding + allowed * shots
        beyond = (grading - 1.2 * decoding) / shots
        print(f"{kind:>5}: {beyond:.3f} s a shot beyond 1.2 x decode (at most {allowed:.2f})")
        print(f"{kind:>5}: grade / bar {grading / bar:.2f}")


if __name__ == "__main__":
    main()
