"""How answers are scored: pure functions of answers and truths, the same for training and every report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lutnet.diagnosis.heads import LEVELS
from lutnet.grade import Correction, Fault

Floats = npt.NDArray[np.float64]
STEP = LEVELS[-1] - LEVELS[-2]


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure over frames."""

    mean: float
    median: float
    p90: float
    p95: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        numbers = np.asarray(values, dtype=np.float64)
        return cls(float(numbers.mean()), *(float(np.quantile(numbers, q)) for q in (0.5, 0.9, 0.95)))


@dataclass(frozen=True, slots=True)
class FaultScore:
    """Shares of frames, 0..1. neighbour: exact, or the right correction at a level one step away."""

    exact: float
    neighbour: float


def is_exact(answer: Fault | None, truth: Fault | None) -> bool:
    if answer is None or truth is None:
        return answer is truth
    return answer.name == truth.name and abs(answer.level - truth.level) < STEP / 2


def is_neighbour(answer: Fault | None, truth: Fault | None) -> bool:
    """Exact, or the right correction one step off. Clean is nobody's neighbour: it names no correction."""
    if answer is None or truth is None:
        return answer is truth
    return answer.name == truth.name and abs(answer.level - truth.level) < STEP * 1.5


def fault_score(answers: Sequence[Fault | None], truths: Sequence[Fault | None]) -> FaultScore:
    pairs = list(zip(answers, truths, strict=True))
    return FaultScore(
        float(np.mean([is_exact(*pair) for pair in pairs])),
        float(np.mean([is_neighbour(*pair) for pair in pairs])),
    )


def confusion(answers: Sequence[Fault | None], truths: Sequence[Fault | None]) -> dict[str, dict[str, float]]:
    """By the true correction (or ``clean``), the shares of answers by the named one; those never named are left out."""
    counts: dict[str, dict[str, int]] = {}
    for answer, truth in zip(answers, truths, strict=True):
        row = counts.setdefault("clean" if truth is None else truth.name, {})
        name = "clean" if answer is None else answer.name
        row[name] = row.get(name, 0) + 1
    return {true: {name: n / sum(row.values()) for name, n in row.items()} for true, row in counts.items()}


def direction(level: float) -> int:
    """-1, 0 or 1: on which side of untouched the nearest of the seven levels lies."""
    return 0 if abs(level) < STEP / 2 else (1 if level > 0 else -1)


def confidence_holds(correction: Correction, truth: float) -> bool:
    """Whether what ``correction.confidence`` speaks of came true."""
    return direction(correction.level) == direction(truth)


def calibration_error(confidences: Sequence[float], held: Sequence[bool], bins: int = 10) -> float:
    """Expected calibration error: mean gap between confidence and frequency, over equal-width bins."""
    stated = np.asarray(confidences, dtype=np.float64)
    true = np.asarray(held, dtype=np.float64)
    which = np.minimum((stated * bins).astype(int), bins - 1)
    gaps = [abs(float((stated - true)[which == k].sum())) for k in range(bins)]
    return float(sum(gaps) / len(stated))
