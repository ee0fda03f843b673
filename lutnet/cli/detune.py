"""``lutnet detune SOURCE... -o FOLDER``: right frames spoiled in known ways, with labels."""

from __future__ import annotations

import argparse
from pathlib import Path

from lutnet.cli.console import output, print_json
from lutnet.training.spoil import LABELS_CSV, LABELS_JSON, SpoilSettings, parse_class, spoil_files


def add_arguments(parser: argparse.ArgumentParser) -> None:
    defaults = SpoilSettings()
    parser.add_argument(
        "sources", type=Path, nargs="+", metavar="SOURCE", help="a still, a video, a folder of stills"
    )
    parser.add_argument("-o", "--output", type=Path, required=True, help="a new or empty folder")
    parser.add_argument(
        "--fault",
        action="append",
        metavar="CLASS",
        help="tint, tint+66, paper (its 24 classes); any number of times (default: all 42)",
    )
    parser.add_argument(
        "--faults", type=int, default=defaults.faults, metavar="N", help="at once (default: 1)"
    )
    parser.add_argument(
        "--strength",
        type=int,
        nargs=2,
        metavar=("LOW", "HIGH"),
        help="any amount between, per cent, not only levels",
    )
    parser.add_argument(
        "--per-frame",
        type=int,
        default=defaults.per_frame,
        metavar="K",
        help="draws of each frame with several faults or --strength (default: %(default)s)",
    )
    parser.add_argument("--no-clean", action="store_true", help="leave the right frame out")
    parser.add_argument(
        "--frames",
        type=int,
        default=defaults.frames,
        metavar="K",
        help="of each video (default: %(default)s)",
    )
    parser.add_argument("--seed", type=int, default=defaults.seed, help="default: %(default)s")
    parser.add_argument("--json", action="store_true", help="machine-readable output")


def run(options: argparse.Namespace) -> int:
    classes = tuple(dict.fromkeys(each for text in options.fault or () for each in parse_class(text)))
    settings = SpoilSettings(
        classes or SpoilSettings().classes,
        options.faults,
        options.per_frame,
        tuple(options.strength) if options.strength else None,
        not options.no_clean,
        options.frames,
        options.seed,
    )
    labels = spoil_files(options.sources, options.output, settings)
    if options.json:
        print_json({"folder": str(options.output), "frames": len(labels)})
    else:
        output().print(f"{len(labels)} frames, {LABELS_CSV} and {LABELS_JSON} are in {options.output}.")
    return 0
