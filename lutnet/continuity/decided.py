"""Cuts as people decided about their sides, where that is not what was measured of the grades that were proposed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from lutnet.colourspace import View
from lutnet.export.package import exported_grade
from lutnet.grade import Grade
from lutnet.result import ClipResult, Cut, Status
from lutnet.store import StoredPictures

if TYPE_CHECKING:
    from lutnet.continuity.as_seen import AsSeen

Pictures = Callable[[str], StoredPictures]
"""Gives what was kept of a clip, by id."""


def cuts_as_decided(results: Sequence[ClipResult], pictures: Pictures, view: View) -> tuple[ClipResult, ...]:
    """``results``, as people decided, whose cuts are known as proposed, with the figures that the decisions give them.

    view: how people see the grading space.
    """
    known = {result.shot.id: result for result in results}
    return tuple(_as_decided(result, known, pictures, view) for result in results)


def _as_decided(
    result: ClipResult, known: Mapping[str, ClipResult], pictures: Pictures, view: View
) -> ClipResult:
    before = None if result.cut is None else known.get(result.cut.previous)
    if before is None or measured_cut(before, result) is not None:
        return result
    from lutnet.continuity.as_seen import AsSeen

    cut = decided_cut(before, result, pictures, AsSeen(view))
    return result if cut is None else replace(result, cut=cut)


def measured_cut(before: ClipResult, after: ClipResult) -> Cut | None:
    """The figures that a run left of the cut between two clips, while they still hold; else None."""
    moved = any(side.status in (Status.CHANGED, Status.REJECTED) for side in (before, after))
    cut = after.cut
    return None if moved or cut is None or cut.previous != before.shot.id else cut


def decided_grade(result: ClipResult, seen: AsSeen) -> Grade:
    """What a clip's files carry, as a grade of what people see."""
    return seen(exported_grade(result) or Grade())


def decided_cut(before: ClipResult, after: ClipResult, pictures: Pictures, seen: AsSeen) -> Cut | None:
    """The figures of the cut between two clips; None where nothing was kept of one of them."""
    from lutnet.continuity.compared import Compared
    from lutnet.continuity.cuts import cut_between

    kept = [pictures(side.shot.id).compared for side in (before, after)]
    if not all(kept):
        return None
    one, two = (Compared.from_bytes(each) for each in kept)
    grades = decided_grade(before, seen), decided_grade(after, seen)
    scenes = [side.scene and side.scene.number for side in (before, after)]
    return cut_between(one, two, grades, before.shot.id, same_scene=scenes[0] == scenes[1])
