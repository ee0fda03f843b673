"""Whether what is unusual about a shot is a fault or a look that somebody gave it.

Both make a picture blue or flat, but not alike: a fault is a camera's, of exposure, white balance and levels; a look
bends each channel by a curve of its own. The network that tells the sort of a still's look was taught with both.
"""

from __future__ import annotations

from dataclasses import replace

from lutnet.diagnosis.model import DiagnosisModel
from lutnet.diagnosis.predict import look_at, told
from lutnet.grade import Diagnosis
from lutnet.refinement.predict import shown_by
from lutnet.refinement.still_evidence import StillEvidence
from lutnet.refinement.still_network import StillLook, shipped_still_network
from lutnet.shot import Frames


def faulty_share(shown: StillEvidence | None) -> float | None:
    """Probability, 0..1, that it is a fault, by what a shot shows (see ``shown_by``); None where that is None. Of a
    shot of which nothing is unusual it says nothing."""
    return None if shown is None else StillLook.of(shipped_still_network(), shown).fault


def diagnosed(frames: Frames, model: DiagnosisModel) -> tuple[Diagnosis, StillEvidence | None]:
    """What is wrong with a shot, and whether it is a fault or a look; and what the shot shows (see ``shown_by``).

    Beside the look of a show nobody can tell: what is unusual there is what sets a shot apart from the show.
    """
    looked = look_at(frames, model)
    found, shown = told(looked, model), shown_by(looked, model)
    return found if model.look is not None else replace(found, faulty=faulty_share(shown)), shown
