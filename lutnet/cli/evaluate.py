"""``lutnet evaluate``: the diagnosis by protocols U, M and C on photographs it never saw."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from lutnet.cli.console import output, print_json, table
from lutnet.training.evaluate import EvaluateSettings, Evaluation, evaluate
from lutnet.training.through import Through


def add_arguments(parser: argparse.ArgumentParser) -> None:
    defaults = EvaluateSettings(Path())
    parser.add_argument("photos", type=Path, help="folder of right photographs, of sources not trained on")
    parser.add_argument("--weights", type=Path, help="weights to measure (default: those that ship)")
    parser.add_argument(
        "--classes",
        type=int,
        default=8,
        metavar="K",
        help="of the 43 single-fault classes, how many to try on each photograph (default: %(default)s)",
    )
    parser.add_argument("--seed", type=int, default=defaults.seed, help="default: %(default)s")
    parser.add_argument(
        "--noise", type=float, default=0.0, metavar="CODES", help="show the spoiled frames through noise"
    )
    parser.add_argument("--lines", type=int, help="reduce the spoiled frames to so many lines")
    parser.add_argument("--json", action="store_true", help="machine-readable output")


def run(options: argparse.Namespace) -> int:
    through = Through(options.noise, options.lines)
    result = evaluate(
        EvaluateSettings(options.photos, options.weights, options.classes, options.seed, through=through)
    )
    if options.json:
        print_json(asdict(result))
    else:
        _print(result)
    return 0


def _print(result: Evaluation) -> None:
    console = output()
    unseen = result.unseen
    console.print(f"{result.photos} photographs\n")
    console.print(
        f"U  one fault of 43 classes: exact {100 * unseen.exact:.1f} %, or neighbouring level "
        f"{100 * unseen.neighbour:.1f} %\n"
    )
    rows = table(
        "M  several faults: mean DE2000 to the clean frame",
        "faults", "before", "CDL", "CDL + LUT", "less with the CDL",
        right=("faults", "before", "CDL", "CDL + LUT", "less with the CDL"),
    )  # fmt: skip
    for number, score in sorted(result.several.items()):
        rows.add_row(
            str(number),
            f"{score.before.mean:.2f}",
            f"{score.cdl.mean:.2f}",
            f"{score.grade.mean:.2f}",
            f"{100 * score.cdl_gain:.0f} %",
        )
    console.print(rows)
    for name, spread in result.baselines.items():
        console.print(f"   seven faults after {name}: {spread.mean:.2f}")
    console.print(
        f"\nC  clean frames are moved by DE {result.clean.median:.2f} (median), {result.clean.p90:.2f} (90 %)\n"
    )
    heads = table(
        "Heads", "correction", "level error", "calibration error", right=("level error", "calibration error")
    )
    for head in result.heads:
        heads.add_row(head.name.replace("_", " "), f"{head.level_error:.3f}", f"{head.calibration_error:.3f}")
    console.print(heads)
