"""What the page asks to be recorded, as wishes of the state: decisions, notes, copies, and steps back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lutnet.errors import InputError
from lutnet.grade import Grade
from lutnet.plain import Json
from lutnet.result import Status
from lutnet.review.controls import Controls, controls_from_plain
from lutnet.review.state import Entry, State, Wish
from lutnet.review.words import controls_text
from lutnet.store import Decision, Moment

MAX_NOTE = 10_000
_SETTABLE = (Status.PROPOSED, Status.APPROVED, Status.CHANGED, Status.REJECTED)

Make = Callable[[Entry, Controls], Grade]
Undo = Callable[[Entry], Decision]


class Wishes:
    """Reads wishes.

    A wish is an object with ``id``, ``stamp`` (of the clip as the page had it; without one it overwrites) and ``note``,
    and one of: ``status`` (``changed`` with ``controls``, with ``copy``: the id of the clip whose grade it takes, or
    with ``undo``: true, which takes back what the diagnosis found and nothing else), ``keep`` (only the note is new),
    ``restore`` (a stamp that the clip had before, as the journal knows it).
    """

    def __init__(self, state: State, make: Make, undo: Undo) -> None:
        self._state = state
        self._make = make
        self._undo = undo

    def read(self, plain: Any) -> list[Wish]:
        """Raises InputError for what is none."""
        if not isinstance(plain, list) or not all(isinstance(wish, dict) for wish in plain):
            raise InputError("decisions are no list of objects", value=type(plain).__name__)
        wishes = [self._wish(wish) for wish in plain]
        if len({wish.shot_id for wish in wishes}) < len(wishes):
            raise InputError("a clip is named twice in one step", value=len(wishes))
        return wishes

    def _wish(self, plain: Json) -> Wish:
        entry = self._state.entry(str(plain.get("id")))
        stamp = None if plain.get("stamp") is None else str(plain["stamp"])
        if "restore" in plain:
            past = self._restored(entry, str(plain["restore"]))
            return Wish(past.shot_id, past.decision, past.note, stamp, restores=True)
        note = str(plain.get("note", entry.note))[:MAX_NOTE]
        decision = entry.decision if plain.get("keep") is True else self._decision(entry, plain)
        return Wish(entry.proposed.shot.id, decision, note, stamp)

    def _restored(self, entry: Entry, stamp: str) -> Moment:
        past = self._state.moment(entry.proposed.shot.id, stamp)
        if past is None:
            raise InputError("this step can no longer be taken back", value=entry.proposed.shot.name)
        return past

    def _decision(self, entry: Entry, plain: Json) -> Decision | None:
        shot_id, status = entry.proposed.shot.id, _status(plain.get("status"))
        if status is Status.PROPOSED:
            return None
        if status is not Status.CHANGED:
            return Decision(shot_id, status)
        if "copy" in plain:
            return copied(shot_id, self._state.entry(str(plain["copy"])).grade)
        if plain.get("undo") is True:
            return self._undo(entry)
        controls = controls_from_plain(plain.get("controls"))
        base = entry.decision.base if entry.decision else None
        made = self._make(entry, controls)
        return Decision(shot_id, Status.CHANGED, made, controls=controls_text(controls), base=base)


def copied(shot_id: str, grade: Grade) -> Decision:
    """A clip gets ``grade`` from elsewhere, and its controls set out from it."""
    return Decision(shot_id, Status.CHANGED, grade, controls=controls_text(Controls()), base=grade)


def _status(value: object) -> Status:
    if value not in [status.value for status in _SETTABLE]:
        allowed = ", ".join(status.value for status in _SETTABLE)
        raise InputError("no such decision", value=value, allowed=allowed)
    return Status(str(value))
