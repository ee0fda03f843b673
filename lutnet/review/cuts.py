"""Continuity: how far the colours jump at every cut, as decided."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from itertools import pairwise

from lutnet.continuity.as_seen import AsSeen
from lutnet.continuity.decided import decided_cut, measured_cut
from lutnet.plain import Json
from lutnet.result import ClipResult, Cut, Status
from lutnet.review.colour import Colours
from lutnet.review.state import Entry, State
from lutnet.store import StoredPictures

_ANSWER_WITHIN_S = 0.5
"""A page that waits for more asks again, and meanwhile says how much is left."""


class Cuts:
    """The figures of cuts by the id of the shot after them: those of the run while they hold, else measured anew from
    what the run kept of both sides."""

    def __init__(self, state: State, colours: Colours) -> None:
        self._state = state
        self._seen = AsSeen(colours.management.view)
        self._known: dict[tuple[str, str], tuple[tuple[str, str], Cut | None]] = {}
        self._guard = threading.Lock()  # two windows that ask at once would measure all of it twice

    def measured(self, entries: Iterable[Entry]) -> tuple[Mapping[str, Cut], int]:
        """What is known by now, and how many cuts are still to be measured."""
        found: dict[str, Cut] = {}
        waiting = 0
        end = time.monotonic() + _ANSWER_WITHIN_S
        with self._guard:
            for one, two in cuts(entries):
                sides = one.result, two.result
                cut = measured_cut(*sides)
                key, stamps = (sides[0].shot.id, sides[1].shot.id), (one.stamp, two.stamp)
                if cut is None and self._known.get(key, (None,))[0] != stamps:
                    if time.monotonic() > end:
                        waiting += 1
                        continue
                    self._known[key] = stamps, self._measure(*sides)
                cut = cut or self._known[key][1]
                if cut is not None:
                    found[sides[1].shot.id] = cut
        return found, waiting

    def _measure(self, before: ClipResult, after: ClipResult) -> Cut | None:
        return decided_cut(before, after, self._kept, self._seen)

    def _kept(self, shot_id: str) -> StoredPictures:
        return StoredPictures(compared=self._state.compared(shot_id))


def cuts(entries: Iterable[Entry]) -> list[tuple[Entry, Entry]]:
    """Every two shots that follow each other on a track and are graded, as runs measure them."""
    tracks: dict[int, list[Entry]] = {}
    for entry in entries:
        tracks.setdefault(entry.proposed.shot.track, []).append(entry)
    pairs = (pair for track in tracks.values() for pair in pairwise(track))
    return [pair for pair in pairs if all(side.status is not Status.SKIPPED for side in pair)]


def cut_words(cut: Cut) -> Json:
    """What the page shows of a cut. badness: orders cuts. delta_e, levels: without grades, with them."""
    sides = cut.before, cut.after
    return {
        "badness": cut.badness,
        "worsened": cut.worsened,
        "delta_e": None if cut.after.delta_e is None else [side.delta_e for side in sides],
        "levels": [side.levels for side in sides],
    }
