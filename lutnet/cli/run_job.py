"""``lutnet run-job PLANDIR ID...``: do jobs of a plan; their results go into the plan's folder."""

from __future__ import annotations

import argparse
from pathlib import Path

from lutnet.cli.console import output
from lutnet.cli.engine import add_engine, engine_of
from lutnet.cli.main import EXIT_SKIPPED
from lutnet.engine.farm import chosen, read_plan, run_jobs
from lutnet.result import Status


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("plan", type=Path, metavar="PLANDIR", help="a folder that lutnet plan wrote")
    parser.add_argument(
        "ids", nargs="+", metavar="ID", help="ids of jobs.txt, or places in it: 7, or 1-50; the first is 1"
    )
    parser.add_argument("--fresh", action="store_true", help="do jobs that are done once more")
    parser.add_argument("-q", "--quiet", action="store_true", help="no line per job")
    add_engine(parser)


def run(options: argparse.Namespace) -> int:
    plan = read_plan(options.plan)
    jobs = chosen(plan, options.ids)
    left_out = False
    for result in run_jobs(options.plan, plan, jobs, engine_of(options), fresh=options.fresh):
        left_out |= result.status is Status.SKIPPED
        if not options.quiet:
            said = f"skipped: {result.warnings[0]}" if result.status is Status.SKIPPED else "done"
            output().print(f"{result.shot.id}  {result.shot.name}  {said}")
    return EXIT_SKIPPED if left_out else 0
