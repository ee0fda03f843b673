"""Ray beside the local engine: jobs that sleep a second, the same number of slots.

    python -m benchmarks.ray_overhead [--jobs 500] [--slots 8]

Each starts what it needs (Ray: a cluster on this machine), does the jobs and ends it. The bar: Ray at most 10 % longer.
Ray reserves 1.2 GB a slot: with more slots than fit into memory fewer shots are under way, and it is no comparison.
"""

from __future__ import annotations

import argparse
import time
from fractions import Fraction
from pathlib import Path

from lutnet.engine import on_ray, processes
from lutnet.engine.local import Limits
from lutnet.job import Engine, Job, Recipe
from lutnet.timeline.single import timeline_of_media

SLEEPER = "benchmarks.sleeper"


def seconds(engine: Engine, jobs: list[Job]) -> tuple[float, float]:
    """From the start to the first job's end, and to the end of all."""
    start = time.perf_counter()
    moments = [time.perf_counter() - start for _ in engine(Recipe(), jobs)]
    if len(moments) != len(jobs):
        raise RuntimeError(f"{len(moments)} of {len(jobs)} jobs were done")
    return moments[0], time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--jobs", type=int, default=500)
    parser.add_argument("--slots", type=int, default=8)
    options = parser.parse_args()
    film = timeline_of_media(
        Path("film.mov"), Fraction(24), 24 * options.jobs, range(24, 24 * options.jobs, 24)
    )
    jobs = [Job(shot, f"job {number}") for number, shot in enumerate(film.shots)]
    limits = Limits(workers=options.slots)
    print(
        f"{len(jobs)} jobs of 1 s, {options.slots} slots: {len(jobs) / options.slots:.1f} s without any cost"
    )
    taken = {}
    for name, engine in (("local", processes(limits, SLEEPER)), ("ray", on_ray(None, limits, SLEEPER))):
        first, taken[name] = seconds(engine, jobs)
        print(f"{name:>6}: {taken[name]:6.1f} s, the first job after {first:.1f} s", flush=True)
    print(f"ray / local {taken['ray'] / taken['local']:.3f} (at most 1.10)")


if __name__ == "__main__":
    main()
