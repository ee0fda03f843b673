"""Jobs on a Ray cluster: every slot of every node keeps a warm worker process, the one of the local engine.

So what a decoder does wrong is met as it is on one machine. Ray does the rest: which node takes a shot, and another
one where a node is lost. A node says which media are near to it by resources named ``media:FOLDER``::

    ray start --address=HEAD:6379 --resources='{"media:/mnt/reel_07": 1}'
"""

from __future__ import annotations

import os
import socket
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import cycle, islice, zip_longest
from pathlib import PurePath
from typing import Any

from lutnet.engine.local import WORKER, WORKER_MEMORY, Crew, Limits
from lutnet.engine.wire import Frame, Kind, job_line, read_job
from lutnet.errors import InputError, LutnetError
from lutnet.job import Engine, Job, Outcome, Recipe, maker

MEDIA = "media:"
RETRIES = 3
"""Times that a shot is begun again, where its node or its process was lost."""
AHEAD = 4
"""Shots handed to Ray for every core: enough to keep it busy, few enough for a long film to cost no memory."""
KNOCK_SECONDS = 10.0

_SETTINGS = {
    "RAY_USAGE_STATS_ENABLED": "0",  # it would report home
    "RAY_enable_metrics_collection": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # without it, a warning of what a later release will do
}


def on_ray(address: str | None = None, limits: Limits | None = None, module: str = WORKER) -> Engine:
    """The engine of the Ray cluster at ``address`` (``HOST:PORT``, or ``auto``); None starts Ray on this machine.

    limits: as of ``processes``; workers is how many shots may be under way. Every node needs this lutnet, and media
    and reference under the same paths. Raises InputError where Ray is not installed or does not answer.
    """
    bounds = limits or Limits()

    def run(recipe: Recipe, jobs: Sequence[Job]) -> Iterator[tuple[Job, Outcome]]:
        with _connected(address, bounds.workers) as ray:
            yield from _done(ray, _Common(recipe, maker(), replace(bounds, workers=1), module), jobs, bounds)

    return run


@dataclass(frozen=True, slots=True)
class _Common:
    """What the tasks of one run share."""

    recipe: Recipe
    maker: str
    limits: Limits
    module: str


def _done(ray: Any, common: _Common, jobs: Sequence[Job], limits: Limits) -> Iterator[tuple[Job, Outcome]]:
    task = ray.remote(_do).options(num_cpus=1, memory=WORKER_MEMORY, max_retries=RETRIES)
    shared = ray.put(common)
    waiting = _spread(ray, jobs)
    under_way: dict[Any, Job] = {}
    try:
        while True:
            room = limits.workers or AHEAD * int(ray.cluster_resources().get("CPU", 1))
            for job, node in islice(waiting, max(0, room - len(under_way))):
                placed = task if node is None else task.options(scheduling_strategy=node)
                under_way[placed.remote(shared, job_line(job))] = job
            if not under_way:
                return
            (ended,), _ = ray.wait(list(under_way), num_returns=1)
            job = under_way.pop(ended)
            yield job, _outcome(ray, ended, job)
    finally:
        for left in under_way:
            ray.cancel(left, force=True)


def _do(common: _Common, line: bytes) -> Frame:
    """What Ray runs, in a process of its own: one job, by the worker that this process keeps."""
    if common.maker != maker():
        return Frame(Kind.FAILED, b"a node has another release of lutnet, or other weights or packages")
    if common not in _kept:
        while _kept:
            _kept.popitem()[1].end()
        _kept[common] = Crew(common.recipe, common.limits, common.module, 1)
    try:
        ((_, outcome),) = _kept[common].done([read_job(line)])
    except LutnetError as error:
        _kept.pop(common).end()
        return Frame(Kind.FAILED, str(error).encode())
    return Frame(Kind.OUTCOME, outcome.to_bytes())


_kept: dict[_Common, Crew] = {}


def _outcome(ray: Any, task: Any, job: Job) -> Outcome:
    try:
        frame = ray.get(task)
    except ray.exceptions.RayTaskError as error:
        raise LutnetError(f"a node of the cluster failed: {error.cause!r}") from error
    except ray.exceptions.RayError as error:
        told = str(error).strip().partition("\n")[0]
        return Outcome.skipped(job.shot, f"its node or process was lost {RETRIES + 1} times ({told})")
    if frame.kind is Kind.FAILED:
        raise InputError(frame.payload.decode())
    return Outcome.from_bytes(frame.payload)


def _spread(ray: Any, jobs: Sequence[Job]) -> Iterator[tuple[Job, Any]]:
    """Jobs with the node that their media are near to, if any, in turns, so that no node has to wait for work."""
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    nodes: dict[PurePath, list[str]] = defaultdict(list)
    for node in ray.nodes():
        for name in node["Resources"] if node["Alive"] else ():
            if name.startswith(MEDIA):
                nodes[PurePath(name.removeprefix(MEDIA))].append(node["NodeID"])
    turns = {folder: cycle(ids) for folder, ids in nodes.items()}
    queues: dict[str | None, list[Job]] = defaultdict(list)
    for job in jobs:
        near = [folder for folder in turns if PurePath(job.shot.media or "").is_relative_to(folder)]
        queues[next(turns[max(near, key=lambda folder: len(folder.parts))]) if near else None].append(job)
    for turn in zip_longest(*queues.values()):
        for node, job in zip(queues, turn, strict=True):
            if job is not None:
                yield job, None if node is None else NodeAffinitySchedulingStrategy(node, soft=True)


@contextmanager
def _connected(address: str | None, cores: int | None) -> Iterator[Any]:
    """Ray, connected; a connection that the caller has is used and stays."""
    for name, value in _SETTINGS.items():
        os.environ.setdefault(name, value)
    try:
        import ray
    except ImportError as error:
        raise InputError("Ray is not installed", fix="Type: pip install 'lutnet[ray]'") from error
    if ray.is_initialized():
        yield ray
        return
    quietly = {"include_dashboard": False, "log_to_driver": False, "logging_level": "ERROR"}
    try:
        if address is None:
            ray.init("local", num_cpus=cores, **quietly)
        else:
            _knock(address)
            ray.init(address, log_to_driver=False, logging_level="ERROR")
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise InputError(
            f"no Ray cluster answers ({reason})",
            value=address,
            allowed="HOST:PORT, or auto",
            where="--address",
        ) from error
    try:
        yield ray
    finally:
        ray.shutdown()


def _knock(address: str) -> None:
    """Raise OSError or ValueError where nobody listens: Ray itself would wait for minutes."""
    if address != "auto":
        host, _, port = address.rpartition(":")
        socket.create_connection((host, int(port)), KNOCK_SECONDS).close()
