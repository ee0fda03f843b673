"""A package in which a run would change nothing: told by a hash of all that it follows from, each result read once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lutnet.continuity.decided import cuts_as_decided
from lutnet.continuity.results import Context, scenes_key
from lutnet.delivery import Order, stands
from lutnet.job import Job
from lutnet.result import ClipResult
from lutnet.store import Store


def unchanged(
    store: Store, jobs: Sequence[Job], order: Order, context: Context
) -> tuple[ClipResult, ...] | None:
    """Every clip as people decided, where ``store`` and the package beside it are what ``order`` asks for.

    None where anything is to be done: a job that is not finished, another order, other decisions, files that somebody
    changed or removed, a run that was stopped while it wrote.
    """
    todo = [job for job in jobs if job.shot.skipped is None]
    if context.fresh or not {job.hash for job in todo} <= store.finished(job.hash for job in todo):
        return None
    known = store.proposed()
    if [result.shot.id for result in known] != [job.shot.id for job in jobs]:
        return None
    known = tuple(replace(result, shot=job.shot) for result, job in zip(known, jobs, strict=True))
    order = replace(order, joined=scenes_key(known, order.jobs, context))
    if not stands(store, known, order):
        return None
    return cuts_as_decided(store.decided(known), order.pictures(store), order.view)
