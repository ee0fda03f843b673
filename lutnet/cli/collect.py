"""``lutnet collect PLANDIR``: the package of a plan whose jobs are done."""

from __future__ import annotations

import argparse
from pathlib import Path

from lutnet.cli.console import progress
from lutnet.cli.grade import conclude
from lutnet.engine.farm import collected, read_plan
from lutnet.pipeline import carry_out


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("plan", type=Path, metavar="PLANDIR", help="a folder that lutnet plan wrote")
    parser.add_argument(
        "-o", "--output", type=Path, help="the package's folder (default: <name>.lutnet beside the timeline)"
    )
    parser.add_argument("--partly", action="store_true", help="skip shots whose jobs have no result yet")
    parser.add_argument("--json", action="store_true", help="print grades.json instead of the table")
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress, no table")


def run(options: argparse.Namespace) -> int:
    plan = read_plan(options.plan)
    engine = collected(options.plan, partly=options.partly)
    with progress(options.json or options.quiet) as report:
        graded = carry_out(
            plan,
            options.output,
            on_clip=lambda clip, done, total: report(clip.shot.name, done, total),
            engine=engine,
        )
    return conclude(graded, plan.settings, options)
