"""Frames of one shot to a diagnosis: what is wrong, how sure that is, and the CDL that undoes it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from lutnet.diagnosis.content import SMALLEST_SIDE, Content, content_of, too_small
from lutnet.diagnosis.heads import CLEAN, FAULTS, HEADS, LEVELS, Head
from lutnet.diagnosis.model import DiagnosisModel, default_model
from lutnet.diagnosis.network import Verdict, sample_grid
from lutnet.diagnosis.repair import repair_cdl
from lutnet.grade import Correction, Diagnosis, Fault, Grade
from lutnet.shot import Frames

CHROMATIC = ("temperature", "tint", "saturation")
SEEN_AT_ONCE = 16
"""Frames per pass through the network: bounds memory, and any number of frames gives the same answer."""


@dataclass(frozen=True, eq=False, slots=True)
class Evidence:
    """Of a shot: log probabilities of levels ``[7, 7]`` and faults ``[43]``; amounts to undo ``[7]``."""

    levels: Tensor
    fault: Tensor
    repair: Tensor


def diagnose(
    frames: Tensor | Frames,
    reference: Tensor | Frames | None = None,
    *,
    model: DiagnosisModel | None = None,
) -> Diagnosis:
    """Name what is wrong with one shot.

    Parameters
    ----------
    frames: ``[N, 3, H, W]`` floating point, encoded Rec.709 in 0..1, all of one shot; values outside are
        clipped.
    reference: frames that are right, of the same scene; the diagnosis is then of the difference to them.
    model: other weights than those that ship.

    Returns a Diagnosis whose CDL is finite for any finite input. Frames that hold no evidence (black,
    white, flat, tiny, monochrome) give low confidence and a warning.
    Raises InputError for NaN, infinity or another shape.
    """
    model = model or default_model()
    shot = _frames(frames)
    pixels = _sampled(shot, model)
    content = _content(shot, pixels)
    evidence = _evidence(pixels, content, model)
    if reference is not None:
        right = _frames(reference)
        right_pixels = _sampled(right, model)
        evidence = _difference(evidence, _evidence(right_pixels, _content(right, right_pixels), model))
    return _diagnosis(evidence, content, pixels)


def _frames(frames: Tensor | Frames) -> Frames:
    return frames if isinstance(frames, Frames) else Frames(frames)


def _sampled(shot: Frames, model: DiagnosisModel) -> Tensor:
    return sample_grid(shot.pixels.float().clamp(0.0, 1.0), model.network.config.grid)


def _content(shot: Frames, pixels: Tensor) -> Content:
    content = content_of(pixels)
    if not too_small(*shot.pixels.shape[-2:]):
        return content
    warning = f"the frames are smaller than {SMALLEST_SIDE} pixels: nothing can be diagnosed"
    return replace(content, telling=torch.zeros_like(content.telling), warnings=(warning,))


def _evidence(pixels: Tensor, content: Content, model: DiagnosisModel) -> Evidence:
    if not bool(content.telling.any()):
        return _no_evidence()
    evidence = pooled(_judge(pixels[content.telling], model), model)
    monochrome = not bool(content.coloured[content.telling].any())
    return _without_colour(evidence) if monochrome else evidence


@torch.inference_mode()
def _judge(pixels: Tensor, model: DiagnosisModel) -> list[Verdict]:
    return [model.network(part) for part in torch.split(pixels, SEEN_AT_ONCE)]


def pooled(verdicts: list[Verdict], model: DiagnosisModel) -> Evidence:
    """Combine frames as likelihoods: log probabilities averaged, sure frames counting for more.

    An average and not a sum, because frames of one shot err together; not an average of levels,
    because each of those is already shrunk toward "nothing wrong".
    """
    calibration = model.calibration
    temperatures = torch.tensor(calibration.level_temperatures).view(-1, 1)
    levels = (torch.cat([v.levels for v in verdicts]) / temperatures).log_softmax(-1)
    fault = torch.cat([v.fault for v in verdicts]) / calibration.fault_temperature
    fault[:, CLEAN] += calibration.clean_logit
    fault = fault.log_softmax(-1)
    sureness = 1.0 / (0.1 + _entropy(levels))
    weights = sureness / sureness.sum(0)
    shot_weights = weights.mean(1, keepdim=True)
    return Evidence(
        levels=(levels * weights.unsqueeze(-1)).sum(0).log_softmax(-1),
        fault=(fault * shot_weights).sum(0).log_softmax(-1),
        repair=(torch.cat([v.repair for v in verdicts]) * weights).sum(0) * calibration.strength,
    )


def _entropy(log_probabilities: Tensor) -> Tensor:
    return -(log_probabilities.exp() * log_probabilities).sum(-1)


def _no_evidence() -> Evidence:
    flat = torch.zeros(len(HEADS), len(LEVELS)).log_softmax(-1)
    clean = torch.full((CLEAN + 1,), 1.0 / (CLEAN + 1)).log()
    return Evidence(flat, clean, torch.zeros(len(HEADS)))


def _difference(shot: Evidence, reference: Evidence) -> Evidence:
    """The evidence for level(shot) - level(reference), as far as the seven levels reach."""
    joint = shot.levels.exp().unsqueeze(-1) * reference.levels.exp().unsqueeze(-2)
    steps = torch.arange(len(LEVELS))
    target = (steps.unsqueeze(-1) - steps + len(LEVELS) // 2).clamp(0, len(LEVELS) - 1)
    levels = torch.zeros_like(shot.levels).index_add(1, target.flatten(), joint.flatten(1))
    return Evidence(levels.log(), shot.fault, (shot.repair - reference.repair).clamp(-1.0, 1.0))


def _diagnosis(evidence: Evidence, content: Content, pixels: Tensor) -> Diagnosis:
    corrections = {
        head.name: _correction(head, row.exp()) for head, row in zip(HEADS, evidence.levels, strict=True)
    }
    if not bool(content.telling.any()):
        return Diagnosis(corrections, None, Grade(), content.warnings)
    cdl = repair_cdl(pixels[content.telling], evidence.repair)
    return Diagnosis(corrections, _fault(evidence.fault), Grade(cdl), content.warnings)


def _correction(head: Head, probabilities: Tensor) -> Correction:
    shares = [float(share) for share in probabilities.double() / probabilities.double().sum()]
    level = sum(share * value for share, value in zip(shares, LEVELS, strict=True))
    half = len(LEVELS) // 2
    if abs(level) < LEVELS[-1] / (len(LEVELS) - 1):
        confidence = shares[half]
    else:
        confidence = sum(shares[:half]) if level < 0 else sum(shares[half + 1 :])
    return Correction(level, head.value_at(level), head.unit, confidence, tuple(shares))


def _fault(log_probabilities: Tensor) -> Fault | None:
    best = int(log_probabilities.argmax())
    return None if best == CLEAN else Fault(*FAULTS[best])


def _without_colour(evidence: Evidence) -> Evidence:
    """The same evidence for monochrome frames: the chromatic heads say nothing and undo nothing."""
    flat = torch.zeros(len(LEVELS)).log_softmax(-1)
    levels = torch.stack(
        [flat if head.name in CHROMATIC else row for head, row in zip(HEADS, evidence.levels, strict=True)]
    )
    tonal = torch.tensor([head.name not in CHROMATIC for head in HEADS])
    hidden = torch.tensor([name in CHROMATIC for name, _ in FAULTS] + [False])
    fault = evidence.fault.masked_fill(hidden, -torch.inf).log_softmax(-1)
    return Evidence(levels, fault, evidence.repair * tonal)
