"""Random grades through every carrier and back: ``python -m benchmarks.carriers [--grades 200] [--carrier NAME]``.

Each grade is a random CDL with a random smooth LUT, seeds 0 to 199; every file is re-read by the other reader.
The bars: CDL within 1e-6, LUT within the precision that the format states. What a carrier refuses is counted. Grades go
in groups of ten, to bound the disk used.
"""

from __future__ import annotations

import argparse
import time
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from lutnet.errors import OutputError
from lutnet.export.carriers import CARRIERS, write_carriers
from lutnet.export.carriers.record import CarriedClip, Delivery
from lutnet.grade import CDL, LUT3D, Grade
from lutnet.ops.lut3d import identity_lattice
from lutnet.shot import FrameRange, Shot

RATE = Fraction(24)
GROUP = 10


def some_clip(seed: int) -> CarriedClip:
    draw = np.random.default_rng(seed)
    cdl = CDL(
        tuple(draw.uniform(0.5, 1.6, 3)),
        tuple(draw.uniform(-0.2, 0.2, 3)),
        tuple(draw.uniform(0.6, 1.5, 3)),
        float(draw.uniform(0, 1.8)),
    )
    lattice = identity_lattice(33).numpy()
    waves = np.sin(np.pi * lattice)
    lut = LUT3D(
        np.clip(lattice + waves * (waves @ draw.uniform(-0.08, 0.08, (3, 3))), 0, 1).astype(np.float32)
    )
    start = Fraction(86400 + 48 * seed)
    shot = Shot(
        id=f"{seed:08x}",
        name=f"sh{seed:03}",
        track=1,
        track_name="V1",
        record=FrameRange(start, Fraction(48), RATE),
        source=FrameRange(start, Fraction(48), RATE),
        media=f"/media/{seed}.mov",
    )
    return CarriedClip(shot, shot.name, Grade(cdl, lut))


def carried(name: str, clips: tuple[CarriedClip, ...]) -> tuple[float, list[str]]:
    """The largest difference of the clips that the carrier takes, and why it refuses the others."""
    delivery = Delivery("cut", "benchmark", "Rec.1886 Rec.709 - Display", RATE, clips)
    with TemporaryDirectory() as folder:
        try:
            write_carriers(delivery, [name], Path(folder))
        except OutputError as error:
            if len(clips) == 1:
                return 0.0, [error.what]
        else:
            return CARRIERS[name].verify(Path(folder) / name, delivery), []
    parts = [carried(name, (clip,)) for clip in clips]
    return max(difference for difference, _ in parts), [reason for _, reasons in parts for reason in reasons]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--grades", type=int, default=200)
    parser.add_argument("--carrier", action="append", choices=CARRIERS)
    options = parser.parse_args()
    print(
        "| carrier | re-read alike | largest difference | stated precision | refused |\n|---|---|---|---|---|"
    )
    for name in options.carrier or CARRIERS:
        start = time.perf_counter()
        worst, refused = 0.0, []
        for first in range(0, options.grades, GROUP):
            clips = tuple(some_clip(seed) for seed in range(first, min(first + GROUP, options.grades)))
            difference, reasons = carried(name, clips)
            worst, refused = max(worst, difference), refused + reasons
        why = f"{len(refused)}: {'; '.join(sorted(set(refused)))}" if refused else "0"
        row = f"| `{name}` | {options.grades - len(refused)} | {worst:.1e} | {CARRIERS[name].precision} | {why} |"
        print(row, f"  {time.perf_counter() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
