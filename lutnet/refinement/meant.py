"""Whether what is unusual about a shot is a fault or a look that somebody gave it.

Both make a picture blue or flat, but not alike: a fault is a camera's, of exposure, white balance and levels; a look
bends each channel by a curve of its own. The network that tells the sort of a still's look was taught with both.
"""

from __future__ import annotations

from lutnet.refinement.still_evidence import StillEvidence
from lutnet.refinement.still_network import StillLook, shipped_still_network

UNKNOWN = 1.0
"""What is said of shots that cannot be asked: all of them may be at fault."""


def faulty_share(shown: StillEvidence | None) -> float:
    """Probability, 0..1, that it is a fault, by what a shot shows (see ``shown_by``); UNKNOWN where that is None. Of a
    shot of which nothing is unusual it says nothing."""
    return UNKNOWN if shown is None else StillLook.of(shipped_still_network(), shown).fault
