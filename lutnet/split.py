"""Clips that one grade cannot serve cut in two: where a cut is inside, and where the offer of two grades is taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from lutnet.delivery import Order
from lutnet.job import Job, Recipe, jobs_of
from lutnet.result import ClipResult
from lutnet.timeline.split import cut_in_two


def split_where_needed(
    order: Order,
    results: Sequence[ClipResult],
    recipe: Recipe,
    done: Callable[[Sequence[Job]], list[ClipResult]],
) -> tuple[Order, list[ClipResult]]:
    """What is to be delivered, and the results of its clips, once those that one grade cannot serve are cut.

    results: of every clip before that, in order. done: does jobs that are not done yet. A clip is cut at every cut
    inside it that is found, and once where its light changes: what still changes inside a part is offered, not taken.
    """
    found = list(results)
    while cuts := {each.shot.id: each.cuts_inside[0].frame for each in found if each.cuts_inside}:
        before = order.timeline
        order, found = _cut(order, found, cuts, recipe, done)
        if order.timeline is before:
            break
    turns = {each.shot.id: each.light.frame for each in found if each.light is not None}
    return _cut(order, found, turns, recipe, done)


def _cut(
    order: Order,
    results: list[ClipResult],
    frames: dict[str, int],
    recipe: Recipe,
    done: Callable[[Sequence[Job]], list[ClipResult]],
) -> tuple[Order, list[ClipResult]]:
    """Both once clips are cut at ``frames``, by shot id, as ``cut_in_two`` has it."""
    timeline = cut_in_two(order.timeline, frames)
    if timeline is order.timeline:
        return order, results
    jobs = jobs_of(timeline.shots, recipe)
    hashes = {job.shot.id: job.hash for job in jobs}
    # What was whole is kept, so that the next run knows where to cut without looking again.
    spared = order.spared | frozenset(order.jobs.values())
    run = replace(order.run, split=True)
    return replace(order, timeline=timeline, jobs=hashes, run=run, spared=spared), done(jobs)
