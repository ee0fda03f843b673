"""Applies a package to the open timeline, and reports on every clip of it."""

import os
import time
from pathlib import Path
from typing import Callable, List, NamedTuple, Optional, Tuple

from resolve_bridge.api import succeed
from resolve_bridge.errors import BridgeError, CallFailed
from resolve_bridge.folders import lut_folder
from resolve_bridge.items import read_items
from resolve_bridge.luts import shelf
from resolve_bridge.match import Matching, Pair, match
from resolve_bridge.package import IDENTITY, Clip, Package
from resolve_bridge.plan import Job, Layout, Wish, job_of, plan
from resolve_bridge.report import FAILED, LEFT, PLANNED, Line, Report, other
from resolve_bridge.session import Session, colour_page, open_session
from resolve_bridge.space import lut_obstacle, require_fit
from resolve_bridge.write import write

Progress = Callable[[str, int, int], None]


class Options(NamedTuple):
    """lut_folder: Resolve's master LUT folder where it is not found by itself.
    assume_space: take the grading space for the timeline's, whatever the project says.
    """

    wish: Wish = Wish()
    assume_space: bool = False
    dry_run: bool = False
    lut_folder: Optional[Path] = None


def no_progress(what: str, done: int, total: int) -> None:
    """Says nothing."""


def apply(resolve: object, package: Package, options: Options, progress: Progress = no_progress) -> Report:
    """Write every clip's grade to its item, or with ``dry_run`` say what would be written.

    Raises BridgeError where nothing can be applied at all; then nothing was changed.
    """
    session = open_session(resolve)
    session.require_rate(package.rate)
    if not options.assume_space:
        require_fit(package.space, session.colours)
    wanted, lines = _wanted(package.clips, options, session)
    matching = _matched(session, wanted)
    lines += [_line(clip, FAILED, reason) for clip, reason in matching.unmatched]
    planned, failed = _planned(matching.pairs, options.wish)
    notes: List[str] = []
    if options.dry_run:
        lines += failed + [_line(pair.clip, PLANNED, "", layout, pair.notes) for pair, layout in planned]
    elif planned:
        jobs = _jobs(planned, options, package.timeline, progress)
        _refresh_luts(session, jobs)
        lines += failed + _written(session, jobs, progress, notes)
    else:
        lines += failed
    order = {clip.id: index for index, clip in enumerate(package.clips)}
    return Report(
        action="would apply" if options.dry_run else "applied",
        product=session.product,
        project=session.project_name,
        timeline=session.timeline_name,
        lines=sorted(lines, key=lambda line: order[line.clip]),
        others=tuple(other(item) for item in matching.others),
        notes=tuple(notes),
    )


def _wanted(clips: List[Clip], options: Options, session: Session) -> Tuple[List[Clip], List[Line]]:
    """The clips that have a grade to write, and lines for the others."""
    obstacle = "" if options.assume_space else lut_obstacle(session.colours)
    wanted, lines = [], []
    for clip in clips:
        reason = _reason_to_leave(clip)
        if reason:
            lines.append(_line(clip, LEFT, reason))
        elif clip.lut is not None and obstacle:
            lines.append(_line(clip, FAILED, obstacle))
        else:
            wanted.append(clip)
    return wanted, lines


def _reason_to_leave(clip: Clip) -> str:
    if clip.skipped:
        return f"not graded: {clip.skipped}"
    if clip.status == "rejected":
        return "rejected in the review"
    if clip.lut is None and clip.cdl in (None, IDENTITY):
        return "its grade changes nothing"
    return ""


def _matched(session: Session, clips: List[Clip]) -> Matching:
    try:
        return match(clips, read_items(session.timeline))
    except CallFailed as error:
        raise BridgeError(f"the timeline's items cannot be read: {error.what}") from error


def _planned(pairs: List[Pair], wish: Wish) -> Tuple[List[Tuple[Pair, Layout]], List[Line]]:
    planned, failed, hint = [], [], 2  # the second node is the most likely one
    for pair in pairs:
        try:
            layout = plan(pair, wish, hint)
        except CallFailed as error:  # noqa: PERF203 - each clip fails by itself
            failed.append(_line(pair.clip, FAILED, error.what, notes=pair.notes))
        else:
            planned.append((pair, layout))
            hint = layout.lut_node if layout.lut_node > 1 else hint
    return planned, failed


def _jobs(
    planned: List[Tuple[Pair, Layout]], options: Options, timeline: str, progress: Progress
) -> List[Job]:
    """The jobs, with all LUTs in place. Raises BridgeError; nothing is applied then."""
    needs_luts = any(layout.lut_node for _, layout in planned)
    root = options.lut_folder or (lut_folder(os.environ) if needs_luts else Path())
    place = shelf(root, timeline)
    jobs = []
    for pair, layout in planned:
        jobs.append(job_of(pair, layout, options.wish, place))
        progress(f"prepared {pair.clip.name}", len(jobs), len(planned))
    return jobs


def _refresh_luts(session: Session, jobs: List[Job]) -> None:
    """Resolve takes no LUT that it has not discovered. Raises BridgeError; nothing is applied then."""
    try:
        if any(job.lut for job in jobs):
            succeed(session.project, "RefreshLUTList")
    except CallFailed as error:
        raise BridgeError(f"Resolve did not read its LUTs again: {error.what}") from error


def _written(session: Session, jobs: List[Job], progress: Progress, notes: List[str]) -> List[Line]:
    stamp = time.strftime("%Y-%m-%d %H%M%S")
    lines: List[Line] = []
    try:
        with colour_page(session.resolve, notes):
            for job in jobs:
                lines.append(write(job, stamp))
                progress(f"applied {job.clip.name}", len(lines), len(jobs))
                if lines[-1].outcome == FAILED:
                    session.require_answers()
    except BridgeError as error:
        notes.append(str(error))
        lines += [job.line(FAILED, "not tried: " + error.what) for job in jobs[len(lines) :]]
    return lines


def _line(
    clip: Clip, outcome: str, reason: str, layout: Optional[Layout] = None, notes: Tuple[str, ...] = ()
) -> Line:
    what = layout.words if layout else ""
    extra = (layout.note,) if layout and layout.note else ()
    return Line(outcome, clip.name, clip.track, clip.start, what, reason, notes + extra, "", clip.id)
