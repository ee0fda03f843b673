"""From jobs to results, and from results to a package, which is left alone where nothing about it would change."""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from lutnet.colourspace import View
from lutnet.continuity.decided import cuts_as_decided
from lutnet.continuity.strip import strip_of
from lutnet.errors import LutnetError, OutputError
from lutnet.export.caption import Finding
from lutnet.export.carriers import complete_package
from lutnet.export.folder import NEW, OLD
from lutnet.export.ledger import Ledger, key_of
from lutnet.export.otio import timeline_text
from lutnet.export.package import write_package
from lutnet.export.run import RunSettings
from lutnet.grade import Diagnosis
from lutnet.job import Job, Outcome, maker
from lutnet.plain import shot_to_plain
from lutnet.result import ClipResult, Status
from lutnet.store import Store, StoredPictures
from lutnet.thumbnails import StoredThumbnails, reference_png, reference_thumbnail
from lutnet.timeline import Timeline

if TYPE_CHECKING:
    from torch import Tensor


HELD = 256
"""Outcomes that wait at most for a store that cannot be written to: a few hundred kilobytes each."""

NAMED = 10

OnClip = Callable[[ClipResult, int, int], None]
"""Hears of every finished clip: its result, how many are done, of how many."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be delivered besides the results.

    jobs: hash by shot id. run: what the package states of the run. view: how people see the grading space.
    carriers, verify, discard_decisions: see ``lutnet.pipeline.GradeSettings``. reference: gives the frame
    ``[3, H, W]`` that contact sheet and review show beside every clip, or None. joined, parts: see ``Store``.
    spared: hashes of jobs of no clip that the store keeps nevertheless.
    """

    timeline: Timeline
    jobs: Mapping[str, str]
    run: RunSettings
    view: View
    carriers: tuple[str, ...] = ()
    verify: bool = False
    discard_decisions: bool = False
    reference: Callable[[], Tensor | None] = lambda: None
    joined: str = ""
    parts: Mapping[bytes, bytes] | None = None
    spared: Set[str] = frozenset()

    def pictures(self, store: Store) -> Callable[[str], StoredPictures]:
        """Gives what ``store`` keeps of a clip, by id."""
        return lambda shot_id: store.pictures_of(self.jobs[shot_id])


def gathered(
    store: Store,
    jobs: Sequence[Job],
    finished: Set[str],
    run: Callable[[Sequence[Job]], Iterator[tuple[Job, Outcome]]],
    on_clip: OnClip,
) -> list[ClipResult]:
    """Every shot's result, in order: from the store where its job (by hash) is finished, else from ``run``.

    What the store has no room for is tried again after every further shot. Raises OutputError, which names the shots,
    where it has none in the end, or where more than HELD of them wait.
    """
    found: dict[str, ClipResult] = {}
    todo: dict[str, Job] = {}

    def hear(job: Job, result: ClipResult) -> None:
        found[job.shot.id] = result
        on_clip(result, len(found), len(jobs))

    for job in jobs:
        if job.shot.skipped is not None:
            hear(job, ClipResult(job.shot, Status.SKIPPED))
        elif job.hash in finished:
            hear(job, store.result_of(job.hash, job.shot))
        else:
            todo.setdefault(job.hash, job)
    if todo:
        keeper = _Keeper(store, hear)
        for job, outcome in run(tuple(todo.values())):
            if outcome.result.status is Status.SKIPPED:
                hear(job, outcome.result)
            else:
                keeper.keep(job, outcome)
        keeper.require_all_kept()
    # Shots that ask for the very same are graded once.
    for job in jobs:
        if job.shot.id not in found:
            hear(job, replace(found[todo[job.hash].shot.id], shot=job.shot))
    return [found[job.shot.id] for job in jobs]


