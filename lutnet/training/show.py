"""Show models: what a show or a colourist calls right, learned from a handful of graded stills.

The network stays as it is and brings frames to neutral; the show is the look that neutral frames are given.
From pairs the look is fitted; from graded stills alone a small network tells it from what their diagnoses agree
on, because a fault of one frame is that frame's and a look is all frames', and from what they look like as a set.
Spoiling stills that were left out of the fit says what the look is worth, and whether the show is better off without
it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from lutnet.diagnosis import diagnose
from lutnet.diagnosis.evidence import amounts_to_undo
from lutnet.diagnosis.look import Look
from lutnet.diagnosis.model import DiagnosisModel, save_model
from lutnet.diagnosis.network import sample_grid
from lutnet.diagnosis.predict import evidence_of
from lutnet.errors import InputError
from lutnet.grade import CDL, Grade
from lutnet.ops.detune import NAMES, undo
from lutnet.ops.difference import delta_e_rgb
from lutnet.ops.fit_detune import DetunePairs, fit_detune
from lutnet.ops.lut3d import identity_lattice
from lutnet.refinement.correspond import Correspondence
from lutnet.refinement.look_evidence import look_evidence
from lutnet.refinement.look_network import shipped_look_network
from lutnet.refinement.split import split_pairs
from lutnet.training.card import write_card
from lutnet.training.sampling import detune_bytes, quantised, seven_amounts
from lutnet.training.stills import Still

FEWEST = 3
"""Stills below which nothing tells a look from the faults of single frames."""

COLOURS = 40_000
"""Colours of all stills together that the look is fitted to."""

ROUNDS = 2
"""How often a look is fitted to pairs: the second time without the stills that were corrected wrongly."""

FOLDS = 4
LATTICE = 5
"""Points a side of the colours besides the stills' own on which a look must hold."""


@dataclass(frozen=True, slots=True)
class ShowScore:
    """Mean DE2000 to the graded still, of stills that were left out of the fit.

    spoiled: by seven faults, as protocol M; ungraded: as they came from the camera (None where unknown).
    Each untouched, corrected by the weights that the show started from, and by the show's own.
    """

    spoiled: tuple[float, float, float]
    ungraded: tuple[float, float, float] | None


@dataclass(frozen=True, eq=False, slots=True)
class Show:
    """model: the show's. score: what it is worth. kept: whether the look is better than none."""

    model: DiagnosisModel
    score: ShowScore
    stills: int
    kept: bool


def learn_show(stills: Sequence[Still], start: DiagnosisModel, seed: int = 1) -> Show:
    """The show model of ``stills``, all with their ungraded partners or none.

    Where left-out stills come out no better with the look than without, the model is ``start`` again.
    Raises InputError for too few stills.
    """
    if len(stills) < FEWEST:
        raise InputError(
            "too few stills to tell a look from a fault", value=len(stills), allowed=f"{FEWEST} and above"
        )
    base = replace(start, look=None)
    score = _cross_validated(stills, base, seed)
    measured = score.ungraded or score.spoiled
    kept = measured[2] < measured[1]
    look = fit_look(stills, base) if kept else None
    return Show(replace(base, look=look), score, len(stills), kept)


def fit_look(stills: Sequence[Still], base: DiagnosisModel) -> Look:
    """The look that ``stills`` share, on top of what ``base`` makes of their ungraded partners."""
    graded = torch.stack([still.graded for still in stills])
    ungraded = [still.ungraded for still in stills if still.ungraded is not None]
    if len(ungraded) == len(stills):
        return _look_of_pairs(_neutral(torch.stack(ungraded), base), _colours(graded))
    return _look_of_graded(graded, base)


def save_show(path: Path, show: Show, command: str) -> str:
    """Write the model and its card beside it; returns the SHA-256 of the model. Raises OutputError."""
    digest = save_model(path, show.model)
    write_card(path.with_suffix(".json"), _card(show, digest, command))
    return digest


