"""The figures of cuts beside which somebody decided on another grade than was proposed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from lutnet.colourspace import View
from lutnet.export.package import exported_grade
from lutnet.grade import Grade
from lutnet.result import ClipResult, Cut, Status
from lutnet.store import StoredPictures

OTHERWISE = (Status.CHANGED, Status.REJECTED)


def cuts_as_decided(
    results: Sequence[ClipResult], pictures: Callable[[str], StoredPictures], view: View
) -> tuple[ClipResult, ...]:
    """``results``, as people decided, whose cuts are known as proposed, with the figures that the decisions give them.

    pictures: what was kept of a clip, by id. view: how people see the grading space.
    """
    known = {result.shot.id: result for result in results}
    return tuple(
        result
        if result.cut is None or (before := known.get(result.cut.previous)) is None
        else replace(result, cut=_measured(before, result, result.cut, pictures, view))
        for result in results
    )


def _measured(
    before: ClipResult, after: ClipResult, cut: Cut, pictures: Callable[[str], StoredPictures], view: View
) -> Cut:
    if before.status not in OTHERWISE and after.status not in OTHERWISE:
        return cut
    kept = [pictures(side.shot.id).compared for side in (before, after)]
    if not all(kept):
        return cut
    from lutnet.continuity.as_seen import AsSeen
    from lutnet.continuity.compared import Compared
    from lutnet.continuity.cuts import cut_between

    seen = AsSeen(view)
    one, two = (Compared.from_bytes(each) for each in kept)
    grades = seen(exported_grade(before) or Grade()), seen(exported_grade(after) or Grade())
    same = (before.scene and before.scene.number) == (after.scene and after.scene.number)
    return cut_between(one, two, grades, before.shot.id, same_scene=same)
