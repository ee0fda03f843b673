"""Protocols U, M and C on photographs the network never saw, through the same ``diagnose`` that ships.

``lutnet evaluate photos/test`` is its command line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from lutnet.diagnosis.heads import CLEAN, FAULTS, HEADS
from lutnet.diagnosis.model import DiagnosisModel, load_named
from lutnet.diagnosis.predict import diagnose
from lutnet.grade import Diagnosis, Fault
from lutnet.ops.difference import delta_e_rgb
from lutnet.training.baselines import BASELINES
from lutnet.training.photos import PhotoSet, load_photos, sample_crop
from lutnet.training.sampling import (
    detune_bytes,
    quantised,
    seven_amounts,
    single_amounts,
    some_amounts,
)
from lutnet.training.scoring import (
    FaultScore,
    Spread,
    calibration_error,
    confidence_holds,
    confusion,
    fault_score,
)
from lutnet.training.through import Through

WHOLE = (0.0, 0.0, 1.0, 1.0)
SEVERE = 2 / 3
"""Protocol M with few faults: each at 66 % or more."""


@dataclass(frozen=True, slots=True)
class EvaluateSettings:
    """photos: folder of right photographs of unseen sources. weights: a file, or None for those that ship.

    classes_per_photo: how many of the 43 single-fault classes each photograph is tried with.
    through: what the diagnosis sees of the spoiled frames; its CDL is scored on the flawless ones.
    """

    photos: Path
    weights: Path | None = None
    classes_per_photo: int = CLEAN + 1
    seed: int = 7
    grid: int = 128
    through: Through = field(default_factory=Through)


@dataclass(frozen=True, slots=True)
class CorrectedScore:
    """DE2000 to the clean frame: untouched, after the CDL, after the whole grade."""

    before: Spread
    cdl: Spread
    grade: Spread

    @property
    def cdl_gain(self) -> float:
        """By how much of itself the mean DE falls with the CDL alone."""
        return 1.0 - self.cdl.mean / self.before.mean


@dataclass(frozen=True, slots=True)
class HeadScore:
    """One correction over as many frames of U as of M and of C: level and calibration error, both 0..1."""

    name: str
    level_error: float
    calibration_error: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """unseen: protocol U. several: protocol M by number of faults (7, 2, 3, 4). clean: DE moved, C.

    confusion: of U, by the true correction the shares of those named.
    baselines: DE2000 after classic automatic corrections of the seven-fault frames, by name.
    """

    photos: int
    unseen: FaultScore
    several: dict[int, CorrectedScore]
    baselines: dict[str, Spread]
    clean: Spread
    heads: tuple[HeadScore, ...]
    confusion: dict[str, dict[str, float]]


@dataclass(frozen=True, eq=False, slots=True)
class Case:
    """One spoiled frame: clean and spoiled ``[3, G, G]``, amounts ``[7]``, the diagnosis of it."""

    clean: Tensor
    spoiled: Tensor
    amounts: Tensor
    diagnosis: Diagnosis


def evaluate(settings: EvaluateSettings) -> Evaluation:
    """Score the weights on every photograph of the folder."""
    return evaluate_model(load_named(settings.weights), load_photos(settings.photos), settings)


def evaluate_model(model: DiagnosisModel, photos: PhotoSet, settings: EvaluateSettings) -> Evaluation:
    """Score ``model`` on ``photos`` with the draws that ``settings.seed`` gives."""
    cases = partial(_cases, photos, model, settings)
    generator = torch.Generator().manual_seed(settings.seed)
    count = len(photos)
    single, truths = unseen_cases(photos, model, settings, generator)
    draws = {7: seven_amounts(count, generator)}
    draws |= {n: some_amounts(count, n, SEVERE, generator) for n in (2, 3, 4)}
    several = {n: list(cases(amounts.unsqueeze(1))) for n, amounts in draws.items()}
    untouched = list(cases(torch.zeros(count, 1, len(HEADS))))
    answers = [case.diagnosis.fault for case in single]
    return Evaluation(
        photos=count,
        unseen=fault_score(answers, truths),
        confusion=confusion(answers, truths),
        several={n: corrected_score(cases) for n, cases in several.items()},
        baselines={name: _baseline(correct, several[7]) for name, correct in BASELINES.items()},
        clean=Spread.of([_moved(case) for case in untouched]),
        heads=head_scores([*single[:: settings.classes_per_photo], *several[7], *untouched]),
    )


def unseen_cases(
    photos: PhotoSet, model: DiagnosisModel, settings: EvaluateSettings, generator: torch.Generator
) -> tuple[list[Case], list[Fault | None]]:
    """Protocol U: single faults of all ``photos`` without their pictures, and what each of them truly is."""
    classes = _classes(len(photos), settings.classes_per_photo, generator)
    # Only what is said of these counts: thousands of frames would fill the memory.
    nothing = torch.empty(0)
    cases = _cases(photos, model, settings, single_amounts(classes))
    single = [replace(case, clean=nothing, spoiled=nothing) for case in cases]
    return single, [_fault(int(k)) for k in classes.flatten()]


def corrected_score(cases: list[Case]) -> CorrectedScore:
    """DE2000 before and after, over ``cases``."""
    before, cdl, grade = [], [], []
    for case in cases:
        truth, spoiled = case.clean.movedim(0, -1), case.spoiled.movedim(0, -1)
        graded = case.diagnosis.grade.apply_colours(spoiled)
        before.append(_difference(spoiled, truth))
        cdl.append(_difference(case.diagnosis.cdl.apply(spoiled), truth))
        grade.append(cdl[-1] if case.diagnosis.grade.lut is None else _difference(graded, truth))
    return CorrectedScore(Spread.of(before), Spread.of(cdl), Spread.of(grade))


def _baseline(correct: Callable[[Tensor], Tensor], cases: list[Case]) -> Spread:
    corrected = [(correct(case.spoiled).movedim(0, -1), case.clean.movedim(0, -1)) for case in cases]
    return Spread.of([_difference(*pair) for pair in corrected])


def head_scores(cases: list[Case]) -> tuple[HeadScore, ...]:
    """Level and calibration error of each correction over ``cases``."""
    scores = []
    for column, head in enumerate(HEADS):
        answers = [case.diagnosis.corrections[head.name] for case in cases]
        truths = [float(case.amounts[column]) for case in cases]
        errors = [abs(answer.level - truth) for answer, truth in zip(answers, truths, strict=True)]
        held = [confidence_holds(answer, truth) for answer, truth in zip(answers, truths, strict=True)]
        gap = calibration_error([answer.confidence for answer in answers], held)
        scores.append(HeadScore(head.name, Spread.of(errors).mean, gap))
    return tuple(scores)


def _cases(
    photos: PhotoSet, model: DiagnosisModel, settings: EvaluateSettings, amounts: Tensor
) -> Iterator[Case]:
    """One case per photograph and row of its ``amounts [B, K, 7]``."""
    for photo, rows in zip(photos.images, amounts, strict=True):
        sampled = sample_crop(photo, WHOLE, settings.grid)
        spoiled = quantised(detune_bytes(sampled.expand(len(rows), -1, -1, -1), rows))
        seen = settings.through.frames(photo, spoiled, rows)
        for frame, shown, row in zip(spoiled, seen, rows, strict=True):
            yield Case(sampled.float() / 255.0, frame, row, diagnose(shown.unsqueeze(0), model=model))


def _classes(photos: int, per_photo: int, generator: torch.Generator) -> Tensor:
    """``[photos, per_photo]``: every class where all are wanted, else a draw without repetition."""
    shuffled = torch.rand(photos, CLEAN + 1, generator=generator).argsort(1)
    return shuffled[:, :per_photo]


def _fault(number: int) -> Fault | None:
    return None if number == CLEAN else Fault(*FAULTS[number])


def _moved(case: Case) -> float:
    clean = case.clean.movedim(0, -1)
    return _difference(case.diagnosis.grade.apply_colours(clean), clean)


def _difference(first: Tensor, second: Tensor) -> float:
    # Every other pixel of every other row: the mean over 4,096 pixels is as good, at a quarter of the time.
    return float(delta_e_rgb(first[::2, ::2], second[::2, ::2]).mean())
