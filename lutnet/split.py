"""Clips whose light changes cut in two, where the offer of two grades is taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from lutnet.delivery import Order
from lutnet.job import Job, Recipe, jobs_of
from lutnet.result import ClipResult
from lutnet.timeline.split import cut_in_two


def split_where_light_changes(
    order: Order,
    results: Sequence[ClipResult],
    recipe: Recipe,
    done: Callable[[Sequence[Job]], list[ClipResult]],
) -> tuple[Order, list[ClipResult]]:
    """What is to be delivered, and the results of its clips, once those whose light changes are two each.

    results: of every clip before that, in order. done: does jobs that are not done yet. Each clip is cut once: what
    still changes inside a part is offered, not taken.
    """
    turns = {each.shot.id: each.light.frame for each in results if each.light is not None}
    timeline = cut_in_two(order.timeline, turns)
    if timeline is order.timeline:
        return order, list(results)
    jobs = jobs_of(timeline.shots, recipe)
    hashes = {job.shot.id: job.hash for job in jobs}
    whole = frozenset(
        order.jobs.values()
    )  # kept, so that the next run knows where to cut without looking again
    run = replace(order.run, split=True)
    return replace(order, timeline=timeline, jobs=hashes, run=run, spared=whole), done(jobs)
