"""Re-cuts: what became of the clips of a package in a new version of its timeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from lutnet.shot import Shot


class Fate(StrEnum):
    """kept: the same frames, also elsewhere. trimmed: other frames of the same take, some of them the same. new: none
    of them was graded before. gone: no longer in the timeline."""

    KEPT = "kept"
    TRIMMED = "trimmed"
    NEW = "new"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one clip. shot: of the new timeline, or of the old one where it is gone. before: its id there."""

    fate: Fate
    shot: Shot
    before: str | None = None


def changes(old: Sequence[Shot], new: Sequence[Shot]) -> list[Change]:
    """What became of the clips of ``old``: one entry per clip of ``new``, in order, then those that are gone.

    A clip of the old timeline survives at most once: as what has the same frames, else as what shares most with it.
    """
    left: dict[str | None, list[Shot]] = {}
    for shot in old:
        left.setdefault(shot.media, []).append(shot)
    found = [Change(Fate.NEW, shot) for shot in new]
    for place, shot in enumerate(new):
        same = [each for each in left.get(shot.media, []) if each.source == shot.source]
        # Of clips with the same frames, the one of the same id.
        for each in sorted(same, key=lambda each: each.id != shot.id)[:1]:
            found[place] = Change(Fate.KEPT, shot, each.id)
            left[shot.media].remove(each)
    for place, shot in enumerate(new):
        others = left.get(shot.media, [])
        if found[place].fate is Fate.KEPT or not others:
            continue
        nearest = max(others, key=lambda each: _shared(each, shot))
        if _shared(nearest, shot) > 0:
            found[place] = Change(Fate.TRIMMED, shot, nearest.id)
            others.remove(nearest)
    return [*found, *(Change(Fate.GONE, shot) for shots in left.values() for shot in shots)]


def _shared(one: Shot, other: Shot) -> float:
    """Seconds of their media that both use; below 0 they lie apart."""
    if one.media is None:
        return 0.0
    ends = min(each.source.start_seconds + each.source.duration_seconds for each in (one, other))
    return float(ends - max(one.source.start_seconds, other.source.start_seconds))
