"""A shot, its references and its diagnosis to one grade."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import torch
from torch import Tensor

from lutnet.diagnosis import diagnose
from lutnet.diagnosis.content import SMALLEST_SIDE, content_of, too_small
from lutnet.diagnosis.model import default_model
from lutnet.diagnosis.predict import look_at, told
from lutnet.errors import InputError
from lutnet.grade import CDL, Diagnosis, Grade
from lutnet.ops.difference import delta_e_rgb
from lutnet.ops.skin import skin_like, turn_of_skin
from lutnet.ops.thin import thinned
from lutnet.refinement.brightness import Transform, keeping_gamma
from lutnet.refinement.confidence import undone_share
from lutnet.refinement.correspond import Correspondence, correspond
from lutnet.refinement.predict import predict
from lutnet.refinement.sound import is_sound
from lutnet.refinement.split import MEASURED, split_pairs, split_transform
from lutnet.refinement.still_evidence import StillEvidence, shot_evidence
from lutnet.result import Basis, DeltaE, Followed, SkinTurn
from lutnet.shot import Frames

PALETTE = 4096
TOLD_BY = 1024
"""Colours of the palette by which the split of a grade is told, which is no more than a mean."""

SAME_COLOURS = 5.0
"""Median difference (DE) that one grade may leave on corresponding pixels: above, they do not correspond."""

FULL_SHARE = 0.3
"""Share of the shot seen in the reference from which on the match is trusted in full."""

WHOLE_SHARE = 0.95
"""Share of a look from which on it counts as applied as a whole, and nothing is said of it."""

SKIN_SHARE = 0.02
"""Share of colours that may be skin from which on a reference says what skin is to look like."""

TELLING_DEVIATION = 0.01
"""Smallest deviation of a reference's values: below it is one flat colour and carries no look."""


MONOCHROME = "monochrome"
"""What a reference without colour is called: of the same scene it can be matched, of another it says nothing."""


@dataclass(frozen=True, eq=False, slots=True)
class GuessedLook:
    """What references of another scene seem to ask. as_meant: of the shot, if all that is unusual about it is meant, at
    full strength. holds_skin: they show no skin, so that its hue stays."""

    as_meant: Transform
    holds_skin: bool


@dataclass(frozen=True, slots=True)
class Refined:
    """grade: for the shot at the strength asked for. confidence: 0..1 that it brings the shot nearer.

    said: one sentence: what the grade rests on. warnings: what the user should know before trusting it.
    shared: the corresponding pixels that it rests on; guessed: the look that it rests on; None of both where the
    references were not followed.
    """

    grade: Grade
    delta_e: DeltaE
    confidence: float
    said: str
    warnings: tuple[str, ...] = ()
    shared: Correspondence | None = None
    guessed: GuessedLook | None = None

    @property
    def followed(self) -> Followed:
        """What of the references it goes by."""
        if self.shared is not None:
            return Followed.PIXELS
        return Followed.NOTHING if self.guessed is None else Followed.LOOK

    @property
    def skin(self) -> SkinTurn:
        """How far the grade turns skin: ask before it is brought behind a view."""
        return SkinTurn(*turn_of_skin(self.grade.apply_colours))


