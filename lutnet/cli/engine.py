"""The options that say who does the work, and how much a shot may take."""

from __future__ import annotations

import argparse
import os

from lutnet.engine.local import MEMORY, SHOT_SECONDS, Limits, processes
from lutnet.engine.threads import one_thread_per_shot
from lutnet.job import Engine
from lutnet.pipeline import in_this_process

GIGABYTE = 2**30


def add_engine(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--workers",
        type=int,
        metavar="N",
        help="worker processes (default: one per core, as memory allows; 0: none, all in this process)",
    )
    parser.add_argument(
        "--timeout",
        type=float,
        default=SHOT_SECONDS,
        metavar="SECONDS",
        help="a shot that takes longer is skipped (default: %(default)g)",
    )
    parser.add_argument(
        "--memory",
        type=float,
        default=MEMORY / GIGABYTE,
        metavar="GB",
        help="a shot that needs more is skipped (default: %(default)g)",
    )


def engine_of(options: argparse.Namespace) -> Engine:
    """Raises InputError for limits that cannot be."""
    if options.workers == 0:
        one_thread_per_shot()
        return in_this_process
    os.environ["OMP_NUM_THREADS"] = "1"  # for torch, should this process come to need it
    return processes(Limits(options.workers, options.timeout, int(options.memory * GIGABYTE)))
