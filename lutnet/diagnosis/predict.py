"""Frames of one shot to a diagnosis: what is wrong, how sure that is, and the CDL that undoes it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from lutnet.diagnosis.alone_network import Alone, Glance, alone_network_of
from lutnet.diagnosis.content import SMALLEST_SIDE, Content, content_of, too_small
from lutnet.diagnosis.evidence import (
    Evidence,
    amounts_to_undo,
    difference,
    evidence_of_look,
    no_evidence,
    pooled,
    with_second_look,
    without_colour,
)
from lutnet.diagnosis.heads import CLEAN, FAULTS, HEADS, LEVELS
from lutnet.diagnosis.model import Calibration, DiagnosisModel, default_model
from lutnet.diagnosis.network import Verdict, sample_grid
from lutnet.diagnosis.repair import repair_grade
from lutnet.grade import Correction, Diagnosis, Fault, Grade
from lutnet.ops.detune import undo
from lutnet.shot import Frames

SEEN_AT_ONCE = 16
"""Frames per pass through the network: bounds memory, and any number of frames gives the same answer."""

HEARD_ALONE = 0.6
"""Share of the network for shots alone: all of it gains little more on held-out sources, and its answers wander more
from frame to frame of a shot (see experiments)."""

CUT_OFF = 0.002
"""Half a code of 8 bits: as near as this to where a recording ends, it is cut off."""


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
    reference: frames that are right; the diagnosis is then of the difference to them, by what is wrong with
        each (``lutnet.refinement.diagnose_beside`` is exact where both show the same scene).
    model: other weights than those that ship.

    With the weights of a show, corrections are what sets the shot apart from the show's look, and the grade
    leads to it. Returns a Diagnosis whose CDL is finite for any finite input. Frames that hold no evidence (black,
    white, flat, tiny, monochrome) give low confidence and a warning.
    Raises InputError for NaN, infinity or another shape.
    """
    model = model or default_model()
    looked = look_at(frames, model)
    if reference is None:
        return told(looked, model)
    return spoken(looked.shot, difference(looked.evidence, evidence_of(reference, model)), model)


@dataclass(frozen=True, eq=False, slots=True)
class Seen:
    """One shot as the network sees it: sampled pixels ``[N, 3, G, G]``, what they can tell, what they say at first.

    hidden, vector: of each frame that tells, ``[N, H]``, what the heads read, and ``[N, F]``, the trunk's.
    """

    pixels: Tensor
    content: Content
    evidence: Evidence
    hidden: Tensor
    vector: Tensor

    @property
    def tells(self) -> bool:
        return bool(self.content.telling.any())


@dataclass(frozen=True, eq=False, slots=True)
class Looked:
    """One shot after both looks at it. alone: what they say of each frame that tells; None where there is none."""

    shot: Seen
    alone: Alone | None
    evidence: Evidence


def look_at(frames: Tensor | Frames, model: DiagnosisModel) -> Looked:
    """Both looks at one shot; ``frames`` as ``diagnose`` takes them. Raises InputError."""
    return looked_again(seen(frames, model), model)


def told(looked: Looked, model: DiagnosisModel) -> Diagnosis:
    """The diagnosis of a shot that ``model`` has looked at."""
    return spoken(looked.shot, looked.evidence, model)


def seen(frames: Tensor | Frames, model: DiagnosisModel) -> Seen:
    """The first look at one shot; ``frames`` as ``diagnose`` takes them. Raises InputError."""
    shot = _frames(frames)
    pixels = _uncut(shot)
    straight, mirrored = views_of(pixels, model)
    content = _content(shot, straight)
    if not bool(content.telling.any()):
        nothing = (torch.zeros(0, size) for size in (model.network.config.hidden, model.network.trunk.size))
        return Seen(straight, content, no_evidence(), *nothing)
    views = [view[content.telling] for view in (straight, mirrored)]
    judged = _judge(torch.cat(views), model)
    return Seen(
        straight, content, _heard(pooled(judged, model.calibration), content), *_read(judged, len(views))
    )


def looked_again(shot: Seen, model: DiagnosisModel) -> Looked:
    """What ``shot`` says once its frames, repaired by what they said at first, were looked at too."""
    if not shot.tells:
        return Looked(shot, None, shot.evidence)
    alone, again = both_looks(shot, model)
    twice = _heard(with_second_look(shot.evidence, again), shot.content)
    network = alone_network_of(model.network)
    if network is None or not bool(shot.evidence.heard.all()):
        return Looked(shot, alone, twice)
    with torch.inference_mode():
        corrected = network(alone).mean(0)
    return Looked(shot, alone, replace(twice, repair=twice.repair.lerp(corrected, HEARD_ALONE)))


@torch.inference_mode()
def both_looks(shot: Seen, model: DiagnosisModel) -> tuple[Alone, Evidence]:
    """Both looks at each telling frame of ``shot`` (there is one), as the network for shots alone reads them; and what
    the second look says."""
    # One view is enough for the second look: the other was never worth its time there (see experiments).
    telling = shot.pixels[shot.content.telling]
    repaired = undo(telling.movedim(1, -1), shot.evidence.repair).movedim(-1, 1)
    judged = _judge(repaired, model)
    again = pooled(judged, model.calibration)
    hidden, vector = _read(judged, 1)
    first = Glance.of(shot.vector, shot.hidden, shot.evidence)
    return Alone(first, Glance.of(vector, hidden, again)), again