class _Keeper:
    """Puts outcomes into the store, and holds those that it has no room for until it has."""

    def __init__(self, store: Store, hear: Callable[[Job, ClipResult], None]) -> None:
        self._store = store
        self._hear = hear
        self._held: deque[tuple[Job, Outcome]] = deque()
        self._reason = OutputError("")

    def keep(self, job: Job, outcome: Outcome) -> None:
        self._held.append((job, outcome))
        try:
            while self._held:
                first, computed = self._held[0]
                self._store.finish(first.hash, computed.result, computed.pictures)
                self._held.popleft()
                self._hear(first, self._store.result_of(first.hash, first.shot))
        except OutputError as error:
            self._reason = error
        if len(self._held) > HELD:
            self.require_all_kept()

    def require_all_kept(self) -> None:
        """Raise OutputError where something is still held."""
        if not self._held:
            return
        names = [job.shot.name for job, _ in self._held]
        told = ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")
        raise OutputError(
            f"{self._reason.what}; computed, but not kept: {told}",
            where=self._store.path,
            fix="Mend that, then give the same command again: whatever else was computed is kept.",
        ) from self._reason


def deliver(store: Store, results: Sequence[ClipResult], order: Order) -> tuple[ClipResult, ...]:
    """Make ``results`` (every clip, in order) the state, and the folder of ``store`` their package.

    Returns them as people decided. Raises DecisionError where a decision would be overwritten, OutputError
    where the package cannot be written; it is then as it was.
    """
    folder = store.path.parent
    if stands(store, results, order):
        return cuts_as_decided(store.results(), order.pictures(store), order.view)
    ledger = ledger_of(store)
    decided = store.save(
        results,
        jobs=order.jobs,
        discard_decisions=order.discard_decisions,
        joined=order.joined,
        parts=order.parts,
        spared=order.spared,
    )
    decided = cuts_as_decided(decided, order.pictures(store), order.view)
    frame = order.reference()
    still = None if frame is None else reference_png(frame)
    write_package(
        folder,
        decided,
        order.timeline,
        order.run,
        StoredThumbnails(store, decided, order.jobs, reference_thumbnail(still), order.view),
        describe=in_words,
        finish=partial(complete_package, names=order.carriers, verify=order.verify),
        ledger=ledger,
        reference=still,
        cuts=strip_of(order.timeline.name, decided, order.pictures(store), order.view),
    )
    store.set_written(_stamp(store, results, order), ledger.to_text())
    return decided


def stands(store: Store, results: Sequence[ClipResult], order: Order) -> bool:
    """Whether the package beside ``store`` is that of ``results`` and ``order`` already, and nobody has touched it."""
    folder = store.path.parent
    written = store.written()
    interrupted = (folder / NEW).exists() or (folder / OLD).exists()
    if not written or order.discard_decisions or order.verify or interrupted:
        return False
    return ledger_of(store).is_intact() and written[0] == _stamp(store, results, order)


def ledger_of(store: Store) -> Ledger:
    """The ledger of the package beside ``store``, as it was last written."""
    written = store.written()
    return Ledger(store.path.parent, written[1] if written else "", maker())


def _stamp(store: Store, results: Sequence[ClipResult], order: Order) -> str:
    """Hash of all that the package follows from."""
    timeline = order.timeline
    clips = [
        (
            shot_to_plain(each.shot),
            each.shot.warnings,
            order.jobs.get(each.shot.id),
            each.status,
            each.warnings,
        )
        for each in results
    ]
    place = (str(timeline.path.resolve()), str(store.path.resolve()))
    run = (repr(order.run), order.carriers, order.joined)
    told = (timeline_text(timeline.otio), *run, store.decisions_digest())
    return key_of(maker(), clips, place, told)


def in_words(found: Diagnosis) -> list[Finding]:
    """A diagnosis as the contact sheet says it."""
    from lutnet.diagnosis.words import findings, phrase

    return [Finding(phrase(head, correction), correction.confidence) for head, correction in findings(found)]


@contextmanager
def kept(folder: Path) -> Iterator[None]:
    """A folder that can be written. One that was not there before goes away again where nothing was finished."""
    missing = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError("cannot make the package's folder", value=error.strerror, where=folder) from error
    try:
        yield
    except BaseException:
        if missing and not _holds_work(folder):
            shutil.rmtree(folder, ignore_errors=True)
        raise


def _holds_work(folder: Path) -> bool:
    with suppress(LutnetError), Store(folder) as store:
        return store.has_work()
    return False
