"""Results of clips with a LUT each made into results of clips that share one, by scene or all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lutnet.colourspace import View
from lutnet.continuity.cores import on_threads
from lutnet.continuity.recorded import recorded_colours
from lutnet.grade import LUT3D, Grade
from lutnet.job import Recipe
from lutnet.result import Basis, ClipResult, DeltaE, LutPer, SharedLut, SkinTurn
from lutnet.store import StoredPictures

if TYPE_CHECKING:
    from torch import Tensor

    from lutnet.continuity.shared_lut import Sharer


@dataclass(frozen=True, slots=True)
class Sharing:
    """Who shares, and what is known of the clips.

    pictures: gives what was kept of a clip; where that is None, it keeps a LUT of its own. recipe: of the clips' own
    grades. view: how people see the grading space.
    """

    lut_per: LutPer
    pictures: Callable[[ClipResult], StoredPictures | None]
    recipe: Recipe
    view: View


def with_shared_luts(
    results: Sequence[ClipResult], sharing: Sharing, staying: Mapping[str, Grade]
) -> list[ClipResult]:
    """``results`` in which clips of a scene, or all, have one LUT behind CDLs of their own.

    staying: the grades of clips (by id) that somebody decided about; they stay, and where they carry a shared LUT
    already, the others get that one.
    """
    found = list(results)
    for scene, places in _groups(results, sharing.lut_per).items():
        kept = [results[place] for place in places if results[place].shot.id in staying]
        free = {place: results[place] for place in places if results[place].shot.id not in staying}
        found_anew = _shared(free, sharing, scene, _standing_lut(kept, staying))
        for place, result in found_anew:
            found[place] = result
    return found


def _groups(results: Sequence[ClipResult], lut_per: LutPer) -> dict[int | None, list[int]]:
    """Places of the graded clips that share, by scene; None is the whole timeline."""
    groups: dict[int | None, list[int]] = {}
    for place, result in enumerate(results):
        if result.grade is None:
            continue
        if lut_per is LutPer.TIMELINE:
            groups.setdefault(None, []).append(place)
        elif result.scene is not None:
            groups.setdefault(result.scene.number, []).append(place)
    return {scene: places for scene, places in groups.items() if len(places) > 1}


def _standing_lut(kept: Sequence[ClipResult], grades: Mapping[str, Grade]) -> LUT3D | None:
    """The shared LUT that most clips which stay carry."""
    luts = {
        result.shared.digest: lut
        for result in kept
        if result.shared and (lut := grades[result.shot.id].lut) and lut.digest == result.shared.digest
    }
    carried = Counter(result.shared.digest for result in kept if result.shared)
    return max(luts.items(), key=lambda each: (carried[each[0]], each[0]))[1] if luts else None


def _shared(
    group: Mapping[int, ClipResult], sharing: Sharing, scene: int | None, fixed: LUT3D | None
) -> Iterator[tuple[int, ClipResult]]:
    """Those of ``group`` that have one LUT now, by place. fixed: a LUT that is there already."""
    from lutnet.continuity.shared_lut import share_lut

    def seen() -> Iterator[tuple[ClipResult, StoredPictures, Sharing]]:
        for place, result in group.items():
            pictures = sharing.pictures(result)
            if pictures is not None:
                places.append(place)
                yield result, pictures, sharing

    places: list[int] = []
    sharers = list(on_threads(_sharer, seen()))
    if fixed is None and (len(sharers) < 2 or all(each.grade.lut is None for each in sharers)):
        return  # there is no LUT to share
    lut, cdls = share_lut(sharers, sharing.view, fixed)
    for place, sharer, cdl in zip(places, sharers, cdls, strict=True):
        yield place, _regraded(group[place], sharer, Grade(cdl, lut), scene, sharing)


def _sharer(result: ClipResult, pictures: StoredPictures, sharing: Sharing) -> Sharer:
    import torch

    from lutnet.continuity.shared_lut import COLOURS, Sharer, balancing

    colours = recorded_colours(pictures, COLOURS)
    grade, recipe, view = result.grade or Grade(), sharing.recipe, sharing.view
    if recipe.look is not None or result.diagnosis is None:
        return Sharer(colours, grade, grade.cdl)  # with a look, the CDL is the balance already
    shown = view.show(colours)
    share = recipe.strength * (1.0 - (0.0 if result.scene is None else result.scene.kept))
    undone = torch.lerp(shown, result.diagnosis.grade.apply_colours(shown), share).clamp(0.0, 1.0)
    return Sharer(colours, grade, balancing(colours, undone, view))


def _regraded(
    result: ClipResult, sharer: Sharer, grade: Grade, scene: int | None, sharing: Sharing
) -> ClipResult:
    from lutnet.continuity.shared_lut import cost_of_sharing
    from lutnet.ops.difference import delta_e_rgb
    from lutnet.ops.skin import turn_of_skin

    lut, view = grade.lut, sharing.view
    assert lut is not None  # noqa: S101 - it is what is shared
    aim = view.show(sharer.grade.apply_colours(sharer.colours))

    def off(colours: Tensor) -> float:
        return float(delta_e_rgb(view.show(colours), aim).mean())

    cost = cost_of_sharing(sharer, grade, view)
    split = DeltaE(
        off(sharer.colours), off(grade.cdl.apply(sharer.colours)), float(cost.mean()), Basis.PREDICTED
    )
    # Of skin behind a view, what was said of the clip's own grade still holds to about the cost of sharing.
    skin = SkinTurn(*turn_of_skin(grade.apply_colours)) if view.identity else result.skin
    shared = SharedLut(scene, lut.digest, float(cost.mean()), float(cost.quantile(0.95)))
    measured = _measured(result, grade, sharing) or split
    return replace(result, grade=grade, delta_e=measured, skin=skin, shared=shared)


def _measured(result: ClipResult, grade: Grade, sharing: Sharing) -> DeltaE | None:
    """On the reference's pixels that were found in the clip, where its own grade was measured on them; None where it
    was not, or a view lies between them and the grade."""
    from lutnet.continuity.compared import Compared
    from lutnet.ops.difference import delta_e_rgb

    pictures, own = sharing.pictures(result), result.delta_e
    if pictures is None or own is None or own.basis is not Basis.ALIGNED or not sharing.view.identity:
        return None
    beside = Compared.from_bytes(pictures.compared).matched
    if beside is None or len(beside.source) == 0:
        return None
    aim = beside.source.lerp(beside.target, sharing.recipe.strength)
    stages = (beside.source, grade.cdl.apply(beside.source), grade.apply_colours(beside.source))
    before, cdl, both = (float(delta_e_rgb(stage, aim).mean()) for stage in stages)
    return DeltaE(before, cdl, both, Basis.ALIGNED, own.pixels)
