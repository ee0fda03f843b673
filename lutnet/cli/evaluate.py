"""``lutnet evaluate``: the diagnosis by its protocols, on material it never saw.

U, M and C need a folder of right photographs, and so does U-ref; G, G-block and stability one of clips.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from rich.table import Table

from lutnet.cli.console import output, print_json, table
from lutnet.diagnosis.heads import HEADS
from lutnet.diagnosis.model import load_named
from lutnet.errors import InputError
from lutnet.training import seen_scenes, shots, with_reference
from lutnet.training.evaluate import EvaluateSettings, Evaluation, evaluate
from lutnet.training.report import Report
from lutnet.training.through import Through

SPLITS = 3
"""Split seeds of G: the seed and the two after it."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    defaults = EvaluateSettings(Path())
    parser.add_argument(
        "photos", type=Path, help="folder of right photographs, of sources not trained on; of clips for G"
    )
    parser.add_argument(
        "--protocol", choices=("U-M-C", *PROTOCOLS), default="U-M-C", help="default: %(default)s"
    )
    parser.add_argument("--paper", action="store_true", help="in G: the paper's 24 classes alone")
    parser.add_argument("--trunk", action="store_true", help="in G: with the trunk, not histograms alone")
    parser.add_argument("--weights", type=Path, help="weights to measure (default: those that ship)")
    parser.add_argument(
        "--classes",
        type=int,
        default=8,
        metavar="K",
        help="of the 43 single-fault classes, how many to try on each photograph (default: %(default)s)",
    )
    parser.add_argument(
        "--every", type=int, default=1, metavar="K", help="in U-ref: only every K-th photograph"
    )
    parser.add_argument("--seed", type=int, default=defaults.seed, help="default: %(default)s")
    parser.add_argument(
        "--noise", type=float, default=0.0, metavar="CODES", help="show the spoiled frames through noise"
    )
    parser.add_argument("--lines", type=int, help="reduce the spoiled frames to so many lines")
    parser.add_argument("--json", action="store_true", help="machine-readable output")


def run(options: argparse.Namespace) -> int:
    if options.protocol in PROTOCOLS:
        if not options.photos.is_dir():
            raise InputError("no such folder", value=options.photos)
        return _report(PROTOCOLS[options.protocol](options), options.json)
    through = Through(options.noise, options.lines)
    result = evaluate(
        EvaluateSettings(options.photos, options.weights, options.classes, options.seed, through=through)
    )
    if options.json:
        print_json(asdict(result))
    else:
        _print(result)
    return 0


def _report(report: Report, as_json: bool) -> int:
    if as_json:
        print_json(asdict(report))
        return 0
    output().print(f"{report.title}\n")
    rows = table("", *report.columns, right=report.columns[1:])
    for row in report.rows:
        rows.add_row(*row)
    output().print(rows)
    for note in report.notes:
        output().print(f"\n{note}")
    return 0


def _seen(options: argparse.Namespace, *, block: bool) -> Report:
    seeds = range(options.seed, options.seed + SPLITS)
    return seen_scenes.protocol(
        options.photos, seeds, block=block, trunk=options.trunk, paper_only=options.paper
    )


PROTOCOLS: dict[str, Callable[[argparse.Namespace], Report]] = {
    "U-ref": lambda options: with_reference.protocol(
        options.photos, options.classes, options.seed, options.every
    ),
    "G": lambda options: _seen(options, block=False),
    "G-block": lambda options: _seen(options, block=True),
    "stability": lambda options: shots.protocol(options.photos, load_named(options.weights)),
}


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
    console.print()
    console.print(_confusion(result))


def _confusion(result: Evaluation) -> Table:
    names = (*(head.name for head in HEADS), "clean")
    columns = tuple(name.replace("_", " ") for name in names)
    rows = table("U  what the faults of a row were named, per cent", "fault", *columns, right=columns)
    for true in names:
        shares = result.confusion.get(true, {})
        rows.add_row(true.replace("_", " "), *(f"{100 * shares.get(name, 0.0):.0f}" for name in names))
    return rows
