"""Resident memory of ``lutnet grade`` over the number of shots.

    LUTNET_SHARED=... python -m benchmarks.memory [--shots 40 160 320]

Every size is one whole process on 1080p H.264 (the timelines of ``benchmarks.speed``). Its memory and that of all
processes it starts is sampled from outside: resident memory, with mapped files, which they share, counted once.
The bar: under 2 GB, and within 10 % from the second size to the largest. Linux only: it reads ``/proc``.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.speed import write_timeline

EVERY_SECONDS = 0.2


def family(pid: int) -> Iterator[int]:
    """``pid`` and all that descend from it."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            yield from family(int(child))


def megabytes(pid: int) -> tuple[float, float]:
    """Resident memory of one process: its own, with its part of what it shares with copies of itself, and that of
    mapped files, which others may share."""
    lines = [
        line
        for name in ("status", "smaps_rollup")
        for line in Path(f"/proc/{pid}/{name}").read_text().splitlines()
    ]
    facts = {line.split()[0]: int(line.split()[1]) / 1024 for line in lines if line.endswith(" kB")}
    return facts["Pss_Anon:"] + facts["Pss_Shmem:"], facts["RssFile:"]


def peak_megabytes(
    command: list[str], hear: Callable[[float], None] = lambda _: None, every: float = EVERY_SECONDS
) -> float:
    """The highest sum over the process and its family while it runs. hear: hears of every sum, ``every`` seconds."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    peak = 0.0
    running = True
    while running:
        with suppress(OSError, KeyError):  # one of them ended while it was looked at
            own, mapped = zip(*map(megabytes, family(process.pid)), strict=True)
            peak = max(peak, sum(own) + max(mapped))
            hear(sum(own) + max(mapped))
        try:
            process.wait(every)
            running = False
        except subprocess.TimeoutExpired:
            continue
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return peak


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--shots", type=int, nargs="+", default=[40, 160, 320])
    parser.add_argument("--options", nargs="*", default=[], help="further options of lutnet grade")
    options = parser.parse_args()
    footage = Path(os.environ["LUTNET_SHARED"]) / "footage"
    files = sorted(footage.glob("tos_1080p*.mov"))
    peaks: list[float] = []
    print(f"{'shots':>6} {'peak MB':>8} {'MB a shot':>10}")
    for number, shots in enumerate(options.shots):
        with TemporaryDirectory() as name:
            timeline = write_timeline(Path(name), files, shots)
            words = ["grade", str(timeline), "--ref", str(files[2]), "--quiet", *options.options]
            peaks.append(peak_megabytes([sys.executable, "-m", "lutnet", *words]))
        growth = ""
        if number:
            growth = f"{(peaks[-1] - peaks[-2]) / (shots - options.shots[number - 1]):10.3f}"
        print(f"{shots:>6} {peaks[-1]:8.0f} {growth}", flush=True)
    second = peaks[min(1, len(peaks) - 1)]
    print(f"largest {max(peaks):.0f} MB (under 2048); last / second {peaks[-1] / second:.3f}")


if __name__ == "__main__":
    main()
