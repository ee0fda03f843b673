"""The product on one page: timeline -> shots -> frames -> diagnosis -> refinement -> package."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from lutnet.colourspace import ColourSettings, colour_management
from lutnet.continuity.halves import with_halves
from lutnet.continuity.results import Context, in_scenes, load, with_heroes
from lutnet.continuity.undeclared import without_log
from lutnet.delivery import OnClip, Order, deliver, gathered, kept
from lutnet.errors import InputError
from lutnet.export.package import check_folder, default_folder
from lutnet.frames import probe, read_frames
from lutnet.grade import Diagnosis, Grade
from lutnet.grading import grader
from lutnet.job import Engine, Job, Outcome, Recipe, jobs_of
from lutnet.looks import Look, find_look, look_on
from lutnet.reference import find_reference, shown_frame
from lutnet.result import ClipResult, Status
from lutnet.settings import GradeSettings, stated
from lutnet.shot import Frames, as_frames
from lutnet.source import open_timeline
from lutnet.split import split_where_needed
from lutnet.store import Store
from lutnet.timeline import Timeline, timeline_of_media
from lutnet.unchanged import unchanged

if TYPE_CHECKING:
    from torch import Tensor


WORKERS = min(4, os.cpu_count() or 1)
"""Shots under way at once. Threads, because decoding and colour maths run outside Python's lock."""


@dataclass(frozen=True, slots=True)
class GradedTimeline:
    """A graded timeline: the package's folder, and one result per clip in timeline order."""

    folder: Path
    clips: tuple[ClipResult, ...]

    @property
    def skipped(self) -> tuple[ClipResult, ...]:
        return tuple(clip for clip in self.clips if clip.status is Status.SKIPPED)


@dataclass(frozen=True, eq=False, slots=True)
class Plan:
    """What a run will do, before anything is decoded. jobs: one per shot, in timeline order."""

    timeline: Timeline
    recipe: Recipe
    settings: GradeSettings
    jobs: tuple[Job, ...]

    @property
    def folder(self) -> Path:
        """Where the package goes unless told otherwise."""
        return default_folder(self.timeline.path)


def diagnose(
    frames: Tensor | Frames,
    reference: Tensor | Frames | None = None,
    *,
    weights: Path | str | None = None,
) -> Diagnosis:
    """Say what is wrong with one shot; see ``lutnet.diagnosis.diagnose``.

    With a reference, which is right, say what sets the shot apart from it: exactly where both show the same
    scene, by what is wrong with each where they do not.
    weights: a file of ``lutnet train``, a show's own for instance. Raises WeightsError where it is none.
    """
    from lutnet import refinement
    from lutnet.diagnosis.model import load_named

    model = load_named(None if weights is None else Path(weights))
    shot = as_frames(frames)
    if reference is None:
        found, _ = refinement.diagnosed(shot, model)
    else:
        found = refinement.diagnose_beside(shot, as_frames(reference), model)
    return refinement.told_of_light(found, shot)


def diagnose_scene(shots: Sequence[Tensor | Frames], *, weights: Path | str | None = None) -> list[Diagnosis]:
    """Say what is wrong with shots that share camera and light; see ``lutnet.diagnosis.scene``.

    One Diagnosis per shot: the same corrections for all, each with the grade for its own colours.
    """
    from lutnet.diagnosis import scene
    from lutnet.diagnosis.model import load_named
    from lutnet.refinement import told_of_light

    model = load_named(None if weights is None else Path(weights))
    frames = [as_frames(shot) for shot in shots]
    found = scene.diagnose_scene(frames, model=model)
    return [told_of_light(each, shot) for each, shot in zip(found, frames, strict=True)]


def match(
    frames: Tensor | Frames,
    reference: Tensor | Frames,
    strength: float = 1.0,
    *,
    cdl_only: bool = False,
    keep_brightness: bool = False,
) -> Grade:
    """The grade that brings one shot to a reference.

    Parameters
    ----------
    frames, reference: ``[N, 3, H, W]`` in 0..1, encoded in the same space; sizes may differ.
    strength: 0 is the identity, 1 the full grade; the graded value is ``x + strength * (G(x) - x)``.
    cdl_only: the best CDL alone. keep_brightness: the mean luma of ``frames`` stays.
    Raises InputError for NaN, another shape, or a strength below 0.
    """
    from lutnet import refinement

    sets = (as_frames(reference),)
    return refinement.refine(
        as_frames(frames), sets, strength=strength, cdl_only=cdl_only, keep_brightness=keep_brightness
    ).grade


def grade_timeline(
    timeline: Path | str | Timeline,
    reference: Path | str | None = None,
    output: Path | str | None = None,
    settings: GradeSettings | None = None,
    on_clip: OnClip = lambda *_: None,
    *,
    engine: Engine | None = None,
) -> GradedTimeline:
    """Grade every clip of a timeline and write its package.

    Parameters
    ----------
    timeline: a timeline of any format, a film, or a timeline that was read.
    reference: an image, a video, a folder of images, or ``clip:NAME``; None corrects the faults found.
    output: the package's folder; None is ``<stem>.lutnet`` beside the timeline.
    on_clip: hears of every finished clip: its result, how many are done, of how many.
    engine: what does the jobs (see ``lutnet.engine``); None does them in this process.

    What an earlier run has computed from the same media, reference, settings and program is not computed again, unless
    ``settings.fresh``; a run that was stopped goes on. Clips that cannot be read are skipped and reported in their
    results. Raises LutnetError for anything that keeps the whole from being done; nothing is written then.
    """
    found = timeline if isinstance(timeline, Timeline) else open_timeline(timeline)
    plan = plan_of(found, reference, settings or GradeSettings())
    return carry_out(plan, output, on_clip, engine=engine or in_this_process)


