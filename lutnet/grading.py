"""One job: the frames of a shot -> what is wrong with it -> its grade."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from lutnet.colourspace import DOUBT, ColourManagement, colour_management
from lutnet.errors import MediaError
from lutnet.export.package import exported_grade
from lutnet.frames import frames_into, read_shot
from lutnet.grade import Grade
from lutnet.job import Job, Outcome, Recipe
from lutnet.looks import Look, look_on
from lutnet.reference import Reference
from lutnet.result import ClipResult, Status
from lutnet.shot import FrameRange, Frames, Shot
from lutnet.thumbnails import pictures_of

if TYPE_CHECKING:
    from lutnet.diagnosis.model import DiagnosisModel
    from lutnet.refinement import Graded


def grade_shot(
    shot: Shot,
    frames: Frames,
    reference: Reference | None,
    strength: float,
    *,
    colour: ColourManagement,
    model: DiagnosisModel | None = None,
    cdl_only: bool = False,
    keep_brightness: bool = False,
    look: Look | None = None,
    balance: float = 1.0,
) -> Graded:
    """One shot: what is wrong, then the grade that brings it to the reference (or undoes what is wrong).

    frames: in the grading space. Judged is what people see of them; the grade is one of the grading space. All are
    evidence of what is wrong; the most different are enough to match by.
    look: behind all that, at ``strength``; what comes before it is then done at ``balance``.
    """
    from lutnet import refinement
    from lutnet.diagnosis.model import default_model
    from lutnet.refinement.behind import behind_view

    every = colour.seen(frames)
    found, shown = refinement.diagnosed(every, model or default_model())
    seen = every.few
    sets = reference.sets if reference else ()
    wishes = {"cdl_only": cdl_only, "keep_brightness": keep_brightness}
    if look is None:
        base, before = None, refinement.refine(seen, sets, found, shown, strength=strength, **wishes)
        refined = before
    else:
        before = refinement.refine(seen, sets, found, shown, strength=balance)
        refined = refinement.followed(before, seen, look.grade, strength, **wishes)
        base = None if cdl_only else before.grade
    skin = refined.skin
    refined = behind_view(refined, frames.few, colour.view, strength, cdl_only=cdl_only, balance=base)
    of_reference = tuple(f"the reference {text}" for each in sets for text in each.warnings if DOUBT in text)
    light = refinement.light_change(every)
    warnings = tuple(dict.fromkeys((*frames.warnings, *found.warnings, *refined.warnings, *of_reference)))
    result = ClipResult(
        shot, Status.PROPOSED, found, refined.grade, refined.delta_e, warnings, skin=skin, light=light
    )
    if not sets:
        return refinement.Graded(result, None)
    return refinement.Graded(replace(result, followed=before.followed), before)


def grader(recipe: Recipe) -> Callable[[Job], Outcome]:
    """What does the jobs of ``recipe``, one after another; reference and weights are read now, once.
    Raises InputError where one of them cannot be used. A shot that cannot be read is skipped in its outcome.
    """
    from lutnet import refinement
    from lutnet.continuity.compared import compared_of
    from lutnet.diagnosis.model import load_named

    colour = colour_management(recipe.colour)
    model = load_named(recipe.weights)
    reference = None if recipe.reference is None else recipe.reference.seen(colour)
    look = None if recipe.look is None else look_on(colour.view.display, recipe.look)

    def do(job: Job) -> Outcome:
        try:
            frames = colour.developed(read_shot(job.shot, count=recipe.frames, every=True))
        except MediaError as error:
            return Outcome.skipped(job.shot, str(error))
        graded = grade_shot(
            job.shot,
            frames,
            reference,
            recipe.strength,
            colour=colour,
            model=model,
            cdl_only=recipe.cdl_only,
            keep_brightness=recipe.keep_brightness,
            look=look,
            balance=recipe.balance,
        )
        result = graded.result
        seen, read = colour.seen(frames), partial(_within, job.shot, colour)
        result = replace(result, doubt=frames.doubt)
        with suppress(MediaError):  # frames beside those that were read may be damaged
            result = refinement.with_cuts(result, seen, read)
            result = _placed(refinement.with_turn(result, seen, read))
        few = frames.few
        frame = few.pixels[len(few) // 2].movedim(0, -1).numpy()
        grade = exported_grade(result) or Grade()
        compared = compared_of(colour.seen(few), result.diagnosis, graded.matched)
        return Outcome(result, pictures_of(frame, grade, colour.view, compared.to_bytes()))

    return do


def _placed(result: ClipResult) -> ClipResult:
    """``result``, inside which something changes, with the frames of the clip where it does."""
    if result.light is None and not result.cuts_inside:
        return result
    known = partial(frames_into, result.shot)
    light = result.light and replace(result.light, into=float(known(result.light.frame)))
    cuts = (replace(place, into=float(known(place.frame))) for place in result.cuts_inside)
    return replace(result, light=light, cuts_inside=tuple(cuts))


def _within(shot: Shot, colour: ColourManagement, first: int, last: int, count: int) -> Frames:
    """Frames of a part of a shot, numbered from the head of its media, as people see them."""
    part = FrameRange(shot.media_start + first, Fraction(last - first + 1), shot.source.rate)
    return colour.seen(colour.developed(read_shot(replace(shot, analysed=part), count=count)))