def spoken(shot: Seen, evidence: Evidence, model: DiagnosisModel) -> Diagnosis:
    """``evidence`` in words, and the grade that undoes it on the colours of ``shot``."""
    amounts = amounts_to_undo(evidence)
    if model.look is not None:
        evidence = difference(evidence, evidence_of_look(model.look))
    corrections = corrections_of(evidence, model.calibration)
    if not shot.tells:
        return Diagnosis(corrections, None, Grade(), shot.content.warnings)
    look = model.look.grade if model.look else Grade()
    grade = repair_grade(shot.pixels[shot.content.telling], amounts, look)
    return Diagnosis(corrections, _fault(evidence.fault), grade, shot.content.warnings)


def evidence_of(frames: Tensor | Frames, model: DiagnosisModel) -> Evidence:
    """What ``model``'s network sees in one shot, before it is put into words or beside a look.

    ``frames`` as ``diagnose`` takes them; without any that tell, the evidence of nothing. Raises InputError.
    """
    return look_at(frames, model).evidence


def levels_of(frames: Tensor, model: DiagnosisModel) -> Tensor:
    """The expected level of every correction in each of ``frames [N, 3, H, W]``, one by one: ``[N, 7]``."""
    levels = torch.tensor(LEVELS)
    judged = _judge(torch.cat(views_of(frames, model)), model)
    straight, mirrored = torch.cat([verdict.levels for verdict in judged]).chunk(2)
    return (((straight + mirrored) / 2).softmax(-1) * levels).sum(-1)


def corrections_of(evidence: Evidence, calibration: Calibration) -> dict[str, Correction]:
    """One Correction per head, in the order of HEADS."""
    corrections = {}
    for row, head in enumerate(HEADS):
        shares = evidence.levels[row].double().softmax(-1).tolist()
        level, confidence = level_and_share(shares)
        if bool(evidence.heard[row]):
            confidence = _calibrated(
                confidence, calibration.confidence_slopes[row], calibration.confidence_offsets[row]
            )
        corrections[head.name] = Correction(level, head.value_at(level), head.unit, confidence, tuple(shares))
    return corrections


def level_and_share(shares: list[float]) -> tuple[float, float]:
    """The expected level, and the share of the probability that lies on its side (or at 0) with it."""
    level = sum(share * value for share, value in zip(shares, LEVELS, strict=True))
    half = len(LEVELS) // 2
    if abs(level) < 0.5 * LEVELS[half + 1]:
        return level, shares[half]
    return level, sum(shares[:half]) if level < 0 else sum(shares[half + 1 :])


def log_odds(share: float) -> float:
    bounded = min(max(share, 1e-6), 1.0 - 1e-6)
    return math.log(bounded / (1.0 - bounded))


def _calibrated(share: float, slope: float, offset: float) -> float:
    return 1.0 / (1.0 + math.exp(-(slope * log_odds(share) + offset)))


def _frames(frames: Tensor | Frames) -> Frames:
    return frames if isinstance(frames, Frames) else Frames(frames)


def _uncut(shot: Frames) -> Tensor:
    pixels = shot.pixels.float().clamp(0.0, 1.0)
    if shot.white < 1.0:  # what is cut off is white, and as such tells of the exposure
        pixels = pixels.masked_fill(pixels >= shot.white - CUT_OFF, 1.0)
    return pixels


def views_of(frames: Tensor, model: DiagnosisModel) -> tuple[Tensor, Tensor]:
    """Two samples ``[N, 3, G, G]`` of each frame: a mirrored one, and where there are some, of other pixels, is a
    second opinion: its errors are its own."""
    size = model.network.config.grid
    return sample_grid(frames, size), sample_grid(frames, size, corners=True).flip(-1)


def _content(shot: Frames, pixels: Tensor) -> Content:
    content = content_of(pixels)
    if not too_small(*shot.pixels.shape[-2:]):
        return content
    warning = f"the frames are smaller than {SMALLEST_SIDE} pixels: nothing can be diagnosed"
    return replace(content, telling=torch.zeros_like(content.telling), warnings=(warning,))


def _heard(evidence: Evidence, content: Content) -> Evidence:
    """Without what monochrome frames cannot say."""
    return evidence if bool(content.coloured[content.telling].any()) else without_colour(evidence)


@torch.inference_mode()
def _judge(pixels: Tensor, model: DiagnosisModel) -> list[Verdict]:
    return [model.network(part) for part in torch.split(pixels, SEEN_AT_ONCE)]


def _read(judged: list[Verdict], views: int) -> tuple[Tensor, Tensor]:
    """What the heads read and what the trunk gave of each frame, in the mean over its views: ``[N, H]``, ``[N, F]``."""
    hidden, vector = (torch.cat([getattr(each, name) for each in judged]) for name in ("hidden", "vector"))
    return hidden.view(views, -1, hidden.shape[1]).mean(0), vector.view(views, -1, vector.shape[1]).mean(0)


def _fault(log_probabilities: Tensor) -> Fault | None:
    best = int(log_probabilities.argmax())
    return None if best == CLEAN else Fault(*FAULTS[best])
