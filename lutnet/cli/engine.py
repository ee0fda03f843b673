"""The options that say who does the work, and how much a shot may take."""

from __future__ import annotations

import argparse
import os
from math import isfinite

from lutnet.engine.cluster import on_ray
from lutnet.engine.local import MEMORY, SHOT_SECONDS, Limits, processes
from lutnet.engine.threads import one_thread_per_shot
from lutnet.errors import InputError
from lutnet.job import Engine
from lutnet.pipeline import in_this_process

GIGABYTE = 2**30


ENGINES = ("local", "ray")


def add_engine(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--engine",
        choices=ENGINES,
        default=ENGINES[0],
        help="local: worker processes of this machine; ray: a Ray cluster (default: %(default)s)",
    )
    parser.add_argument(
        "--address",
        metavar="HOST:PORT",
        help="of the Ray cluster, or auto (default: Ray is started on this machine)",
    )
    parser.add_argument(
        "--workers",
        type=int,
        metavar="N",
        help="worker processes (default: one per core, as memory allows; 0: none, all in this process); "
        "shots under way on Ray",
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
    if options.address is not None and options.engine != "ray":
        raise InputError(
            "only Ray has an address", value=options.address, where="--address", fix="Add --engine ray."
        )
    if options.engine == "ray":
        return on_ray(options.address, limits_of(options))
    if options.workers == 0:
        one_thread_per_shot()
        return in_this_process
    os.environ["OMP_NUM_THREADS"] = "1"  # for torch, should this process come to need it
    return processes(limits_of(options))


def limits_of(options: argparse.Namespace) -> Limits:
    if not isfinite(options.memory):
        raise InputError(
            "no amount of memory", value=options.memory, allowed="0.25 GB and above", where="--memory"
        )
    return Limits(options.workers, options.timeout, int(options.memory * GIGABYTE))
