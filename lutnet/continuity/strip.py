"""The worst cuts of a timeline as one picture, from what the store keeps of its shots."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from lutnet.colourspace import View
from lutnet.export.cut_strip import Picture, ShownCut, cut_strip
from lutnet.grade import Grade
from lutnet.result import ClipResult
from lutnet.store import StoredPictures

if TYPE_CHECKING:
    from lutnet.continuity.compared import Kept

SHOWN = 8


def strip_of(
    title: str, results: Sequence[ClipResult], pictures: Callable[[str], StoredPictures], view: View
) -> bytes | None:
    """A PNG of the worst cuts of ``results``, graded as people decided; None where none was measured.

    pictures: what was kept of a clip, by id. view: how people see the grading space.
    """
    found = [result for result in results if result.cut is not None]
    if not found:
        return None
    worst = sorted(found, key=lambda each: -(each.cut.badness if each.cut else 0.0))[:SHOWN]
    shown = list(_shown({result.shot.id: result for result in results}, worst, pictures, view))
    return cut_strip(title, shown, len(found)) if shown else None


def _shown(
    known: dict[str, ClipResult],
    worst: Sequence[ClipResult],
    pictures: Callable[[str], StoredPictures],
    view: View,
) -> Iterator[ShownCut]:
    from lutnet.continuity.as_seen import AsSeen
    from lutnet.continuity.compared import Compared
    from lutnet.continuity.decided import decided_grade

    seen = AsSeen(view)
    for after in worst:
        before = known.get(after.cut.previous) if after.cut else None
        if before is None or after.cut is None:
            continue
        kept = [pictures(side.shot.id).compared for side in (before, after)]
        if not all(kept):
            continue
        one, two = (Compared.from_bytes(each) for each in kept)
        grades = decided_grade(before, seen), decided_grade(after, seen)
        ends = one.kept[-1], two.kept[0]
        yield ShownCut(
            before.shot.name,
            after.shot.name,
            after.cut,
            (_picture(ends[0], Grade()), _picture(ends[1], Grade())),
            (_picture(ends[0], grades[0]), _picture(ends[1], grades[1])),
        )


def _picture(kept: Kept, grade: Grade) -> Picture:
    import numpy as np

    height, width = kept.shown.shape[:2]
    colours = grade.apply_colours(kept.colours()).clamp(0.0, 1.0).reshape(height, width, 3)
    return np.asarray((colours * 255.0).round().byte().numpy())