def _look_of_pairs(neutral: Tensor, graded: Tensor) -> Look:
    """The grade that most stills share; ``neutral`` and ``graded`` are colours ``[N, P, 3]``.

    A still that was corrected wrongly says nothing of the look, so those that fit worse count for less.
    """
    kept = torch.linspace(0, graded.shape[1] - 1, min(graded.shape[1], COLOURS // len(graded))).long()
    source, target = neutral[:, kept], graded[:, kept]
    shares = torch.ones(len(source))
    for _ in range(ROUNDS):
        weights = shares.repeat_interleave(len(kept))
        cdl = CDL.fitted(_thin(source), _thin(target), _thin(weights))
        off = delta_e_rgb(cdl.apply(source), target).median(1).values
        shares = 1.0 / (1.0 + (off / off.median().clamp(min=0.1)) ** 2)
    weights = shares.repeat_interleave(len(kept))
    pairs = Correspondence(
        source.reshape(-1, 3), target.reshape(-1, 3), weights / weights.mean(), 1.0, len(weights), exact=False
    )
    grade, _ = split_pairs(pairs)
    return Look(
        grade, _amounts(fit_detune(DetunePairs(_thin(source), _thin(target), _thin(weights))).amounts)
    )


def _thin(values: Tensor) -> Tensor:
    """Every so many of colours ``[N, P, 3]`` or weights ``[N * P]``: a fit would thin them itself, but evenly
    and so, with bad luck, along one column of every still."""
    flat = values.reshape(-1, 3) if values.ndim > 1 else values
    return flat[torch.randperm(len(flat), generator=torch.Generator().manual_seed(0))[:2048]]


def _look_of_graded(graded: Tensor, base: DiagnosisModel) -> Look:
    """The CDL that the stills have in common, by what their diagnoses agree on and what they look like as a set."""
    evidence = look_evidence(sample_grid(graded, base.network.config.grid), base)
    seen = undo(_colours(graded), evidence.amounts)
    colours = torch.cat((_thin(seen), identity_lattice(LATTICE).reshape(-1, 3)))
    with torch.inference_mode():
        looked = shipped_look_network().look_on(colours, evidence)
    return Look(
        Grade(CDL.fitted(colours, looked)), _amounts(fit_detune(DetunePairs(colours, looked)).amounts)
    )


def _neutral(frames: Tensor, base: DiagnosisModel) -> Tensor:
    """Colours ``[N, P, 3]`` of frames as ``base`` would correct each."""
    return torch.stack([
        undo(colours, amounts_to_undo(evidence_of(frame[None], base)))
        for frame, colours in zip(frames, _colours(frames), strict=True)
    ])  # fmt: skip


def _cross_validated(stills: Sequence[Still], base: DiagnosisModel, seed: int) -> ShowScore:
    """Every still judged by the look of the others."""
    generator = torch.Generator().manual_seed(seed)
    amounts = seven_amounts(len(stills), generator)
    fold_of = torch.randperm(len(stills), generator=generator) % min(FOLDS, len(stills))
    spoiled, ungraded = [], []
    for fold in sorted(set(fold_of.tolist())):
        others = [still for still, place in zip(stills, fold_of.tolist(), strict=True) if place != fold]
        show = replace(base, look=fit_look(others, base))
        for row in (fold_of == fold).nonzero().flatten().tolist():
            still = stills[row]
            codes = (still.graded * 255.0).round().byte()[None]
            frame = quantised(detune_bytes(codes, amounts[row : row + 1]))[0]
            spoiled.append(_compared(frame, still.graded, base, show))
            if still.ungraded is not None:
                ungraded.append(_compared(still.ungraded, still.graded, base, show))
    return ShowScore(_mean(spoiled), _mean(ungraded) if ungraded else None)


def _compared(
    frame: Tensor, truth: Tensor, base: DiagnosisModel, show: DiagnosisModel
) -> tuple[float, float, float]:
    results = (frame, *(diagnose(frame[None], model=m).grade.apply(frame[None])[0] for m in (base, show)))
    untouched, before, after = (float(_difference(result, truth)) for result in results)
    return untouched, before, after


def _difference(first: Tensor, second: Tensor) -> Tensor:
    return delta_e_rgb(first.movedim(0, -1)[::2, ::2], second.movedim(0, -1)[::2, ::2]).mean()


def _mean(rows: Sequence[tuple[float, float, float]]) -> tuple[float, float, float]:
    untouched, before, after = torch.tensor(rows).mean(0).tolist()
    return untouched, before, after


def _colours(frames: Tensor) -> Tensor:
    return frames.movedim(1, -1).flatten(1, 2)


def _amounts(values: Tensor) -> tuple[float, ...]:
    return tuple(round(float(value), 6) for value in values)


def _card(show: Show, digest: str, command: str) -> dict[str, Any]:
    look = show.model.look
    return {
        "kind": "show model",
        "sha256": digest,
        "started_from": show.model.sha256,
        "command": command,
        "stills": show.stills,
        "look": None if look is None else {"amounts": dict(zip(NAMES, look.amounts, strict=True))},
        "scores": {
            "left_out_stills": {
                "spoiled": dict(zip(_COLUMNS, show.score.spoiled, strict=True)),
                "ungraded": (
                    None
                    if show.score.ungraded is None
                    else dict(zip(_COLUMNS, show.score.ungraded, strict=True))
                ),
            }
        },
        "limits": list(LIMITS),
    }


_COLUMNS = ("untouched", "before", "show")
LIMITS = (
    "One look for the whole show: scenes that are meant to differ are all brought to it.",
    "Frames that have the look already are given some of it again; give it ungraded footage.",
    "From graded stills alone, a look is told from what the stills show only as far as their diagnoses agree.",
)