def refine(
    frames: Frames,
    references: Sequence[Frames],
    found: Diagnosis | None = None,
    shown: StillEvidence | None = None,
    *,
    strength: float = 1.0,
    cdl_only: bool = False,
    keep_brightness: bool = False,
) -> Refined:
    """The grade that brings one shot to the references, or undoes what ``found`` says without any.

    Parameters
    ----------
    frames: of one shot. references: sets of frames that have the look; may be of other sizes.
    found: the shot's diagnosis; shown: what the diagnosis that ships read of it. None looks them up where they are
        needed.
    strength: 0 gives the identity, 1 the full grade: ``x + strength * (G(x) - x)``.
    cdl_only: the best CDL alone, fitted for standing alone. keep_brightness: the shot's mean luma stays.

    Raises InputError for a strength that is negative or not finite.
    """
    if not 0.0 <= strength < float("inf"):
        raise InputError("strength is out of range", value=strength, allowed="0 and above")
    wish = Wish(palette_of(frames), strength, cdl_only, keep_brightness)
    telling = Telling.of(references)
    shared = correspond(frames, telling.scenes) if telling.scenes else None
    refined = by_pixels(shared, wish) if shared else None
    if refined is None and telling.looks:
        if found is None:
            looked = look_at(frames, default_model())
            found, shown = told(looked, default_model()), shot_evidence(looked)
        refined = by_look(frames, telling.looks, found.grade, wish, shown)
    if refined:
        return refined
    grade = (found or diagnose(frames)).grade
    if telling.looks:
        graded = wish.granted(clear_faults(grade, wish.palette)[0])
    elif wish.is_plain and grade.lut is None and is_sound(grade.cdl):
        graded = grade  # what splitting it would give
    else:
        graded = wish.granted(grade.apply_colours, grade.cdl)
    warnings = (telling.refusal,) if references else ()
    undone = "clear faults are undone" if telling.looks else "the diagnosed faults are undone"
    return Refined(graded, split_of(graded, wish.palette), 0.5, undone, warnings)


@dataclass(frozen=True, eq=False, slots=True)
class Telling:
    """What references tell: ``scenes`` to find pixels in, ``looks`` to follow, and what the others are missing."""

    scenes: tuple[Frames, ...]
    looks: tuple[Frames, ...]
    missing: tuple[str, ...]

    @classmethod
    def of(cls, references: Sequence[Frames]) -> Telling:
        found = [(each, what_is_missing(each)) for each in references]
        return cls(
            tuple(each for each, why in found if why in (None, MONOCHROME)),
            tuple(each for each, why in found if why is None),
            tuple(why for _, why in found if why is not None),
        )

    @property
    def refusal(self) -> str:
        """Why none of the references was followed."""
        if self.missing:
            return f"the reference is {self.missing[0]} and carries no look: it was not followed"
        return "following the reference could do harm: it was not followed, and only what is clearly at fault is undone"


@dataclass(frozen=True, eq=False, slots=True)
class Wish:
    """What the user asked for, with the shot's colours ``palette [P, 3]``."""

    palette: Tensor
    strength: float = 1.0
    cdl_only: bool = False
    keep_brightness: bool = False

    @property
    def is_plain(self) -> bool:
        return self.strength == 1.0 and not self.keep_brightness

    def gamma(self, transform: Transform) -> float:
        """What keeps the brightness behind ``transform``; 1 where that is not wished for."""
        return keeping_gamma(transform, self.palette) if self.keep_brightness else 1.0

    def granted(
        self,
        transform: Transform,
        full: CDL | None = None,
        *,
        start: CDL | None = None,
        hold_skin: bool = False,
    ) -> Grade:
        """The grade that does ``transform`` as it is wished for.

        full: the CDL of it, where known. start: one that is near to it; it is found sooner from there.
        """
        gamma = self.gamma(transform)

        def shaped(colours: Tensor) -> Tensor:
            return transform(colours).clamp(0.0, 1.0) ** gamma

        known = full if gamma == 1.0 else None
        return split_transform(
            transform if gamma == 1.0 else shaped,
            self.palette,
            self.strength,
            known,
            start=start,
            cdl_only=self.cdl_only,
            hold_skin=hold_skin,
        )


def match(frames: Tensor | Frames, reference: Tensor | Frames, strength: float = 1.0) -> Refined:
    """``refine`` for one reference; both are Frames or tensors ``[N, 3, H, W]`` in 0..1."""
    return refine(_frames(frames), (_frames(reference),), strength=strength)


