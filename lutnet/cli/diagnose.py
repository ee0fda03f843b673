"""``lutnet diagnose FRAME...``: what is wrong with stills or clips."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.table import Table

from lutnet.cli.colour import add_colour, colour_of
from lutnet.cli.console import output, print_json, table
from lutnet.colourspace import colour_management
from lutnet.diagnosis.heads import HEADS
from lutnet.diagnosis.words import NOTABLE_LEVEL, amount
from lutnet.frames import read_frames
from lutnet.grade import Diagnosis
from lutnet.pipeline import diagnose
from lutnet.plain import cdl_to_plain, corrections_to_plain, fault_to_plain


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("frames", nargs="+", metavar="FRAME", type=Path, help="a still or a video file")
    parser.add_argument(
        "--ref",
        type=Path,
        metavar="REF",
        help="a still or clip that is right: say what sets each FRAME apart",
    )
    parser.add_argument(
        "--weights", type=Path, metavar="FILE", help="of lutnet train: a show's own sense of right"
    )
    add_colour(parser)
    parser.add_argument("--json", action="store_true", help="machine-readable output")


def run(options: argparse.Namespace) -> int:
    # All are read before anything is said: one bad name must not leave half an answer.
    colour = colour_management(colour_of(options))
    frames = [(path, colour.seen_file(read_frames(path))) for path in options.frames]
    reference = None if options.ref is None else colour.seen_file(read_frames(options.ref))
    diagnoses = [(path, diagnose(each, reference, weights=options.weights)) for path, each in frames]
    if options.json:
        print_json([_entry(path, diagnosis) for path, diagnosis in diagnoses])
    else:
        for path, diagnosis in diagnoses:
            output().print(_table(path, diagnosis))
            for warning in diagnosis.warnings:
                output().print(f"  warning: {warning}")
            output().print()
    return 0


def _entry(path: Path, diagnosis: Diagnosis) -> dict[str, object]:
    fault = diagnosis.fault
    return {
        "file": str(path),
        "corrections": corrections_to_plain(diagnosis.corrections),
        "fault": None if fault is None else fault_to_plain(fault),
        "cdl": cdl_to_plain(diagnosis.cdl),
        "warnings": list(diagnosis.warnings),
    }


def _table(path: Path, diagnosis: Diagnosis) -> Table:
    rows = table(path.name, "correction", "finding", "amount", "confidence", right=("amount", "confidence"))
    for head in HEADS:
        correction = diagnosis.corrections[head.name]
        fine = abs(correction.level) < NOTABLE_LEVEL
        word = "leave alone" if fine else head.positive if correction.level > 0 else head.negative
        rows.add_row(
            head.name.replace("_", " "),
            word,
            "" if fine else amount(head, correction),
            f"{100 * correction.confidence:.0f} %",
            style="dim" if fine else None,
        )
    return rows
