"""Applies a package to the open timeline, and reports on every clip of it."""

import os
import time
from functools import partial
from pathlib import Path
from typing import Callable, List, NamedTuple, Optional, Tuple

from resolve_bridge.api import succeed
from resolve_bridge.errors import BridgeError, CallFailed
from resolve_bridge.folders import lut_folder
from resolve_bridge.items import Item, read_items
from resolve_bridge.luts import shelf
from resolve_bridge.match import Matching, Pair, match
from resolve_bridge.package import IDENTITY, Clip, Package
from resolve_bridge.plan import Job, Layout, NodeSearch, Wish, grade_hash, job_of, plan
from resolve_bridge.report import FAILED, LEFT, PLANNED, Line, Report, other
from resolve_bridge.session import Session, colour_page, open_session
from resolve_bridge.space import lut_obstacle, require_fit
from resolve_bridge.write import forecast, withdraw, write

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
        require_fit(package.space, session.colours, package.converted)
    matching = _matched(session, package.clips)
    sorted_out = _sorted_out(matching, options, session)
    planned, failed = _planned(sorted_out.wanted, options.wish)
    lines = sorted_out.lines + failed
    notes: List[str] = []
    if options.dry_run:
        lines += _forecast(planned, options.wish)
        lines += [line._replace(outcome=PLANNED) for _, line in sorted_out.withdrawn]
    elif planned or sorted_out.withdrawn:
        jobs = _jobs(planned, options, package.timeline, progress)
        _refresh_luts(session, jobs)
        lines += _written(session, jobs, sorted_out.withdrawn, progress, notes)
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


class _SortedOut(NamedTuple):
    """The pairs with a grade to write; the items whose earlier grade is no longer wanted, with what will be said
    of each; lines for all other clips.
    """

    wanted: List[Pair]
    withdrawn: List[Tuple[Item, Line]]
    lines: List[Line]


def _sorted_out(matching: Matching, options: Options, session: Session) -> _SortedOut:
    obstacle = "" if options.assume_space else lut_obstacle(session.colours)
    found = _SortedOut([], [], [])
    for clip, problem in matching.unmatched:
        reason = _reason_to_leave(clip)
        found.lines.append(_line(clip, LEFT if reason else FAILED, reason or problem))
    for pair in matching.pairs:
        clip, reason = pair.clip, _reason_to_leave(pair.clip)
        if not reason and clip.lut is not None and obstacle:
            found.lines.append(_line(clip, FAILED, obstacle))
        elif not reason:
            found.wanted.append(pair)
        elif not pair.item.entries:
            found.lines.append(_line(clip, LEFT, reason))
        elif clip.skipped:
            found.lines.append(_line(clip, LEFT, reason).noting("it carries an earlier grade of lutnet's"))
        else:
            line = _line(clip, LEFT, reason).noting("lutnet's earlier grade is taken back")
            found.withdrawn.append((pair.item, line))
    return found


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
    planned, failed, search = [], [], NodeSearch(wish.lut_node)
    for pair in pairs:
        try:
            layout = plan(pair, wish, search)
        except CallFailed as error:  # noqa: PERF203 - each clip fails by itself
            failed.append(_line(pair.clip, FAILED, error.what, notes=pair.notes))
        else:
            planned.append((pair, layout))
    return planned, failed


def _forecast(planned: List[Tuple[Pair, Layout]], wish: Wish) -> List[Line]:
    lines = []
    for pair, layout in planned:
        outcome, reason = forecast(pair, layout, grade_hash(pair.clip, wish))
        lines.append(_line(pair.clip, outcome, reason, layout, pair.notes))
    return lines


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


def _written(
    session: Session,
    jobs: List[Job],
    withdrawn: List[Tuple[Item, Line]],
    progress: Progress,
    notes: List[str],
) -> List[Line]:
    stamp = time.strftime("%Y-%m-%d %H%M%S")
    steps = [_Step(job.clip.name, partial(write, job, stamp), job.line(FAILED)) for job in jobs]
    steps += [_Step(line.name, partial(withdraw, item, line), line) for item, line in withdrawn]
    lines: List[Line] = []
    try:
        with colour_page(session.resolve, notes):
            for step in steps:
                lines.append(step.do())
                progress(f"applied {step.name}", len(lines), len(steps))
                if lines[-1].outcome == FAILED:
                    session.require_answers()
    except BridgeError as error:
        notes.append(str(error))
        reason = "not tried: " + error.what
        lines += [step.line._replace(outcome=FAILED, reason=reason) for step in steps[len(lines) :]]
    return lines


class _Step(NamedTuple):
    """What is done to one item. line: what is said of it where it is not tried."""

    name: str
    do: Callable[[], Line]
    line: Line


def _line(
    clip: Clip, outcome: str, reason: str, layout: Optional[Layout] = None, notes: Tuple[str, ...] = ()
) -> Line:
    what = layout.words if layout else ""
    extra = (layout.note,) if layout and layout.note else ()
    return Line(outcome, clip.name, clip.track, clip.start, what, reason, notes + extra, "", clip.id)
