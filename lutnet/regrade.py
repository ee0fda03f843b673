"""A new version of a timeline graded from the package of the old one: what survived the cut keeps its grade."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from lutnet.delivery import OnClip, kept
from lutnet.errors import InputError
from lutnet.export.package import check_folder
from lutnet.job import Engine
from lutnet.pipeline import GradedTimeline, carry_out, in_this_process, plan_of
from lutnet.recut import Change, Fate, changes
from lutnet.settings import GradeSettings
from lutnet.store import FILE_NAME, Store
from lutnet.store.recut import Survivor, take_over
from lutnet.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Regraded:
    """graded: the new package. changes: what became of every clip (see ``lutnet.recut.changes``)."""

    graded: GradedTimeline
    changes: tuple[Change, ...]


def regrade(
    timeline: Timeline,
    old: Path,
    *,
    reference: Path | str | None = None,
    output: Path | None = None,
    settings: GradeSettings | None = None,
    on_clip: OnClip = lambda *_: None,
    engine: Engine = in_this_process,
) -> Regraded:
    """Grade ``timeline``, a re-cut of the one whose package ``old`` is, into another folder.

    Clips of the same frames keep their grades and what was decided about them; trimmed ones keep what was decided, with
    a warning that says how far it is from what their frames ask for now, and are graded anew where nothing was. Those
    and new clips are matched to the ones that stay. reference, settings: as ``grade_timeline`` takes them.
    Raises InputError where ``old`` holds no state, OutputError where the new folder holds one already.
    """
    if not (old / FILE_NAME).is_file():
        raise InputError("no package that lutnet grade wrote", where=old, fix="Name its folder with --from.")
    plan = plan_of(timeline, reference, settings or GradeSettings())
    folder = output or plan.folder
    check_folder(folder)
    with Store(old) as store:
        before = [result.shot for result in store.proposed()]
        decided = frozenset(store.decisions())
    found = changes(before, [job.shot for job in plan.jobs])
    jobs = {job.shot.id: job.hash for job in plan.jobs}
    survivors = {
        change.shot.id: Survivor(change.before, jobs[change.shot.id])
        for change in found
        if change.before is not None and (change.fate is Fate.KEPT or change.before in decided)
    }
    trimmed = {change.shot.id for change in found if change.fate is Fate.TRIMMED}
    scenes = replace(
        plan.settings.scenes,
        pinned=tuple(shot_id for shot_id in survivors if shot_id not in trimmed),
        trimmed=tuple(trimmed & survivors.keys()),
    )
    with kept(folder):
        take_over(old / FILE_NAME, folder / FILE_NAME, survivors)
        plan = replace(plan, settings=replace(plan.settings, scenes=scenes))
        return Regraded(carry_out(plan, folder, on_clip, engine=engine), tuple(found))
