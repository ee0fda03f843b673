"""Jobs in worker processes of this machine.

A process of its own for every decoder: one that crashes, hangs or eats memory takes its shot with it, which is
reported as skipped, and not the run. A worker that ends for another reason (the system was short of memory,
somebody killed it) gives its job a second try.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from math import inf
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from types import TracebackType
from typing import IO, Self

from lutnet.engine.wire import Frame, Kind, job_line, opening_line, read_frame
from lutnet.errors import InputError, LutnetError
from lutnet.job import Engine, Job, Outcome, Recipe

SHOT_SECONDS = 300.0
"""A shot that takes longer is given up: decoders hang. A 4K shot takes seconds."""
START_SECONDS = 300.0
"""A worker that is not ready by then never will be."""
TRIES = 2
MEMORY = 4 * 2**30
"""Bytes that a worker may take for its shot: 8K footage decodes within it."""
WORKER_MEMORY = 1_200_000_000
"""Bytes that a worker of ordinary footage has: as many are started as fit into the memory that is free."""
WORKER = "lutnet.engine.worker"
_TOLD = 30
_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Limits:
    """workers: processes; None is one per core, as far as memory reaches. seconds, memory: a shot's, at most."""

    workers: int | None = None
    seconds: float = SHOT_SECONDS
    memory: int = MEMORY

    def __post_init__(self) -> None:
        if self.workers is not None and self.workers < 1:
            raise InputError("too few workers", value=self.workers, allowed="1 and above, or 0 for none")
        if not 0 < self.seconds < inf:
            raise InputError("a shot has no time, or no end", value=self.seconds, allowed="seconds above 0")
        if self.memory < 2**28:
            raise InputError("a shot has too little memory", value=self.memory, allowed="0.25 GB and above")


def processes(limits: Limits | None = None, module: str = WORKER) -> Engine:
    """The engine of worker processes, which run ``module``. Outcomes come in the order they are finished in."""
    bounds = limits or Limits()

    def run(recipe: Recipe, jobs: Sequence[Job]) -> Iterator[tuple[Job, Outcome]]:
        count = min(bounds.workers or most_workers(), len(jobs))
        with Crew(recipe, bounds, module, count) as crew:
            yield from crew.done(jobs)

    return run


