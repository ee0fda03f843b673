"""Reading and writing a 65-point ``.cube`` beside OpenColorIO and colour-science.

    python -m benchmarks.cube_io [--rounds 7]

The programs take turns in every round, so that a machine whose speed drifts drifts for all; ratios are medians of
the rounds' ratios. The bars: reading <= 1.5 x OpenColorIO, writing <= 2 x colour-science.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import colour
import numpy as np
import PyOpenColorIO as ocio

from lutnet.export.cube import read_cube, write_cube
from lutnet.grade import LUT3D

POINTS = 65


def some_lut() -> LUT3D:
    ramp = np.linspace(0, 1, POINTS)
    lattice = np.stack(np.meshgrid(ramp, ramp, ramp, indexing="ij"), -1)
    return LUT3D((lattice + 0.05 * np.sin(np.pi * lattice[..., ::-1])).astype(np.float32))


def read_by_ocio(path: Path) -> None:
    ocio.ClearAllCaches()
    ocio.Config.CreateRaw().getProcessor(ocio.FileTransform(str(path)))


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    lut = some_lut()
    theirs = colour.LUT3D(lut.table.astype(np.float64), "benchmark")
    with TemporaryDirectory() as folder:
        ours_path, their_path = Path(folder, "ours.cube"), Path(folder, "theirs.cube")
        write_cube(ours_path, lut, title="benchmark")
        jobs = {
            "read, lutnet": lambda: read_cube(ours_path),
            "read, OpenColorIO": lambda: read_by_ocio(ours_path),
            "read, colour-science": lambda: colour.read_LUT(str(ours_path)),
            "write, lutnet": lambda: write_cube(ours_path, lut, title="benchmark"),
            "write, colour-science": lambda: colour.write_LUT(theirs, str(their_path)),
        }
        times = {name: [] for name in jobs}
        for _ in range(rounds):
            for name, job in jobs.items():
                times[name].append(seconds(job))
    for name, taken in times.items():
        print(f"{name:24} {1000 * statistics.median(taken):8.1f} ms")
    for verb, other, bar in (("read", "OpenColorIO", 1.5), ("write", "colour-science", 2.0)):
        pairs = zip(times[f"{verb}, lutnet"], times[f"{verb}, {other}"], strict=True)
        ratio = statistics.median(ours / their for ours, their in pairs)
        print(f"{verb}: {ratio:.2f} x {other} (bar {bar})")


if __name__ == "__main__":
    main()
