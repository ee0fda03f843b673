"""Fit a network's calibration on sources it was not trained on: temperatures, and how much to correct."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from sklearn.linear_model import LogisticRegression
from torch import Tensor, nn

from lutnet.diagnosis.heads import CLEAN, HEADS
from lutnet.diagnosis.model import Calibration
from lutnet.diagnosis.network import DiagnosisNetwork
from lutnet.diagnosis.predict import level_and_share, log_odds
from lutnet.training.photos import PhotoSet
from lutnet.training.sampling import (
    NO_CLASS,
    Faults,
    Mix,
    detune_bytes,
    draw_faults,
    draw_views,
    draw_wear,
    soft_levels,
    take_views,
    wear_out,
)
from lutnet.training.scoring import direction

TEMPERATURES = torch.logspace(-0.4, 0.6, 41, base=10.0)
_ROUNDS, _BATCH = 16, 128
WORN = 0.4
"""Share of worn frames: a calibration on flawless files would be too sure of itself on footage."""


@dataclass(frozen=True, eq=False, slots=True)
class Answers:
    """Logits of a batch: levels ``[B, 7, 7]``, fault ``[B, 43]``."""

    levels: Tensor
    fault: Tensor


def calibrate(network: DiagnosisNetwork, photos: PhotoSet, mix: Mix, seed: int = 5) -> Calibration:
    """Temperatures that make the held-out ``photos``, spoiled after ``mix``, most likely."""
    generator = torch.Generator().manual_seed(seed)
    rounds = [_round(network, photos, mix, generator) for _ in range(_ROUNDS)]
    levels = torch.cat([answers.levels for answers, _ in rounds])
    fault = torch.cat([answers.fault for answers, _ in rounds])
    faults = [drawn for _, drawn in rounds]
    amounts = torch.cat([drawn.amounts for drawn in faults])
    targets = soft_levels(amounts)
    classes = torch.cat([drawn.classes for drawn in faults])
    temperatures = tuple(_best(levels[:, head], targets[:, head]) for head in range(len(HEADS)))
    odds = [
        _confidence_odds(levels[:, head] / temperatures[head], amounts[:, head]) for head in range(len(HEADS))
    ]
    single = classes != NO_CLASS
    one_hot = nn.functional.one_hot(classes[single], fault.shape[-1]).float()
    return Calibration(
        level_temperatures=temperatures,
        fault_temperature=_best(fault[single], one_hot),
        clean_logit=_clean_logit(mix),
        confidence_slopes=tuple(slope for slope, _ in odds),
        confidence_offsets=tuple(offset for _, offset in odds),
    )


def _confidence_odds(logits: Tensor, amounts: Tensor) -> tuple[float, float]:
    """Slope and offset (Platt) from the share on the answer's side to how often that side is right."""
    answers = [level_and_share(row) for row in logits.double().softmax(-1).tolist()]
    shares = [[log_odds(share)] for _, share in answers]
    held = [
        direction(level) == direction(truth)
        for (level, _), truth in zip(answers, amounts.tolist(), strict=True)
    ]
    if all(held) or not any(held):
        return 1.0, 0.0
    fitted = LogisticRegression(C=1e3).fit(shares, held)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


def _clean_logit(mix: Mix) -> float:
    """The step from the share of clean frames in training to one class among 43 equals.

    Halved: it is right to the last decimal for a frame that may hold any one fault, and too eager
    to name one for the frames of a timeline, many of which are right.
    """
    clean = 1.0 - mix.single - mix.seven - mix.few - mix.severe
    return 0.5 * math.log(mix.single / (CLEAN * clean))


@torch.inference_mode()
def _round(
    network: DiagnosisNetwork, photos: PhotoSet, mix: Mix, generator: torch.Generator
) -> tuple[Answers, Faults]:
    views = draw_views(_BATCH, len(photos), 0.0, generator)
    faults = draw_faults(_BATCH, mix, generator)
    pixels = take_views(photos, views, network.config.grid)
    seen = wear_out(detune_bytes(pixels, faults.amounts), draw_wear(_BATCH, WORN, generator))
    # Both views that a diagnosis pools: one alone is less sure than the shot will be.
    straight, mirrored = network(seen), network(seen.flip(-1))
    levels, fault = (straight.levels + mirrored.levels) / 2, (straight.fault + mirrored.fault) / 2
    return Answers(levels, fault), faults


def _best(logits: Tensor, targets: Tensor) -> float:
    """The temperature at which ``logits [B, K]`` explain the distributions ``targets [B, K]`` best."""
    losses = [
        float(-(targets * (logits / temperature).log_softmax(-1)).sum(-1).mean())
        for temperature in TEMPERATURES
    ]
    return float(TEMPERATURES[losses.index(min(losses))])
