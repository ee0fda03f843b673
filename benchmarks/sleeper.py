"""A worker whose shots take one second and no core: what is left is what the engine costs."""

from __future__ import annotations

import time
from collections.abc import Callable

from lutnet.engine import worker
from lutnet.job import Job, Outcome, Recipe

SECONDS = 1.0


def sleeper(recipe: Recipe) -> Callable[[Job], Outcome]:
    del recipe

    def sleep(job: Job) -> Outcome:
        time.sleep(SECONDS)
        return Outcome.skipped(job.shot, "slept")

    return sleep


if __name__ == "__main__":
    vars(worker).update(grader=sleeper, one_thread_per_shot=lambda: None)
    worker.main()
