"""The heads: one per correction of the detune model, in its order. A new head is one line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from lutnet.ops import detune

LEVELS = detune.LEVELS


@dataclass(frozen=True, slots=True)
class Head:
    """One correction: its words for a negative and a positive level, and its level in a colourist's unit.

    ``value_at(level)`` is in ``unit``: ``stop`` (doublings of scene light) or ``%`` (of the signal range,
    or of the factor on contrast and saturation).
    """

    name: str
    negative: str
    positive: str
    unit: str
    value_at: Callable[[float], float]


def _saturation_percent(level: float) -> float:
    return 100.0 * level * (1.0 if level > 0 else detune.PALE_RANGE)


HEADS = (
    Head("exposure", "underexposed", "overexposed", "stop", lambda p: detune.EXPOSURE_STOPS * p),
    Head("temperature", "too blue", "too orange", "stop", lambda p: detune.TEMPERATURE_STOPS * p),
    Head(
        "tint",
        "too magenta",
        "too green",
        "stop",
        lambda p: (detune.TINT_GREEN_STOPS - detune.TINT_RED_BLUE_STOPS) * p,
    ),
    Head(
        "contrast", "too flat", "too hard", "%", lambda p: 100.0 * (2.0 ** (detune.CONTRAST_STOPS * p) - 1.0)
    ),
    Head("black_point", "blacks crushed", "blacks lifted", "%", lambda p: 100.0 * detune.BLACK_RANGE * p),
    Head("white_point", "whites too low", "whites too high", "%", lambda p: 100.0 * detune.WHITE_RANGE * p),
    Head("saturation", "too pale", "too saturated", "%", _saturation_percent),
)
"""Order and names are those of ``lutnet.ops.detune.NAMES``."""

FAULTS = tuple((head.name, level) for head in HEADS for level in LEVELS if level != 0.0)
"""The 42 single faults in the order of the fault classes; class 42, after them, is a clean frame."""
CLEAN = len(FAULTS)


def class_amounts() -> Tensor:
    """The detune amounts ``[43, 7]`` of every fault class; the last row, a clean frame, is zero."""
    amounts = torch.zeros(CLEAN + 1, len(HEADS))
    names = [head.name for head in HEADS]
    for row, (name, level) in enumerate(FAULTS):
        amounts[row, names.index(name)] = level
    return amounts
