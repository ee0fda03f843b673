"""Undo and redo from the package's journal."""

from __future__ import annotations

from collections.abc import Container, Iterable

from lutnet.plain import Json
from lutnet.store import Change, Step


def replayed(steps: Iterable[Step], known: Container[str]) -> Json:
    """What can be taken back (``done``) and done once more (``undone``), the latest last.

    known: ids of the clips that are there; steps about others are left out. A restoring step is told from its
    stamps: it runs the latest step backwards, or one that was taken back forwards.
    """
    done: list[tuple[Change, ...]] = []
    undone: list[tuple[Change, ...]] = []
    for step in steps:
        if step.restored and step.changes in (backwards := [_turned(each) for each in done]):
            at = len(backwards) - 1 - backwards[::-1].index(step.changes)
            undone.append(done.pop(at))
        elif step.restored and step.changes in undone:
            undone.remove(step.changes)
            done.append(step.changes)
        else:
            done.append(step.changes)
            undone.clear()
    return {"done": _plain(done, known), "undone": _plain(undone, known)}


def _turned(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    return tuple(Change(each.shot_id, each.after, each.before) for each in changes)


def _plain(steps: list[tuple[Change, ...]], known: Container[str]) -> list[list[Json]]:
    return [
        [{"id": each.shot_id, "from": each.before, "to": each.after} for each in changes]
        for changes in steps
        if all(each.shot_id in known for each in changes)
    ]
