"""``lutnet export PACKAGE``: bring a package's files up to what was decided; ``--carrier NAME``: further files."""

from __future__ import annotations

import argparse
from pathlib import Path

from lutnet.cli.console import output, table
from lutnet.errors import InputError, OutputError
from lutnet.export.carriers import CARRIERS, export_carriers, require_carriers
from lutnet.review.refresh import refresh_package


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("package", type=Path, nargs="?", help="a folder that lutnet grade wrote")
    parser.add_argument(
        "--carrier",
        action="append",
        default=[],
        metavar="NAME",
        help=f"any number of times; one of {', '.join(CARRIERS)}",
    )
    parser.add_argument(
        "-o", "--output", type=Path, help="folder to write to (default: carriers in the package)"
    )
    parser.add_argument(
        "--verify", action="store_true", help="re-read every file with another program before it counts"
    )


def run(options: argparse.Namespace) -> int:
    if options.package is None:
        _print_carriers()
        return 0
    _check(options)
    written = refresh_package(options.package)
    if written or not options.carrier:
        output().print(f"{options.package}: {written} clip{'s' if written != 1 else ''} brought up to date")
    if not options.carrier:
        return 0
    folders = export_carriers(options.package, options.carrier, options.output, verify=options.verify)
    for folder in folders:
        count = sum(path.is_file() for path in folder.iterdir())
        proof = ", re-read" if options.verify else ""
        output().print(f"{folder}: {count} file{'s' if count != 1 else ''}{proof}")
    return 0


def _check(options: argparse.Namespace) -> None:
    """Before anything is written. Raises InputError and OutputError."""
    require_carriers(options.carrier)
    if options.output is None:
        return
    if not options.carrier:
        raise InputError(
            "-o is where further files go, and none is asked for",
            value=options.output,
            fix="Say which with --carrier; without -o, the package itself is brought up to date.",
        )
    if options.output.is_file():
        raise OutputError(
            "the folder to write to is a file", where=options.output, fix="Name a folder with -o."
        )


def _print_carriers() -> None:
    rows = table("carriers", "name", "files", "holds", "precision")
    for carrier in CARRIERS.values():
        rows.add_row(carrier.name, carrier.writes, carrier.holds, carrier.precision)
    output().print(rows)