def most_workers() -> int:
    """One worker per core that this process may use, as many as fit into the memory that is free."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, _free_memory() // WORKER_MEMORY))


def _free_memory() -> int:
    with suppress(OSError, StopIteration):
        lines = Path("/proc/meminfo").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    return sys.maxsize


class _Worker:
    """A process, what it has been given to do, and until when."""

    def __init__(self, module: str, opening: bytes, heard: SimpleQueue[tuple[_Worker, Frame | None]]) -> None:
        self.job: Job | None = None
        self.deadline = time.monotonic() + START_SECONDS
        self.ready = False
        self._told: deque[str] = deque(maxlen=_TOLD)
        path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
        self._process = subprocess.Popen(  # noqa: S603 - a module of ours, by our own interpreter
            [sys.executable, "-P", "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"},
            start_new_session=True,  # Ctrl-C is for the parent to hear
        )
        self.send(opening)
        Thread(target=self._hear, args=(heard,), daemon=True).start()
        self._listener = Thread(target=self._listen, daemon=True)
        self._listener.start()

    def begin(self, job: Job, seconds: float) -> None:
        self.job, self.deadline = job, time.monotonic() + seconds
        self.send(job_line(job))

    def send(self, line: bytes) -> None:
        stream = self._process.stdin
        with suppress(BrokenPipeError):  # it has ended, as will be heard
            if stream is not None:
                stream.write(line)
                stream.flush()

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                _stream(stream).close()

    def last_words(self) -> str:
        """How it ended."""
        code = self._process.wait()
        self._listener.join(timeout=1.0)
        if code < 0:
            return f"the decoder crashed ({signal.Signals(-code).name})"
        return f"the worker ended ({code}): {self._told[-1] if self._told else 'it said nothing'}"

    def _hear(self, heard: SimpleQueue[tuple[_Worker, Frame | None]]) -> None:
        frame: Frame | None = Frame(Kind.READY)
        while frame is not None:
            try:
                frame = read_frame(_stream(self._process.stdout))
            except (OSError, ValueError):
                frame = None
            heard.put((self, frame))

    def _listen(self) -> None:
        with _stream(self._process.stderr) as stream:
            for line in stream:
                self._told.append(line.decode(errors="replace").strip())


def _stream(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise ValueError("the process was started without this pipe")
    return stream


class Crew:
    """``count`` worker processes that stay. Leaving the block ends them, whatever they are doing."""

    def __init__(self, recipe: Recipe, limits: Limits, module: str, count: int) -> None:
        self._opening = opening_line(recipe, limits.memory)
        self._limits = limits
        self._module = module
        self._heard: SimpleQueue[tuple[_Worker, Frame | None]] = SimpleQueue()
        self._workers = [self._new() for _ in range(count)]
        self._tries: Counter[str] = Counter()
        self._false_starts = 0
        self._waiting: deque[Job] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def end(self) -> None:
        for worker in self._workers:
            worker.end()

    def done(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Outcome]]:
        """Do jobs; outcomes come in the order they are finished in. To be asked again once all have come."""
        self._waiting.extend(jobs)
        for worker in self._workers:
            if worker.ready:
                self._occupy(worker)
        while self._waiting or any(worker.job for worker in self._workers):
            try:
                worker, frame = self._heard.get(timeout=self._patience())
            except Empty:
                yield from self._late()
                continue
            if worker in self._workers:
                yield from self._answered(worker, frame)

    def _answered(self, worker: _Worker, frame: Frame | None) -> Iterator[tuple[Job, Outcome]]:
        job, worker.job = worker.job, None
        if frame is None:
            yield from self._lost(worker, job)
        elif frame.kind is Kind.FAILED:
            raise InputError(frame.payload.decode())
        else:
            worker.ready, self._false_starts = True, 0
            if frame.kind is Kind.LAST_OUTCOME:
                self._replace(worker)
            else:
                self._occupy(worker)
            if job is not None:
                yield job, Outcome.from_bytes(frame.payload)

    def _lost(self, worker: _Worker, job: Job | None) -> Iterator[tuple[Job, Outcome]]:
        """A worker ended by itself: another takes its place, and its job where it has tries left."""
        told = worker.last_words()
        if not worker.ready:
            self._false_starts += 1
            if self._false_starts == TRIES:
                raise LutnetError(f"a worker process could not be started: {told}")
        self._replace(worker)
        if job is None:
            return
        self._tries[job.hash] += 1
        if self._tries[job.hash] < TRIES:
            self._waiting.appendleft(job)
        else:
            yield job, Outcome.skipped(job.shot, told)

    def _late(self) -> Iterator[tuple[Job, Outcome]]:
        now = time.monotonic()
        for worker in [each for each in self._workers if each.deadline <= now]:
            if not worker.ready:
                raise LutnetError(f"a worker process was not ready after {START_SECONDS:g} seconds")
            job = worker.job
            self._replace(worker)
            if job is not None:
                reason = f"grading it took more than {self._limits.seconds:g} seconds"
                yield job, Outcome.skipped(job.shot, reason)

    def _occupy(self, worker: _Worker) -> None:
        if self._waiting:
            worker.begin(self._waiting.popleft(), self._limits.seconds)
        else:
            worker.deadline = float("inf")

    def _replace(self, worker: _Worker) -> None:
        worker.end()
        self._workers[self._workers.index(worker)] = self._new()

    def _new(self) -> _Worker:
        return _Worker(self._module, self._opening, self._heard)

    def _patience(self) -> float | None:
        first = min(worker.deadline for worker in self._workers)
        return None if first == float("inf") else max(0.0, first - time.monotonic())
