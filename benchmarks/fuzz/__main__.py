"""A coverage-guided fuzzer (atheris, that is libFuzzer) for the readers of strangers' files.

    python -m benchmarks.fuzz cube|cdl|hald|package|contents|subject [--minutes 10] [--seeds FOLDER] [--work FOLDER]

lutnet's code is instrumented; what other programs read is not, so that ``subject`` (all that ``lutnet check`` and
``lutnet lut`` read) walks blindly through OpenColorIO. ``contents`` is what lutnet asks of a file before, ``package``
a package with a damaged ``grades.json``, put into lists and CDLs again.
Whatever is raised that is no LutnetError, a crash of the process, more than 4 GiB of memory, and whatever takes longer
than a minute is a finding: the fuzzer stops with another exit code than 0, and leaves the input in ``--work``.
"""

from __future__ import annotations

import argparse
import logging
import sys
from contextlib import suppress
from pathlib import Path

import atheris
import PyOpenColorIO as ocio

from benchmarks.fuzz.seeds import LONGEST_SEED, TOKENS, seeds
from benchmarks.fuzz.targets import TARGETS, Target
from lutnet.errors import LutnetError


def feed(target: Target, folder: Path, data: bytes) -> None:
    number, content = (data[0], data[1:]) if target.is_chosen and data else (0, data)
    path = folder / f"input{target.suffixes[number % len(target.suffixes)]}"
    path.write_bytes(content)
    with suppress(LutnetError):
        target.read(path)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seeds", type=Path, help="folder of further files to start from")
    parser.add_argument("--work", type=Path, default=Path("fuzz-findings"), help="for corpus and findings")
    options = parser.parse_args()
    target = TARGETS[options.target]
    logging.disable(logging.CRITICAL)
    ocio.SetLoggingLevel(ocio.LOGGING_LEVEL_NONE)
    inputs = options.work / options.target
    corpus = inputs / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(seeds(target.suffixes, options.seeds)):
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
            f"-max_len={4 * LONGEST_SEED}",
            f"-len_control={0 if target.mutate else 100}",
            f"-dict={words}",
            f"-artifact_prefix={options.work}/",
            "-print_final_stats=1",
        ],
        lambda data: feed(target, inputs, data),
        **({} if target.mutate is None else {"custom_mutator": target.mutate}),
    )
    atheris.Fuzz()


def _escaped(token: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in token)


if __name__ == "__main__":
    main()
