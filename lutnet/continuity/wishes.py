"""What a run is asked for as far as scenes go."""

from __future__ import annotations

from dataclasses import dataclass

from lutnet.errors import InputError
from lutnet.result import LutPer


@dataclass(frozen=True, slots=True)
class SceneWishes:
    """consistency: 0 leaves every clip its own grade, 1 removes all differences within a scene.

    heroes: clips that their scenes are matched to, as ``clips_named`` takes them. groups: ids of the clips of each
    scene, as people arranged them; None finds the scenes. Clips that are in no group stand alone. pinned: ids of
    clips whose stored grades stay; trimmed: of those that were decided about when they had other frames. Both are
    of one run only. lut_per: which clips have one LUT together. keep_looks: how much of what a scene's clips have
    in common is taken for its look and left as it is: 0 corrects all of it, 1 only what sets the clips apart; None
    leaves what is more like a look than like a fault, or no larger than diagnoses err. So for what a clip needs
    that stands alone.
    """

    consistency: float = 1.0
    heroes: tuple[str, ...] = ()
    groups: tuple[tuple[str, ...], ...] | None = None
    pinned: tuple[str, ...] = ()
    trimmed: tuple[str, ...] = ()
    lut_per: LutPer = LutPer.CLIP
    keep_looks: float | None = None

    def __post_init__(self) -> None:
        for name, value in (("consistency", self.consistency), ("keep-looks", self.keep_looks)):
            if value is not None and not 0.0 <= value <= 1.0:
                raise InputError(f"{name} is out of range", value=value, allowed="0 to 1")
