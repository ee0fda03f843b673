"""``lutnet match SOURCE --ref REF``: one still or clip, the same package."""

from __future__ import annotations

import argparse
from pathlib import Path

from lutnet.cli.console import progress
from lutnet.cli.engine import engine_of
from lutnet.cli.grade import add_options, add_reference, conclude, settings_of, told_to
from lutnet.pipeline import match_file


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", type=Path, help="a still or a video file")
    add_reference(parser, required=True)
    add_options(parser, clips=False)


def run(options: argparse.Namespace) -> int:
    settings = settings_of(options)
    with progress(options.json or options.quiet) as report:
        graded = match_file(
            options.source,
            options.ref,
            options.output,
            settings,
            on_clip=told_to(report),
            engine=engine_of(options),
        )
    return conclude(graded, settings, options)
