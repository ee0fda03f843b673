"""The state of a package as the review sees it: what was computed, what people decided, kept fresh."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from lutnet.errors import DecisionError, GradeFileError, InputError
from lutnet.export.package import MANIFEST
from lutnet.export.soundness import require_sound
from lutnet.grade import Grade
from lutnet.result import ClipResult, Status
from lutnet.store import FILE_NAME, Decision, Moment, Step, Store

Answer = TypeVar("Answer")
UNDECIDED = "-"


@dataclass(frozen=True, slots=True)
class Entry:
    """One clip: as it was proposed, and what was decided about it.

    stamp: differs wherever the decision or the note does.
    """

    proposed: ClipResult
    decision: Decision | None
    note: str
    stamp: str

    @property
    def status(self) -> Status:
        return self.proposed.status if self.decision is None else self.decision.status

    @property
    def result(self) -> ClipResult:
        """The clip as it was decided."""
        return self.proposed if self.decision is None else self.decision.applied_to(self.proposed)

    @property
    def base(self) -> Grade:
        """What the controls set out from."""
        if self.decision is not None and self.decision.base is not None:
            return self.decision.base
        return self.proposed.grade or Grade()

    @property
    def grade(self) -> Grade:
        """What is exported for it: the identity for a rejected clip, and for a skipped one."""
        if self.status is Status.REJECTED or self.proposed.grade is None:
            return Grade()
        return self.decision.grade if self.decision and self.decision.grade else self.proposed.grade


@dataclass(frozen=True, slots=True)
class Wish:
    """What a page asks for one clip: a decision, or (None) that there be none, but a note.

    stamp: of the entry that the page had before it, or None to overwrite whatever there is. restores: it brings back
    what had been before.
    """

    shot_id: str
    decision: Decision | None
    note: str
    stamp: str | None
    restores: bool = False


class State:
    """All clips of one package by id, in timeline order; safe to use from any thread."""

    def __init__(self, folder: Path) -> None:
        """Raises GradeFileError where the folder has no state."""
        self._folder = folder
        if not (folder / FILE_NAME).is_file():
            raise GradeFileError(
                "the package has no state to review",
                where=folder / FILE_NAME,
                fix="Grade the timeline again with lutnet grade.",
            )
        # A store belongs to one thread; what is asked of it from others waits in line.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store")
        self._store = self._thread.submit(Store, folder).result()
        self._version: tuple[int, int] | None = None
        self._sealed = -1
        self._proposed: tuple[ClipResult, ...] = ()
        self._entries: Mapping[str, Entry] = {}
        self._thread.submit(self._fresh)  # while the browser starts

    def close(self) -> None:
        self._on_thread(self._store.close)
        self._thread.shutdown()

    def entries(self) -> Mapping[str, Entry]:
        return self._on_thread(self._fresh)

    def version(self) -> str:
        """Differs from an earlier answer where anything may have changed since."""
        return self._on_thread(lambda: repr((self._seal(), self._store.version())))

    def steps(self) -> tuple[Step, ...]:
        """What was decided so far, the oldest first."""
        return self._on_thread(self._store.steps)

    def moment(self, shot_id: str, stamp: str) -> Moment | None:
        """What held for a clip when it had this stamp; None where nobody remembers."""
        return self._on_thread(lambda: self._store.moment(shot_id, stamp))

    def compared(self, shot_id: str) -> bytes:
        """What the run kept of a clip to lay it beside others; empty where it kept nothing."""
        job = self._on_thread(self._store.jobs).get(shot_id)
        return b"" if job is None else self._store.compared_of(job)

    def entry(self, shot_id: str) -> Entry:
        """Raises InputError for an id that the package has not."""
        found = self.entries().get(shot_id)
        if found is None:
            raise InputError("no clip of the package has this id", value=shot_id)
        return found

    def decide(self, wishes: Sequence[Wish]) -> Mapping[str, Entry]:
        """Record all or none; returns the entries afterwards, once they are on the disk.

        Raises DecisionError where another window was faster, InputError for an id that is unknown or a clip that
        was skipped, OutputError where a LUT folds or the state cannot be written.
        """
        for wish in wishes:
            lut = wish.decision.grade.lut if wish.decision and wish.decision.grade else None
            if lut is not None:
                require_sound(lut, self.entry(wish.shot_id).proposed.shot.name)
        return self._on_thread(lambda: self._decided(wishes))

    def _decided(self, wishes: Sequence[Wish]) -> Mapping[str, Entry]:
        settled: dict[str, Entry] = {}

        def journal() -> list[tuple[Moment, Moment]]:
            """Nobody else can write by now, in this process or another."""
            known = self._fresh()
            for wish in wishes:
                settled[wish.shot_id] = _settled(known.get(wish.shot_id), wish)
            return [(_moment(known[shot_id]), _moment(entry)) for shot_id, entry in settled.items()]

        self._store.decide(
            *(replace(wish.decision, note=wish.note) for wish in wishes if wish.decision),
            withdrawn={wish.shot_id: wish.note for wish in wishes if wish.decision is None},
            journal=journal,
            restored=all(wish.restores for wish in wishes),
        )
        version = self._store.version()
        if self._version is not None and version[0] == self._version[0]:  # nobody else wrote since
            self._entries, self._version = {**self._entries, **settled}, version
        return self._fresh()

    def _fresh(self) -> Mapping[str, Entry]:
        sealed = self._seal()
        version = self._store.version()
        if sealed != self._sealed:
            self._proposed = self._store.proposed()
        if sealed != self._sealed or version != self._version:
            decisions, notes = self._store.decisions(), self._store.notes()
            self._entries = {
                result.shot.id: _entry(result, decisions.get(result.shot.id), notes.get(result.shot.id, ""))
                for result in self._proposed
            }
            self._sealed, self._version = sealed, version
        return self._entries

    def _seal(self) -> int:
        """Changes with every run that grades the timeline anew."""
        try:
            return (self._folder / MANIFEST).stat().st_mtime_ns
        except OSError:
            return 0

    def _on_thread(self, work: Callable[[], Answer]) -> Answer:
        return self._thread.submit(work).result()


def _settled(entry: Entry | None, wish: Wish) -> Entry:
    """What ``wish`` makes of ``entry``."""
    if entry is None or entry.proposed.grade is None:
        raise InputError("no graded clip of the package has this id", value=wish.shot_id)
    if wish.stamp is not None and wish.stamp != entry.stamp:
        raise DecisionError("another window decided about this clip first", value=entry.proposed.shot.name)
    decision = wish.decision and replace(wish.decision, note=wish.note)
    return _entry(entry.proposed, decision, wish.note)


def _moment(entry: Entry) -> Moment:
    return Moment(entry.proposed.shot.id, entry.stamp, entry.decision, entry.note)


def _entry(result: ClipResult, decision: Decision | None, note: str) -> Entry:
    if decision is not None:
        note = decision.note
    return Entry(result, decision, note, _stamp(decision, note))


def _stamp(decision: Decision | None, note: str) -> str:
    if decision is None and not note:
        return UNDECIDED
    facts: list[str] = [note]
    if decision is not None:
        grade = decision.grade
        facts += [decision.status.value, decision.controls, repr(grade and grade.cdl)]
        facts.append(grade.lut.digest if grade and grade.lut else "")
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:24]
