"""A clip as its scene sees it: what was computed of it alone, and what people decided about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torch import Tensor

from lutnet.continuity.anchor import COLOURS, unsureness
from lutnet.continuity.compared import Compared
from lutnet.continuity.cut_figures import digest_of
from lutnet.continuity.recorded import recorded_colours
from lutnet.continuity.together import Member
from lutnet.grade import Grade
from lutnet.job import Recipe
from lutnet.result import Basis, ClipResult, Status
from lutnet.store import Decision, StoredPictures

if TYPE_CHECKING:
    from lutnet.continuity.results import Context


@dataclass(frozen=True, eq=False, slots=True)
class Clip:
    """One clip of a run. kept: by ``job``, to lay it beside others. decision: about it, if there is one that counts."""

    result: ClipResult
    job: str
    kept: Compared
    decision: Decision | None
    context: Context

    @property
    def approved(self) -> bool:
        return self.decision is not None and self.decision.status is not Status.REJECTED

    @property
    def pinned(self) -> bool:
        return self.result.shot.id in self.context.wishes.pinned

    @property
    def hero(self) -> bool:
        return self.result.shot.id in self.context.wishes.heroes

    @property
    def grade(self) -> Grade:
        """That it has, or was decided to have."""
        decided = self.decision.grade if self.approved and self.decision is not None else None
        return decided or self.result.grade or Grade()

    @property
    def diagnosed(self) -> Grade:
        return Grade() if self.result.diagnosis is None else self.result.diagnosis.grade


def look_of_show(recipe: Recipe) -> Grade | None:
    """What the weights of a run have for right, put on what is neutral; None where neutral is right."""
    if recipe.weights is None:
        return None
    from lutnet.diagnosis.model import load_named

    look = load_named(recipe.weights).look
    return None if look is None else look.grade


def member_of(clip: Clip, pictures: Callable[[], StoredPictures], show: Grade | None) -> Member:
    """pictures: of the clip, when they are asked for. show: the look of ``look_of_show``."""
    found, context, kept = clip.result, clip.context, clip.kept
    unsure = 1.0 if found.diagnosis is None else unsureness(list(found.diagnosis.corrections.values()))
    aligned = found.delta_e is not None and found.delta_e.basis is Basis.ALIGNED
    shown = (found.delta_e.pixels or 0) if aligned and found.delta_e is not None else 0
    behind = context.recipe.look is not None  # then a grade is more than the balance that is sought
    matched = kept.matched if behind and context.recipe.balance > 0.0 else None
    known, led = (
        (clip.approved or aligned or clip.pinned) and not behind,
        context.recipe.reference is not None,
    )
    if behind:
        shown = 0 if matched is None or (clip.decision and clip.decision.grade) else matched.pixels
        known, led = shown > 0, matched is not None
    led = led or show is not None
    key = repr((found.shot.id, clip.job, clip.pinned, clip.approved, clip.grade.cdl, digest_of(clip.grade)))

    def graded() -> tuple[Tensor, Tensor]:
        view, colours = context.view, kept.colours(COLOURS)
        if matched is not None:  # of the full match
            return colours, _in_full(colours, matched.graded, context.recipe.balance)
        if behind:
            return colours, clip.diagnosed.apply_colours(colours)
        recorded = colours if view.identity else recorded_colours(pictures(), COLOURS)
        colours, own = view.show(recorded), view.show(clip.grade.apply_colours(recorded))
        return colours, own if clip.approved else _in_full(colours, own, context.recipe.strength)

    def as_meant() -> tuple[Tensor, Tensor]:
        colours, beside = kept.colours(COLOURS), kept.matched if kept.led else None
        if beside is not None:
            return colours, beside.as_meant
        return colours, colours if show is None else show.apply_colours(colours)

    return Member(
        kept,
        graded if known or led or clip.hero else None,
        known,
        led,
        as_meant if led and (kept.led or show is not None) else None,
        unsure,
        shown,
        key.encode(),
    )


def _in_full(colours: Tensor, graded: Tensor, strength: float) -> Tensor:
    """What a grade that was done at ``strength`` does as a whole."""
    return (colours + (graded - colours) / strength).clamp(0.0, 1.0)
