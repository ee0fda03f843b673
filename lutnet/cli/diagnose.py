"""``lutnet diagnose FRAME...``: what is wrong with stills or clips."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.table import Table

from lutnet.cli.colour import add_colour, colour_of
from lutnet.cli.console import output, print_json, table
from lutnet.colourspace import colour_management
from lutnet.diagnosis.explain import explain, explanation_png
from lutnet.diagnosis.heads import HEADS
from lutnet.diagnosis.model import load_named
from lutnet.diagnosis.words import NOTABLE_LEVEL, amount, nature
from lutnet.errors import InputError
from lutnet.export.atomic import cannot_write, write_bytes
from lutnet.export.naming import portable_stem
from lutnet.frames import read_frames
from lutnet.grade import Diagnosis
from lutnet.pipeline import diagnose, diagnose_scene
from lutnet.plain import cdl_to_plain, corrections_to_plain, fault_to_plain
from lutnet.shot import Frames


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("frames", nargs="+", metavar="FRAME", type=Path, help="a still or a video file")
    parser.add_argument(
        "--ref",
        type=Path,
        metavar="REF",
        help="a still or clip that is right: say what sets each FRAME apart",
    )
    parser.add_argument(
        "--scene",
        action="store_true",
        help="the FRAMEs share camera and light: name the one fault that all of them show",
    )
    parser.add_argument(
        "--weights", type=Path, metavar="FILE", help="of lutnet train: a show's own sense of right"
    )
    add_colour(parser)
    parser.add_argument(
        "--explain", type=Path, metavar="FOLDER", help="draw which part of the frame spoke for each finding"
    )
    parser.add_argument("--json", action="store_true", help="machine-readable output")


def run(options: argparse.Namespace) -> int:
    if options.scene and options.ref is not None:
        raise InputError(
            "a scene is diagnosed without a reference", value=options.ref, fix="Leave out --scene or --ref."
        )
    # All are read before anything is said: one bad name must not leave half an answer.
    colour = colour_management(colour_of(options))
    frames = [(path, colour.seen_file(read_frames(path))) for path in options.frames]
    reference = None if options.ref is None else colour.seen_file(read_frames(options.ref))
    if options.scene:
        together = diagnose_scene([each for _, each in frames], weights=options.weights)
        diagnoses = list(zip(options.frames, together, strict=True))
    else:
        diagnoses = [(path, diagnose(each, reference, weights=options.weights)) for path, each in frames]
    if options.explain is not None:
        _explain(options, frames, diagnoses)
    if options.json:
        print_json([_entry(path, diagnosis) for path, diagnosis in diagnoses])
    else:
        for path, diagnosis in diagnoses:
            output().print(_table(path, diagnosis))
            if (kind := nature(diagnosis)) is not None and diagnosis.faulty is not None:
                sure = max(diagnosis.faulty, 1.0 - diagnosis.faulty)
                output().print(f"  {kind}, {100 * sure:.0f} %")
            for warning in diagnosis.warnings:
                output().print(f"  warning: {warning}")
            output().print()
        if options.explain is not None:
            count = len(diagnoses)
            output().print(
                f"{count} picture{'s' if count != 1 else ''} of what spoke for it: {options.explain}"
            )
    return 0


def _explain(
    options: argparse.Namespace, frames: list[tuple[Path, Frames]], diagnoses: list[tuple[Path, Diagnosis]]
) -> None:
    """One picture per file, drawn before any is written."""
    model = load_named(options.weights)
    pictures = [
        explanation_png(explain(each, model=model), found)
        for (_, each), (_, found) in zip(frames, diagnoses, strict=True)
    ]
    try:
        options.explain.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(options.explain, error) from error
    for number, ((path, _), picture) in enumerate(zip(frames, pictures, strict=True)):
        write_bytes(options.explain / f"{number:03d}_{portable_stem(path.stem)}.png", picture)


def _entry(path: Path, diagnosis: Diagnosis) -> dict[str, object]:
    fault = diagnosis.fault
    return {
        "file": str(path),
        "corrections": corrections_to_plain(diagnosis.corrections),
        "fault": None if fault is None else fault_to_plain(fault),
        "cdl": cdl_to_plain(diagnosis.cdl),
        "faulty": diagnosis.faulty,
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
