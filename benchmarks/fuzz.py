"""A coverage-guided fuzzer for the readers of strangers' files.

    python -m benchmarks.fuzz cube|cc|hald|subject [--minutes 10] [--seeds FOLDER]

Inputs that reach a new line-to-line step of lutnet's code are kept and mutated further. Whatever is raised that is no
LutnetError, and whatever takes longer than ten seconds, is a finding: its input is written to ``fuzz-findings``, and
the exit code is 1. A crash of the whole process leaves the input in ``fuzz-findings/last``.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Any

import cv2
import numpy as np

import lutnet
from lutnet.certificate import read_subject
from lutnet.errors import LutnetError
from lutnet.export.cdl_xml import cc_text, read_cc
from lutnet.export.cube import cube_bytes
from lutnet.export.cube_reader import read_cube_file
from lutnet.export.hald_reader import read_hald
from lutnet.grade import CDL, LUT3D

FINDINGS = Path("fuzz-findings")
HANG_SECONDS = 10.0
_HOME = str(Path(lutnet.__file__).parent)
_TOKENS = [
    b"LUT_1D_SIZE 2\n", b"LUT_3D_SIZE 2\n", b"LUT_1D_INPUT_RANGE 0 1\n", b"LUT_3D_INPUT_RANGE 0 1\n",
    b"DOMAIN_MIN 0 0 0\n", b"DOMAIN_MAX 1 1 1\n", b"LUT_IN_VIDEO_RANGE\n", b'TITLE "x"\n', b"nan", b"inf", b"1e999",
    b"-0", b"0,5", b"# ", b"\r", b"\xef\xbb\xbf", b"\0", b"\t", b"99999999999999999999", b"<SOPNode>", b"</SOPNode>",
    b"<Slope>", b"1 1 1", b"&amp;", b"<!DOCTYPE a>", b"<!ENTITY b 'c'>", b"<![CDATA[", b"xmlns='u'", "\u0661".encode(),
    b"1_0", b"0x1p3",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    suffixes: tuple[str, ...]
    read: Callable[[Path], object]


TARGETS = {
    "cube": Target((".cube",), read_cube_file),
    "cc": Target((".cc",), read_cc),
    "hald": Target((".png",), read_hald),
    "subject": Target(
        (".cube", ".cc", ".ccc", ".cdl", ".clf", ".3dl", ".csp", ".spi3d", ".spi1d"), read_subject
    ),
}


@dataclass
class Coverage:
    """Steps from line to line within lutnet."""

    seen: set[tuple[str, int, int]] = field(default_factory=set)
    fresh: int = 0

    def trace(self, frame: FrameType, event: str, argument: Any) -> Callable[..., Any] | None:
        if not frame.f_code.co_filename.startswith(_HOME):
            return None
        last = frame.f_lineno
        name = frame.f_code.co_filename

        def lines(frame: FrameType, event: str, argument: Any) -> Callable[..., Any]:
            nonlocal last
            step = (name, last, frame.f_lineno)
            if step not in self.seen:
                self.seen.add(step)
                self.fresh += 1
            last = frame.f_lineno
            return lines

        return lines


def built_in_seeds() -> list[tuple[str, bytes]]:
    lut = LUT3D(np.linspace(0, 1, 24, dtype=np.float32).reshape(2, 2, 2, 3))
    cube = cube_bytes(lut, title="seed", comments=("seed",))
    shaped = (
        b"LUT_1D_SIZE 2\nLUT_1D_INPUT_RANGE 0 1\nLUT_3D_SIZE 2\n0 0 0\n1 1 1\n" + cube.split(b"SIZE 2\n")[1]
    )
    _, png = cv2.imencode(".png", np.zeros((8, 8, 3), np.uint16))
    return [
        (".cube", cube),
        (".cube", shaped),
        (".cc", cc_text(CDL(), id="seed").encode()),
        (".png", bytes(png)),
    ]


def mutated(data: bytes, other: bytes, draw: random.Random) -> bytes:
    made = bytearray(data)
    for _ in range(draw.choice((1, 1, 2, 4, 8))):
        at = draw.randint(0, len(made))
        match draw.randrange(6):
            case 0:
                made[at:at] = draw.choice(_TOKENS)
            case 1:
                made[at : at + draw.randint(1, 40)] = b""
            case 2:
                made[at : at + 1] = bytes([draw.randrange(256)])
            case 3:
                start = draw.randint(0, len(other))
                made[at:at] = other[start : start + draw.randint(1, 60)]
            case 4:
                made[at : at + draw.randint(1, 8)] = draw.choice(_TOKENS)
            case _:
                start = draw.randint(0, len(made))
                made[at:at] = made[start : start + draw.randint(1, 60)]
    return bytes(made[:100_000])


def finding(suffix: str, data: bytes, text: str) -> None:
    FINDINGS.mkdir(exist_ok=True)
    path = FINDINGS / f"{abs(hash(data)):x}{suffix}"
    path.write_bytes(data)
    print(f"{path}: {text}")


def fuzz(
    target: Target, seeds: list[tuple[str, bytes]], minutes: float, folder: Path
) -> tuple[int, int, int]:
    """Returns how many inputs were tried, kept, and found at fault."""
    draw = random.Random(time.time_ns())  # noqa: S311 - another walk every time
    coverage, pool, faults, tried = Coverage(), list(seeds), 0, 0
    FINDINGS.mkdir(exist_ok=True)
    end = time.monotonic() + 60 * minutes
    while time.monotonic() < end:
        suffix, data = draw.choice(pool)
        if tried >= len(seeds):
            data = mutated(data, draw.choice(pool)[1], draw)
        path = folder / f"input{suffix}"
        path.write_bytes(data)
        (FINDINGS / "last").write_bytes(data)
        tried, coverage.fresh, start = tried + 1, 0, time.monotonic()
        sys.settrace(coverage.trace)
        try:
            target.read(path)
        except LutnetError:
            pass
        except Exception:
            sys.settrace(None)
            faults += 1
            finding(suffix, data, traceback.format_exc())
        finally:
            sys.settrace(None)
        if time.monotonic() - start > HANG_SECONDS:
            faults += 1
            finding(suffix, data, "takes too long")
        if coverage.fresh:
            pool.append((suffix, data))
    return tried, len(pool) - len(seeds), faults


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seeds", type=Path, help="folder of further files to start from")
    options = parser.parse_args()
    target = TARGETS[options.target]
    seeds = built_in_seeds()
    if options.seeds is not None:
        seeds += [(p.suffix, p.read_bytes()) for p in sorted(options.seeds.rglob("*")) if p.is_file()]
    seeds = [(suffix, data) for suffix, data in seeds if suffix in target.suffixes and len(data) < 20_000]
    with TemporaryDirectory() as folder:
        tried, kept, faults = fuzz(target, seeds, options.minutes, Path(folder))
    print(f"{options.target}: {tried} inputs, {kept} kept for new steps, {faults} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