def match_file(
    source: Path | str,
    reference: Path | str,
    output: Path | str | None = None,
    settings: GradeSettings | None = None,
    on_clip: OnClip = lambda *_: None,
    *,
    engine: Engine | None = None,
) -> GradedTimeline:
    """Grade one still or video file to a reference: the package of a timeline of one clip."""
    info = probe(Path(source))
    timeline = timeline_of_media(Path(source), info.rate, info.frame_count)
    plan = plan_of(timeline, reference, settings or GradeSettings())
    return carry_out(plan, output, on_clip, engine=engine or in_this_process)


def fit_look(
    reference: Path | str,
    frames: Sequence[Path | str],
    name: str,
    *,
    caption: str = "",
    balance: float = 1.0,
    cdl_only: bool = False,
    colour: ColourSettings | None = None,
) -> Look:
    """The look that brings ``frames`` (images or videos), each balanced first, to ``reference``.

    caption: what is kept of it in words; "" says what it rests on. balance: how much of their faults is undone before
    (0: they are as they should be without the look). Raises InputError where the reference carries no look.
    """
    from lutnet import refinement

    if not frames:
        raise InputError("no frame to fit a look on", allowed="one or more")
    management = colour_management(colour or ColourSettings())
    references = find_reference(str(reference)).seen(management).sets
    shots = [management.seen_clip(read_frames(Path(path))) for path in frames]
    found = refinement.fit_look(shots, references, balance=balance, cdl_only=cdl_only)
    return Look(name, found.grade, caption or found.said, management.view.display)


def plan_of(timeline: Timeline, reference: Path | str | None, settings: GradeSettings) -> Plan:
    """The jobs of a timeline. Raises InputError where reference, weights or a colour space do not exist."""
    colour = colour_management(settings.colour)
    timeline = replace(timeline, shots=colour.declared(timeline.shots, timeline.clips))
    source = None if reference is None else find_reference(str(reference), timeline)
    recipe = Recipe(
        source,
        settings.strength,
        settings.frames,
        settings.weights,
        settings.colour,
        settings.cdl_only,
        settings.keep_brightness,
        None if settings.look is None else find_look(settings.look),
        settings.balance,
    )
    if recipe.look is not None:
        look_on(colour.view.display, recipe.look)  # what cannot be used is refused before anything is decoded
    return Plan(timeline, recipe, settings, jobs_of(timeline.shots, recipe))


def in_this_process(recipe: Recipe, jobs: Sequence[Job]) -> Iterator[tuple[Job, Outcome]]:
    """The engine without another process: WORKERS threads. A decoder that crashes takes the whole run down."""
    do = grader(recipe)
    with ThreadPoolExecutor(WORKERS, thread_name_prefix="shot") as pool:
        waiting: deque[tuple[Job, Future[Outcome]]] = deque()
        for job in jobs:
            waiting.append((job, pool.submit(do, job)))
            if len(waiting) > WORKERS:  # few are under way, so memory stays flat
                done, future = waiting.popleft()
                yield done, future.result()
        while waiting:
            done, future = waiting.popleft()
            yield done, future.result()


def carry_out(
    plan: Plan,
    output: Path | str | None = None,
    on_clip: OnClip = lambda *_: None,
    *,
    engine: Engine = in_this_process,
) -> GradedTimeline:
    """Have the jobs of a plan done that are not done yet, and write the package."""
    folder = plan.folder if output is None else Path(output)
    check_folder(folder)
    settings, recipe, jobs = plan.settings, plan.recipe, plan.jobs
    hashes = {job.shot.id: job.hash for job in jobs}
    colour = colour_management(recipe.colour)
    delivered = (settings.carriers, settings.verify, settings.discard_decisions)
    shown = partial(shown_frame, recipe.reference, colour)
    run = stated(recipe, settings, colour)
    wishes = with_heroes(settings.scenes, plan.timeline.shots)
    order = Order(plan.timeline, hashes, run, colour.view, *delivered, shown)
    context = Context(recipe, colour.view, wishes, not settings.discard_decisions, settings.fresh)
    with kept(folder), Store(folder) as store:
        if context.decided and not settings.split:  # which may cut what was decided about
            store.require_undecided(hashes)
        if not settings.split and (same := unchanged(store, jobs, order, context)) is not None:
            for number, result in enumerate(same, start=1):
                on_clip(result, number, len(same))
            return GradedTimeline(folder, same)

        def done(jobs: Sequence[Job]) -> list[ClipResult]:
            finished = frozenset() if settings.fresh else store.finished(job.hash for job in jobs)
            if context.solves and any(job.hash not in finished for job in jobs):
                Thread(target=load, name="load", daemon=True).start()
            results = gathered(store, jobs, finished, partial(engine, recipe), on_clip)
            return without_log(store, results, {job.shot.id: job.hash for job in jobs})

        single = done(jobs)
        if settings.split:
            order, single = split_where_needed(order, single, recipe, done)
        found = in_scenes(store, single, order.jobs, context)
        offered = with_halves(found.results, order.pictures(store), colour.view)
        order = replace(order, joined=found.key, parts=found.parts)
        return GradedTimeline(folder, deliver(store, offered, order))
