"""What a run is asked for as far as scenes go."""

from __future__ import annotations

from dataclasses import dataclass

from lutnet.errors import InputError
from lutnet.result import LutPer


@dataclass(frozen=True, slots=True)
class SceneWishes:
    """consistency: 0 leaves every clip its own grade, 1 removes all differences within a scene.

    heroes: names or ids of clips that their scenes are matched to. groups: ids of the clips of each scene, as people
    arranged them; None finds the scenes. Clips that are in no group stand alone. pinned: ids of clips whose stored
    grades stay; trimmed: of those that were decided about when they had other frames. Both are of one run only.
    lut_per: which clips have one LUT together.
    """

    consistency: float = 1.0
    heroes: tuple[str, ...] = ()
    groups: tuple[tuple[str, ...], ...] | None = None
    pinned: tuple[str, ...] = ()
    trimmed: tuple[str, ...] = ()
    lut_per: LutPer = LutPer.CLIP

    def __post_init__(self) -> None:
        if not 0.0 <= self.consistency <= 1.0:
            raise InputError("consistency is out of range", value=self.consistency, allowed="0 to 1")
