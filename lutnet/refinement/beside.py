"""A shot diagnosed beside a reference: by pixels that both show, or by what is wrong with each."""

from __future__ import annotations

from lutnet.diagnosis import diagnose
from lutnet.diagnosis.compare import diagnose_pairs
from lutnet.diagnosis.model import DiagnosisModel
from lutnet.grade import Diagnosis
from lutnet.refinement.correspond import Correspondence, correspond
from lutnet.shot import Frames


def diagnose_beside(frames: Frames, reference: Frames, model: DiagnosisModel | None = None) -> Diagnosis:
    """What sets ``frames`` apart from ``reference``, which is right.

    Where both show the same scene, corresponding pixels say it; else the diagnosis of the reference is taken
    from that of the shot, so that what the reference merely shows is not mistaken for its grade.
    """
    return diagnose_by(correspond(frames, (reference,)), frames, reference, model)


def diagnose_by(
    shared: Correspondence | None, frames: Frames, reference: Frames, model: DiagnosisModel | None = None
) -> Diagnosis:
    """``diagnose_beside`` where what both show is known already; None: nothing."""
    if shared is None:
        return diagnose(frames, reference, model=model)
    pixels = frames.pixels.float().clamp(0.0, 1.0)
    return diagnose_pairs(pixels, shared.source, shared.target, shared.weights)
