"""The grades of clips as their scenes ask for them: fitted again, on all cores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lutnet.continuity.cores import Apart, on_all_cores
from lutnet.continuity.left import NOTHING, Left
from lutnet.grade import CDL, Grade
from lutnet.job import Outcome
from lutnet.looks import look_on
from lutnet.result import ClipResult, InScene
from lutnet.store import StoredPictures
from lutnet.thumbnails import recorded_of

if TYPE_CHECKING:
    from lutnet.continuity.results import Context
    from lutnet.continuity.together import Joined, Member

PALETTE = 2048
"""Colours of a clip that its grade is fitted to."""
_AT_ONCE = 24
"""Grades that a core takes at a time: those of the next wait for it, and a LUT is large."""


@dataclass(frozen=True, eq=False, slots=True)
class Call:
    """A clip whose grade is to be fitted again. pictures: what was kept of it, from any process."""

    result: ClipResult
    joined: Joined
    member: Member
    pictures: Callable[[], StoredPictures]


def regraded(calls: Sequence[Call], context: Context, apart: Apart) -> Iterator[ClipResult]:
    """The results of ``calls``, in order, with the grades that their scenes ask for. apart: see ``on_all_cores``."""
    import torch

    clips = Counter(call.joined.scene for call in calls)
    for call in {call.joined.scene: call for call in calls}.values():
        if call.joined.transform is not None and clips[call.joined.scene] > 1:
            call.joined.transform(torch.zeros(1, 3))  # solved here, once, and not on every core

    def packed(call: Call) -> bytes:
        found = _regraded(call, context)
        return Outcome(replace(found, diagnosis=None)).to_bytes()

    for call, data in zip(calls, on_all_cores(packed, calls, apart, most=_AT_ONCE), strict=True):
        found = Outcome.from_bytes(data).result
        yield replace(
            placed(call.result, call.joined, matched=True, left=call.joined.left()),
            grade=found.grade,
            delta_e=found.delta_e,
            skin=found.skin,
        )


def _regraded(call: Call, context: Context) -> ClipResult:
    """The result with the grade that its scene asks for."""
    import torch

    from lutnet.continuity.together import as_it_stands
    from lutnet.refinement.behind import behind_view
    from lutnet.refinement.fit import Refined, Wish, split_of
    from lutnet.refinement.look import followed
    from lutnet.shot import Frames

    result, transform = call.result, call.joined.transform
    if transform is None:
        return result
    recipe, view, balance = context.recipe, context.view, None
    palette = call.member.compared.colours(PALETTE)

    def asked(wish: Wish, start: CDL | None = None) -> Grade:
        if transform is as_it_stands:
            return Grade()
        return wish.granted(transform, start=start, hold_skin=call.joined.holds_skin)

    if recipe.look is None:
        near = result.grade.cdl if result.grade is not None and view.identity else None
        wish = Wish(palette, recipe.strength, recipe.cdl_only, recipe.keep_brightness)
        grade = asked(wish, near)
        refined = Refined(grade, split_of(grade, palette), 1.0, "")
    else:
        balance = asked(Wish(palette, recipe.balance))
        refined = followed(
            Refined(balance, split_of(balance, palette), 1.0, ""),
            Frames(palette.T[None, :, :, None]),
            look_on(view.display, recipe.look).grade,
            recipe.strength,
            cdl_only=recipe.cdl_only,
            keep_brightness=recipe.keep_brightness,
        )
    skin = refined.skin
    if not view.identity:
        frames = Frames(torch.from_numpy(recorded_of(call.pictures())).float().movedim(-1, 0)[None])
        base = None if recipe.cdl_only else balance
        refined = behind_view(refined, frames, view, recipe.strength, cdl_only=recipe.cdl_only, balance=base)
    return replace(result, grade=refined.grade, delta_e=refined.delta_e, skin=skin)


def placed(result: ClipResult, joined: Joined, *, matched: bool = False, left: Left = NOTHING) -> ClipResult:
    before = result.scene is not None and result.scene.matched  # of a decided clip, whose grade stays
    scene = InScene(joined.scene, joined.hero, joined.linked, matched or before, left.share, left.kept_as)
    return replace(result, scene=scene)
