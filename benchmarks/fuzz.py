"""A coverage-guided fuzzer (atheris, that is libFuzzer) for the readers of strangers' files.

    python -m benchmarks.fuzz cube|cdl|hald|package|contents|subject [--minutes 10] [--seeds FOLDER] [--work FOLDER]

lutnet's code is instrumented; what other programs read is not, so ``subject`` walks blindly through OpenColorIO,
which a fork of the fuzzer tries first, as lutnet does in a process of its own; ``contents`` is what lutnet asks of a
file before.
Whatever is raised that is no LutnetError, a crash of the process, more than 4 GiB of memory, and whatever takes longer
than a minute (OpenColorIO alone is given half of one) is a finding: the fuzzer stops with another exit code than 0,
and leaves the input in ``--work``.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["lutnet"], enable_loader_override=False):
    from lutnet.certificate import contents, read_subject, subject
    from lutnet.export.cdl_xml import read_cc
    from lutnet.export.cube_reader import read_cube_file
    from lutnet.export.hald_reader import read_hald
    from lutnet.export.manifest import read_manifest

import cv2
import numpy as np
import PyOpenColorIO as ocio

from lutnet.certificate.trial import LIMIT_SECONDS
from lutnet.errors import GradeFileError, LutnetError
from lutnet.export.cdl_xml import cc_text
from lutnet.export.cube import cube_bytes
from lutnet.grade import CDL, LUT3D

LONGEST_SEED = 20_000
_CUBE = cube_bytes(
    LUT3D(np.linspace(0, 1, 24, dtype=np.float32).reshape(2, 2, 2, 3)), title="seed", comments=("seed",)
)
_SHAPED = (
    b"LUT_1D_SIZE 2\nLUT_1D_INPUT_RANGE 0 1\nLUT_3D_SIZE 2\n0 0 0\n1 1 1\n" + _CUBE.split(b"SIZE 2\n")[1]
)
_HALD = bytes(cv2.imencode(".png", np.zeros((8, 8, 3), np.uint16))[1])
SEEDS = {".cube": (_CUBE, _SHAPED), ".cc": (cc_text(CDL(), id="seed").encode(),), ".png": (_HALD,)}
TOKENS = (
    b"LUT_1D_SIZE", b"LUT_3D_SIZE", b"LUT_1D_INPUT_RANGE", b"LUT_3D_INPUT_RANGE", b"DOMAIN_MIN", b"DOMAIN_MAX",
    b"LUT_IN_VIDEO_RANGE", b"TITLE", b"nan", b"inf", b"1e999", b"0,5", b"\xef\xbb\xbf", b"1_0", b"0x1p3",
    b"99999999999999999999", b"<SOPNode>", b"</SOPNode>", b"<Slope>", b"<SatNode>", b"&amp;", b"<!DOCTYPE a>",
    b"<!ENTITY b 'c'>", b"<![CDATA[", b"xmlns='u'", b"CSPLUTV100", b"SPILUT 1.0", b"3DMESH", b"ProcessList", b"IHDR",
    b"IDAT", b"IEND", "\u0661".encode(),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """suffixes: of the files that ``read`` takes; where there are several, an input's first byte chooses."""

    suffixes: tuple[str, ...]
    read: Callable[[Path], object]


def look_at(path: Path) -> None:
    """All that lutnet itself asks of a file before OpenColorIO may try it."""
    for question in (
        contents.require_suffix,
        contents.require_plain_numbers,
        contents.assumed_depth,
        contents.require_self_contained,
    ):
        with suppress(LutnetError):
            question(path)


def try_in_a_fork(path: Path) -> tuple[str, ...]:
    """``lutnet.certificate.trial.try_reading``, a hundred times as fast."""
    child = os.fork()
    if child == 0:
        for number in (signal.SIGALRM, signal.SIGSEGV, signal.SIGABRT, signal.SIGFPE, signal.SIGBUS):
            signal.signal(number, signal.SIG_DFL)  # libFuzzer's handlers would report what lutnet refuses
        signal.alarm(round(LIMIT_SECONDS))
        try:
            ocio.Config.CreateRaw().getProcessor(ocio.FileTransform(str(path)))
        except ocio.Exception:
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if status:
        raise GradeFileError("OpenColorIO does not read the LUT", where=path)
    return ()


TARGETS = {
    "cube": Target((".cube",), read_cube_file),
    "cdl": Target((".cc",), read_cc),
    "hald": Target((".png",), read_hald),
    "package": Target((".json",), read_manifest),
    "contents": Target((".3dl", ".csp", ".clf"), look_at),
    "subject": Target(
        (".cube", ".cc", ".ccc", ".cdl", ".clf", ".ctf", ".3dl", ".csp", ".spi3d", ".spi1d", ".itx", ".look",
         ".vf", ".m3d"),
        read_subject,
    ),
}  # fmt: skip


def seeds(target: Target, folder: Path | None) -> list[bytes]:
    """Inputs to start from: small files of the target's formats, each after the byte that chooses its format."""
    files = [(suffix, data) for suffix, contents in SEEDS.items() for data in contents]
    if folder is not None:
        files += [
            (path.suffix, path.read_bytes())
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.stat().st_size < LONGEST_SEED
        ]
    chooser = len(target.suffixes) > 1
    return [
        bytes([target.suffixes.index(suffix)]) * chooser + data
        for suffix, data in files
        if suffix in target.suffixes
    ]


def feed(target: Target, folder: Path, data: bytes) -> None:
    number, content = (data[0], data[1:]) if len(target.suffixes) > 1 and data else (0, data)
    path = folder / f"input{target.suffixes[number % len(target.suffixes)]}"
    path.write_bytes(content)
    with suppress(LutnetError):
        target.read(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seeds", type=Path, help="folder of further files to start from")
    parser.add_argument("--work", type=Path, default=Path("fuzz-findings"), help="for corpus and findings")
    options = parser.parse_args()
    target = TARGETS[options.target]
    logging.disable(logging.CRITICAL)
    ocio.SetLoggingLevel(ocio.LOGGING_LEVEL_NONE)
    subject.try_reading = try_in_a_fork
    corpus = options.work / options.target
    corpus.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(seeds(target, options.seeds)):
        (corpus / f"seed-{number}").write_bytes(data)
    words = options.work / "tokens"
    words.write_text("".join(f'"{_escaped(token)}"\n' for token in TOKENS))
    atheris.Setup(
        [
            sys.argv[0],
            str(corpus),
            f"-max_total_time={round(60 * options.minutes)}",
            "-timeout=60",
            "-rss_limit_mb=4096",
            f"-max_len={LONGEST_SEED}",
            f"-dict={words}",
            f"-artifact_prefix={options.work}/",
            "-print_final_stats=1",
        ],
        lambda data: feed(target, options.work, data),
    )
    atheris.Fuzz()


def _escaped(token: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in token)


if __name__ == "__main__":
    main()
