"""``kill -9`` at random moments: what the next run finds, finishes and leaves.

    python -m benchmarks.kill [--kills 100] [--seed 1]

The footage is that of the demo, small. In every round ``lutnet grade`` starts on an empty folder and is killed again
and again, a parent or a worker, at moments drawn from all over an undisturbed run, until a run ends before its moment
has come, or MOST_KILLS were suffered and one is let through. Rounds go on until ``--kills`` have met a run. Then:
are the exported files those of an undisturbed run, byte for byte? Was a shot that was finished before computed again?
Is the store whole? Does a stray file or process remain? Linux only; leave the program alone meanwhile, as its code is
part of every job's hash.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.memory import family
from benchmarks.small_footage import make_small_footage
from lutnet.store import FILE_NAME

MOST_KILLS = 6


@dataclass(slots=True)
class Tally:
    """parents, workers: kills that met one running. The others must stay 0 and empty."""

    parents: int = 0
    workers: int = 0
    computed_again: int = 0
    faults: list[str] = field(default_factory=list)


def make_footage(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "tmp").mkdir()
    make_small_footage(folder)


def grade(folder: Path) -> subprocess.Popen[bytes]:
    words = ["grade", str(folder / "timeline.otio"), "--ref", str(folder / "reference.png"), "--quiet"]
    words += ["-o", str(folder / "out"), "--workers", "2"]
    environment = {**os.environ, "TMPDIR": str(folder / "tmp")}
    return subprocess.Popen([sys.executable, "-m", "lutnet", *words], env=environment, start_new_session=True)


def exported(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files if FILE_NAME not in path.name}


def finished(folder: Path) -> dict[str, int]:
    """Finished jobs and the row each was stored in: a job that is computed again gets another row."""
    if not (folder / FILE_NAME).exists():
        return {}
    with closing(sqlite3.connect(folder / FILE_NAME)) as store:
        tables = {name for (name,) in store.execute("SELECT name FROM sqlite_master")}
        return dict(store.execute("SELECT job, rowid FROM computed")) if "computed" in tables else {}


def round_of_kills(
    folder: Path, truth: dict[str, bytes], seconds: float, draw: random.Random, tally: Tally
) -> None:
    out = folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    known: dict[str, int] = {}
    code = -1
    for number in range(MOST_KILLS + 1):
        run = grade(folder)
        if number < MOST_KILLS:
            kill_at(run, draw.uniform(0.0, seconds), draw, tally)
        code = run.wait()
        found = finished(out)
        tally.computed_again += sum(found.get(job) not in (None, row) for job, row in known.items())
        known |= found
        if code == 0:
            break
    if code != 0:
        tally.faults.append(f"the last run ended with {code}")
    if exported(out) != truth:
        strange = {name for name, data in exported(out).items() if truth.get(name) != data}
        tally.faults.append(f"files differ: {sorted(strange ^ (truth.keys() - exported(out).keys()))}")
    with closing(sqlite3.connect(out / FILE_NAME)) as store:
        if store.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            tally.faults.append("the store is damaged")
    stray = {path.name for path in out.iterdir() if path.name.startswith((".lutnet", f"{FILE_NAME}-"))}
    # Torch keeps a folder of its own there, in every program.
    stray |= {f"tmp/{path.name}" for path in (folder / "tmp").iterdir() if "torch" not in path.name}
    if stray:
        tally.faults.append(f"stray files: {sorted(stray)}")


def kill_at(run: subprocess.Popen[bytes], seconds: float, draw: random.Random, tally: Tally) -> None:
    """Kill the run, or one of its workers, unless it has ended by then; leftover workers must end by themselves."""
    with suppress(subprocess.TimeoutExpired):
        run.wait(seconds)
        return
    workers = [pid for pid in family(run.pid) if pid != run.pid]
    victim = draw.choice(workers) if workers and draw.random() < 0.4 else run.pid
    with suppress(ProcessLookupError):
        os.kill(victim, signal.SIGKILL)
    if victim == run.pid:
        tally.parents += run.wait() != 0
        wait_for_end(workers, tally)
    else:
        tally.workers += 1


def wait_for_end(pids: list[int], tally: Tally) -> None:
    deadline = time.monotonic() + 60
    while any(Path(f"/proc/{pid}/cmdline").exists() for pid in pids):
        if time.monotonic() > deadline:
            tally.faults.append("a worker outlived its parent")
            return
        time.sleep(0.05)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    draw, tally = random.Random(options.seed), Tally()  # noqa: S311 - repeatable is what it must be
    with tempfile.TemporaryDirectory(prefix="kill-") as name:
        folder = Path(name) / "film"
        make_footage(folder)
        start = time.monotonic()
        grade(folder).wait()
        seconds = time.monotonic() - start
        truth = exported(folder / "out")
        rounds = 0
        while tally.parents + tally.workers < options.kills:
            round_of_kills(folder, truth, seconds, draw, tally)
            rounds += 1
            print(f"round {rounds}: {tally}", flush=True)
    print(
        f"{tally.parents} parents and {tally.workers} workers killed in {rounds} rounds, {seconds:.1f} s a run"
    )
    print(f"{tally.computed_again} finished shots computed again, {len(tally.faults)} faults {tally.faults}")


if __name__ == "__main__":
    main()
