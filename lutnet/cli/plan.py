"""``lutnet plan TIMELINE -o PLANDIR``: what ``grade`` would do, as jobs for a farm."""

from __future__ import annotations

import argparse
from pathlib import Path

from lutnet.cli.console import output, print_json
from lutnet.cli.grade import add_reference, add_settings, settings_of
from lutnet.cli.source import add_timeline, timeline_of_options
from lutnet.engine.farm import JOBS, write_plan
from lutnet.pipeline import plan_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_timeline(parser)
    add_reference(parser, required=False)
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="PLANDIR", help="a folder that all machines see"
    )
    add_settings(parser)
    parser.add_argument("--json", action="store_true", help="print the ids of the jobs as JSON")


def run(options: argparse.Namespace) -> int:
    plan = plan_of(timeline_of_options(options), options.ref, settings_of(options))
    todo = write_plan(plan, options.output)
    if options.json:
        print_json({"plan": str(options.output), "jobs": todo})
        return 0
    output().print(f"{len(todo)} jobs for {len(plan.jobs)} clips are in {options.output / JOBS}. Next:")
    output().print(f"  lutnet run-job {options.output} 1-{len(todo)}   (any part of it, on any machine)")
    output().print(f"  lutnet collect {options.output}")
    return 0
