"""A worker process: does one job after another until its input ends. ``python -m lutnet.engine.worker``."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import IO

from lutnet.engine.threads import one_thread_per_shot
from lutnet.engine.wire import Frame, Kind, read_job, read_opening, write_frame
from lutnet.errors import LutnetError
from lutnet.frames import keep_open
from lutnet.grading import grader
from lutnet.job import Job, Outcome

OPEN_SHARE = 16
"""Of the memory that a shot may take, what files that stay open may hold: they must not crowd it out."""


def main() -> None:
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print must not get among the replies
    lines: SimpleQueue[bytes] = SimpleQueue()
    opening = sys.stdin.buffer.readline()
    # A thread of its own, so that a worker whose parent was killed ends in the middle of a job that hangs.
    Thread(target=_listen, args=(sys.stdin.buffer, lines), daemon=True).start()
    recipe, memory = read_opening(opening)
    one_thread_per_shot()
    keep_open(memory // OPEN_SHARE)
    try:
        do = grader(recipe)
    except LutnetError as error:
        write_frame(replies, Frame(Kind.FAILED, str(error).encode()))
        return
    _bound_memory(memory)
    write_frame(replies, Frame(Kind.READY))
    while True:
        job = read_job(lines.get())
        try:
            outcome = do(job)
        except MemoryError:
            _leave(replies, job, memory)
        except RuntimeError as error:
            if "memory" in str(error):  # how torch says it
                _leave(replies, job, memory)
            outcome = _failed(job, error)
        except Exception as error:
            outcome = _failed(job, error)
        write_frame(replies, Frame(Kind.OUTCOME, outcome.to_bytes()))


def _listen(stream: IO[bytes], lines: SimpleQueue[bytes]) -> None:
    for line in stream:
        lines.put(line)
    os._exit(0)


def _failed(job: Job, error: Exception) -> Outcome:
    told = str(error) if isinstance(error, LutnetError) else f"{type(error).__name__}: {error}"
    return Outcome.skipped(job.shot, f"grading it failed ({told})")


def _leave(replies: IO[bytes], job: Job, memory: int) -> None:
    outcome = Outcome.skipped(job.shot, f"decoding it took more than {memory / 2**30:.1f} GB of memory")
    write_frame(replies, Frame(Kind.LAST_OUTCOME, outcome.to_bytes()))
    os._exit(0)


def _bound_memory(allowance: int) -> None:
    """Let this process take ``allowance`` bytes more than it has now, where the system can bound it."""
    try:
        import resource

        lines = Path("/proc/self/status").read_text().splitlines()
    except (ImportError, OSError):
        return
    data = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmData:"))
    resource.setrlimit(resource.RLIMIT_DATA, (data + allowance, data + allowance))


if __name__ == "__main__":
    main()
