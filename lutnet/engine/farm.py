"""A plan as a folder, for farm managers: plain commands do its jobs on any machine, in any order, any number of times.

::

    PLANDIR/
      plan.json                    recipe, settings and jobs
      timeline.otio                the timeline as it was planned
      jobs.txt                     the ids of the jobs to do, one a line
      results/<hash>.safetensors   one per job that is done (see Outcome)

Results are named by what they follow from and put in place whole, so that machines cannot disturb each other
on a network drive, where databases do not belong. Only collecting writes a package.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio

from lutnet.continuity.wishes import SceneWishes
from lutnet.errors import InputError, LutnetError
from lutnet.export.atomic import cannot_write, write_bytes, write_text
from lutnet.export.otio import timeline_text
from lutnet.job import Engine, Job, Outcome, Recipe, maker
from lutnet.pipeline import Plan
from lutnet.plain import Json, why_malformed
from lutnet.result import ClipResult, LutPer, Status
from lutnet.settings import GradeSettings
from lutnet.timeline.read import timeline_of
from lutnet.timeline.record import Timeline

PLAN = "plan.json"
TIMELINE = "timeline.otio"
JOBS = "jobs.txt"
RESULTS = "results"
FORMAT = "lutnet-plan"
VERSION = 1
DELIVERED = ("bake", "discard_decisions", "carriers", "verify")
"""Settings that only the package follows from; the others are the recipe's."""
_HASH = re.compile(r"[0-9a-f]{64}")


def write_plan(plan: Plan, folder: Path) -> list[str]:
    """Write ``plan`` to ``folder``, which may hold an older plan, whose results still count where they fit.

    Returns the ids of the jobs to do. Raises OutputError, and InputError where clips are to be cut by what is found.
    """
    if plan.settings.split:
        raise InputError(
            "where clips are cut is found when their jobs are done, and a plan is made before",
            value="--split",
            fix="Leave it out, or give it to lutnet grade.",
        )
    try:
        (folder / RESULTS).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error
    todo = list({job.hash: job.shot.id for job in plan.jobs if job.shot.skipped is None}.values())
    timeline = plan.timeline
    document = {
        "format": FORMAT,
        "version": VERSION,
        "maker": maker(),
        "timeline": {
            "path": str(timeline.path.absolute()),
            "name": timeline.name,
            "rate": str(timeline.rate),
        },
        "settings": {name: getattr(plan.settings, name) for name in DELIVERED},
        "scenes": asdict(plan.settings.scenes),
        "recipe": plan.recipe.to_plain(),
        "jobs": [job.to_plain() for job in plan.jobs],
    }
    write_text(folder / TIMELINE, timeline_text(timeline.otio))
    write_text(folder / JOBS, "".join(f"{shot_id}\n" for shot_id in todo))
    write_text(folder / PLAN, json.dumps(document, indent=1) + "\n")
    return todo


def read_plan(folder: Path) -> Plan:
    """Raises InputError where it is missing, damaged, or another lutnet's, whose results would differ."""
    path = folder / PLAN
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        if plain["format"] != FORMAT or plain["version"] != VERSION:
            raise ValueError(f"format {plain['format']} {plain['version']}")
        if plain["maker"] != maker():
            raise InputError(
                "the plan was made by another release of lutnet, or other weights or packages",
                where=path,
                fix="Use the same everywhere, or plan again.",
            )
        return _plan(plain, folder)
    except OSError as error:
        raise InputError(f"cannot read the plan: {error.strerror}", where=path) from error
    except (KeyError, TypeError, ValueError, otio.exceptions.OTIOError) as error:
        raise InputError(f"not a plan: {why_malformed(error)}", where=path, fix="Plan again.") from error