def by_pixels(shared: Correspondence, wish: Wish) -> Refined | None:
    """The grade that the corresponding pixels ask for, or None where no grade explains them."""
    full, left = split_pairs(shared, cdl_only=wish.cdl_only)
    if left > SAME_COLOURS:
        return None
    grade = full if wish.is_plain else wish.granted(full.apply_colours, full.cdl)
    shared = replace(shared, target=shared.target ** wish.gamma(full.apply_colours))
    source = thinned(shared.source, MEASURED)
    aim = torch.lerp(source, thinned(shared.target, MEASURED), wish.strength)
    difference = DeltaE(
        _difference(source, aim),
        _difference(grade.cdl.apply(source), aim),
        _difference(grade.apply_colours(source), aim),
        Basis.ALIGNED,
        len(shared),
    )
    said = f"{len(shared)} pixels of the shot were found in the reference"
    return Refined(grade, difference, min(1.0, shared.share / FULL_SHARE), said, shared=shared)


def by_look(
    frames: Frames,
    references: Sequence[Frames],
    alone: Grade,
    wish: Wish,
    shown: StillEvidence | None = None,
) -> Refined | None:
    """The look that the references seem to carry, or None where following it could do harm.

    alone: what the shot's diagnosis says, which is done first as far as it is clear. shown: as ``refine`` takes it.
    """
    shown = shot_evidence(look_at(frames, default_model())) if shown is None else shown
    if shown is None:
        return None
    prediction = predict(frames, references, shown, *clear_faults(alone, wish.palette))
    if prediction is None or (share := prediction.share) == 0.0:
        return None
    guessed = GuessedLook(prediction.as_meant, not _shows_skin(references))
    grade = wish.granted(prediction.apply, hold_skin=guessed.holds_skin)
    said = "the reference shows another scene: only the look that it seems to carry was applied"
    if share < WHOLE_SHARE:
        said += f", and {share:.0%} of it, as it is no more than a guess"
    difference = split_of(grade, wish.palette)
    return Refined(grade, difference, prediction.confidence, said, (said,), guessed=guessed)


def clear_faults(grade: Grade, palette: Tensor) -> tuple[Transform, float]:
    """What undoes the faults that ``grade`` undoes, as far as that is more than the uncertainty of any diagnosis; and
    how far that is, 0..1."""
    share = undone_share(_difference(palette, grade.apply_colours(palette)))
    return lambda colours: torch.lerp(colours, grade.apply_colours(colours), share), share


def split_of(grade: Grade, palette: Tensor) -> DeltaE:
    """How much of the grade's own change the CDL makes: no accuracy, as there is nothing to compare with."""
    palette = thinned(palette, TOLD_BY)
    aim = grade.apply_colours(palette)
    cdl = 0.0 if grade.lut is None else _difference(grade.cdl.apply(palette), aim)
    return DeltaE(_difference(palette, aim), cdl, 0.0, Basis.PREDICTED)


def _difference(first: Tensor, second: Tensor) -> float:
    return float(delta_e_rgb(first, second).mean())


def _shows_skin(references: Sequence[Frames]) -> bool:
    return max(_share_of_skin(reference) for reference in references) > SKIN_SHARE


@lru_cache(maxsize=32)
def _share_of_skin(reference: Frames) -> float:
    """Kept, because one reference meets every shot."""
    return float(skin_like(reference.pixels.movedim(1, -1)).float().mean())


@lru_cache(maxsize=32)
def what_is_missing(reference: Frames) -> str | None:
    """What keeps a reference from carrying a look, or None."""
    if too_small(*reference.pixels.shape[-2:]):
        return f"smaller than {SMALLEST_SIDE} pixels"
    if float(reference.pixels.flatten(2).std(-1, correction=0).max()) <= TELLING_DEVIATION:
        return "one flat colour"
    return None if bool(content_of(reference.pixels.float()).coloured.any()) else MONOCHROME


def palette_of(frames: Frames) -> Tensor:
    colours = frames.pixels.movedim(1, -1).reshape(-1, 3).float()
    return thinned(colours, PALETTE).clamp(0.0, 1.0)


def _frames(frames: Tensor | Frames) -> Frames:
    return frames if isinstance(frames, Frames) else Frames(frames)
