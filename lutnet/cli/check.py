"""``lutnet check FILE...``: a certificate for every LUT and CDL.

Exit codes: 0 all sound; 1 defects; 2 a file that cannot be read.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from lutnet.certificate import Certificate, certify_subject, read_subject
from lutnet.certificate.occupancy import DISPLAY, SPACES
from lutnet.certificate.picture import picture_png
from lutnet.cli.console import output, print_json, table
from lutnet.errors import GradeFileError, InputError
from lutnet.export.atomic import write_bytes

EXIT_DEFECTS = 1
EXIT_UNREADABLE = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files", type=Path, nargs="+", metavar="FILE", help=".cube, .clf, .3dl, .cc, ... or Hald"
    )
    parser.add_argument(
        "--space",
        default=DISPLAY,
        choices=SPACES,
        metavar="SPACE",
        help=f"encoding of the inputs, which says what colours pictures hold: {'; '.join(SPACES)} "
        "(default: the first)",
    )
    parser.add_argument(
        "--picture", type=Path, metavar="PNG", help="draw the neutral curve, the cube and a ramp"
    )
    parser.add_argument("--json", action="store_true", help="machine-readable output")


def run(options: argparse.Namespace) -> int:
    if options.picture is not None and len(options.files) > 1:
        raise InputError(
            "one picture is of one file", value=len(options.files), allowed="--picture with one FILE"
        )
    if options.picture is not None and options.picture.suffix.lower() != ".png":
        raise InputError("picture is a PNG", value=str(options.picture), allowed="a name that ends in .png")
    certificates, unreadable = [], []
    for path in options.files:
        try:
            subject = read_subject(path)
        except GradeFileError as error:
            unreadable.append((path, error))
            continue
        certificates.append(certify_subject(subject, options.space))
        if options.picture is not None:
            write_bytes(options.picture, picture_png(subject, certificates[-1]))
    if options.json:
        print_json(_document(certificates, unreadable))
    else:
        _print(certificates, unreadable)
    if unreadable:
        return EXIT_UNREADABLE
    return 0 if all(certificate.is_sound for certificate in certificates) else EXIT_DEFECTS


def _document(
    certificates: list[Certificate], unreadable: list[tuple[Path, GradeFileError]]
) -> list[dict[str, object]]:
    looked_at: list[dict[str, object]] = [
        {
            "file": str(certificate.path),
            "verdict": "sound" if certificate.is_sound else "defects",
            "space": certificate.space,
            "findings": [
                {
                    "question": finding.question,
                    "verdict": finding.verdict.value,
                    "text": finding.text,
                    "values": dict(finding.values),
                }
                for finding in certificate.findings
            ],
        }
        for certificate in certificates
    ]
    refused: list[dict[str, object]] = [
        {"file": str(path), "verdict": "unreadable", "error": str(error)} for path, error in unreadable
    ]
    return looked_at + refused


def _print(certificates: list[Certificate], unreadable: list[tuple[Path, GradeFileError]]) -> None:
    console = output()
    for certificate in certificates:
        verdict = "sound" if certificate.is_sound else "DEFECTS"
        console.print(f"{certificate.path}: {verdict}", style="bold", soft_wrap=True)
        rows = table("", "question", "verdict", "finding")
        for finding in certificate.findings:
            rows.add_row(finding.question, finding.verdict.value, finding.text)
        console.print(rows)
        console.print(f"inputs taken as {certificate.space}\n", style="dim")
    for _, error in unreadable:
        print(f"lutnet: unreadable: {error}", file=sys.stderr)
