"""A shot, its references and its diagnosis to one grade."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lutnet.diagnosis import diagnose
from lutnet.errors import InputError
from lutnet.grade import Diagnosis, Grade
from lutnet.ops.difference import delta_e_rgb
from lutnet.refinement.correspond import Correspondence, correspond
from lutnet.refinement.predict import predict
from lutnet.refinement.split import split_pairs, split_transform
from lutnet.result import Basis, DeltaE
from lutnet.shot import Frames

PALETTE = 4096
SAME_COLOURS = 5.0
"""Median difference (DE) that one grade may leave on corresponding pixels: above, they do not correspond."""

FULL_SHARE = 0.3
"""Share of the shot seen in the reference from which on the match is trusted in full."""

MIN_GAIN, FULL_GAIN = 0.15, 0.5
"""Expected gain below which a reference of another scene is not followed at all, as it could as well do harm,
and from which on it is followed in full. Between the two the grade shrinks toward the diagnosis alone."""

TELLING_DEVIATION = 0.01
"""Smallest deviation of a reference's values: below it is one flat colour and carries no look."""


@dataclass(frozen=True, slots=True)
class Refined:
    """grade: for the shot at the strength asked for. confidence: 0..1 that it brings the shot nearer.

    said: one sentence: what the grade rests on. warnings: what the user should know before trusting it.
    shared: the corresponding pixels that it rests on, if any.
    """

    grade: Grade
    delta_e: DeltaE
    confidence: float
    said: str
    warnings: tuple[str, ...] = ()
    shared: Correspondence | None = None


def refine(
    frames: Frames,
    references: Sequence[Frames],
    found: Diagnosis | None = None,
    *,
    strength: float = 1.0,
) -> Refined:
    """The grade that brings one shot to the references, or undoes what ``found`` says without any.

    Parameters
    ----------
    frames: of one shot. references: sets of frames that have the look; may be of other sizes.
    found: the shot's diagnosis; None looks it up where it is needed.
    strength: 0 gives the identity, 1 the full grade: ``x + strength * (G(x) - x)``.

    Raises InputError for a strength that is negative or not finite.
    """
    if not 0.0 <= strength < float("inf"):
        raise InputError("strength is out of range", value=strength, allowed="0 and above")
    palette = _palette(frames)
    telling = [reference for reference in references if _tells(reference)]
    if telling:
        shared = correspond(frames, telling)
        refined = _aligned(shared, palette, strength) if shared else None
        refined = refined or _predicted(frames, telling, found, palette, strength)
        if refined:
            return refined
    warnings = (_refusal(telling),) if references else ()
    grade = (found or diagnose(frames)).grade
    graded = split_transform(grade.apply_colours, palette, strength, grade.cdl)
    return Refined(graded, _split(graded, palette), 0.5, "the diagnosed faults are undone", warnings)


def match(frames: Tensor | Frames, reference: Tensor | Frames, strength: float = 1.0) -> Refined:
    """``refine`` for one reference; both are Frames or tensors ``[N, 3, H, W]`` in 0..1."""
    return refine(_frames(frames), (_frames(reference),), strength=strength)


def _aligned(shared: Correspondence, palette: Tensor, strength: float) -> Refined | None:
    """The grade that the corresponding pixels ask for, or None where no grade explains them."""
    full, left = split_pairs(shared)
    if left > SAME_COLOURS:
        return None
    grade = full if strength == 1.0 else split_transform(full.apply_colours, palette, strength, full.cdl)
    aim = torch.lerp(shared.source, shared.target, strength)
    difference = DeltaE(
        _difference(shared.source, aim),
        _difference(grade.cdl.apply(shared.source), aim),
        _difference(grade.apply_colours(shared.source), aim),
        Basis.ALIGNED,
        len(shared),
    )
    said = f"{len(shared)} pixels of the shot were found in the reference"
    return Refined(grade, difference, min(1.0, shared.share / FULL_SHARE), said, shared=shared)


def _predicted(
    frames: Frames,
    references: Sequence[Frames],
    found: Diagnosis | None,
    palette: Tensor,
    strength: float,
) -> Refined | None:
    """The look that the references seem to carry, or None where following it could do harm."""
    prediction = predict(frames, references)
    if prediction.gain < MIN_GAIN:
        return None
    share = min(1.0, prediction.gain / FULL_GAIN)
    alone = Grade() if share == 1.0 else (found or diagnose(frames)).grade

    def transform(colours: Tensor) -> Tensor:
        return torch.lerp(alone.apply_colours(colours), prediction.apply(colours), share)

    grade = split_transform(transform, palette, strength)
    said = "the reference shows another scene: only the look that it seems to carry was applied"
    return Refined(grade, _split(grade, palette), prediction.gain, said, (said,))


def _refusal(telling: Sequence[Frames]) -> str:
    if not telling:
        return "the reference is one flat colour and carries no look: only the diagnosed faults are undone"
    return "following the reference could do harm: only the diagnosed faults are undone"


def _split(grade: Grade, palette: Tensor) -> DeltaE:
    """How much of the grade's own change the CDL makes: no accuracy, as there is nothing to compare with."""
    aim = grade.apply_colours(palette)
    cdl = _difference(grade.cdl.apply(palette), aim)
    return DeltaE(_difference(palette, aim), cdl, 0.0, Basis.PREDICTED)


def _difference(first: Tensor, second: Tensor) -> float:
    return float(delta_e_rgb(first, second).mean())


def _tells(reference: Frames) -> bool:
    return bool(reference.pixels.flatten(2).std(-1, correction=0).max() > TELLING_DEVIATION)


def _palette(frames: Frames) -> Tensor:
    colours = frames.pixels.movedim(1, -1).reshape(-1, 3).float()
    kept = torch.linspace(0, len(colours) - 1, min(len(colours), PALETTE)).long()
    return colours[kept].clamp(0.0, 1.0)


def _frames(frames: Tensor | Frames) -> Frames:
    return frames if isinstance(frames, Frames) else Frames(frames)