def chosen(plan: Plan, ids: Sequence[str]) -> list[Job]:
    """The jobs named by shot id, or by place in ``jobs.txt`` (``7``, ``1-50``; the first is 1).

    Raises InputError for a name of neither kind.
    """
    jobs = {job.hash: job for job in plan.jobs if job.shot.skipped is None}
    todo = list(jobs.values())
    by_id = {job.shot.id: jobs[job.hash] for job in plan.jobs if job.hash in jobs}
    found: dict[str, Job] = {}
    for name in ids:
        places = re.fullmatch(r"(\d{1,7})(?:-(\d{1,7}))?", name)
        if name in by_id:
            named = [by_id[name]]
        elif places:
            named = todo[int(places[1]) - 1 : int(places[2] or places[1])] if int(places[1]) else []
        else:
            named = []
        if not named:
            raise InputError("no job of the plan", value=name, allowed=f"a line of {JOBS}, 1 to {len(todo)}")
        found.update((job.hash, job) for job in named)
    return list(found.values())


def run_jobs(
    folder: Path, plan: Plan, jobs: Sequence[Job], engine: Engine, *, fresh: bool = False
) -> Iterator[ClipResult]:
    """Do jobs and put their results into ``folder``. Those that are done are not done again, unless ``fresh``."""
    todo = [job for job in jobs if fresh or not _is_done(folder, job)]
    for job, outcome in engine(plan.recipe, todo):
        write_bytes(_file(folder, job), outcome.to_bytes())
        yield outcome.result


def collected(folder: Path, *, partly: bool = False) -> Engine:
    """The engine that finds the results of a farm in ``folder`` and does nothing itself.

    Raises InputError where some are missing; ``partly`` takes these shots for skipped instead.
    """

    def run(recipe: Recipe, jobs: Sequence[Job]) -> Iterator[tuple[Job, Outcome]]:
        del recipe
        missing = [job for job in jobs if not _file(folder, job).exists()]
        if missing and not partly:
            raise InputError(
                f"{len(missing)} of {len(jobs)} jobs have no result yet",
                value=missing[0].shot.id,
                where=folder / RESULTS,
                fix="Let them finish, or collect what is there with --partly.",
            )
        for job in jobs:
            if job in missing:
                yield job, Outcome.skipped(job.shot, "its job has no result yet")
            else:
                yield job, _read(folder, job)

    return run


def _plan(plain: Json, folder: Path) -> Plan:
    jobs = tuple(Job.from_plain(entry) for entry in plain["jobs"])
    if not all(_HASH.fullmatch(job.hash) for job in jobs):
        raise ValueError("a job's hash is none")
    facts = plain["timeline"]
    source = timeline_of(otio.adapters.read_from_file(str(folder / TIMELINE)), Path(facts["path"]))
    timeline = Timeline(
        source.path,
        facts["name"],
        Fraction(facts["rate"]),
        source.otio,
        tuple(job.shot for job in jobs),
        {job.shot.id: source.clips[job.shot.id] for job in jobs},
    )
    recipe = Recipe.from_plain(plain["recipe"])
    delivered = {name: plain["settings"][name] for name in DELIVERED}
    settings = GradeSettings(
        recipe.strength,
        recipe.frames,
        weights=recipe.weights,
        colour=recipe.colour,
        cdl_only=recipe.cdl_only,
        keep_brightness=recipe.keep_brightness,
        scenes=_wishes(plain["scenes"]),
        **{**delivered, "carriers": tuple(delivered["carriers"])},
    )
    return Plan(timeline, recipe, settings, jobs)


def _wishes(plain: Json) -> SceneWishes:
    groups = plain["groups"]
    return SceneWishes(
        plain["consistency"],
        tuple(plain["heroes"]),
        None if groups is None else tuple(tuple(group) for group in groups),
        lut_per=LutPer(plain["lut_per"]),
        keep_looks=plain["keep_looks"],
    )


def _file(folder: Path, job: Job) -> Path:
    return folder / RESULTS / f"{job.hash}.safetensors"


def _is_done(folder: Path, job: Job) -> bool:
    try:
        return _read(folder, job).result.status is not Status.SKIPPED
    except LutnetError:
        return False


def _read(folder: Path, job: Job) -> Outcome:
    path = _file(folder, job)
    try:
        return Outcome.from_bytes(path.read_bytes())
    except OSError as error:
        raise InputError(f"cannot read a job's result: {error.strerror}", where=path) from error
    except InputError as error:
        raise InputError(str(error), where=path, fix="Run the job again.") from error
