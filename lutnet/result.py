"""What one run says of one clip: the record behind ``grades.json``, the tables and the review."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lutnet.grade import CDL, Diagnosis, Grade
from lutnet.place import Place
from lutnet.shot import LogDoubt, Shot


class Status(StrEnum):
    """Where a clip's grade stands. People set approved, changed and rejected; lutnet the other two."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    CHANGED = "changed"
    REJECTED = "rejected"
    SKIPPED = "skipped"


class LutPer(StrEnum):
    """What has one LUT: every clip its own, or all clips of a scene or of the timeline the same."""

    CLIP = "clip"
    SCENE = "scene"
    TIMELINE = "timeline"


class Basis(StrEnum):
    """What a colour difference rests on: corresponding pixels, or only the refined transform itself."""

    ALIGNED = "aligned"
    PREDICTED = "predicted"


@dataclass(frozen=True, slots=True)
class DeltaE:
    """Mean CIE DE2000 of a shot to the target of its refined transform, at each stage.

    before: ungraded. cdl: after the CDL alone. cdl_lut: after CDL and LUT.
    basis: ALIGNED rests on ``pixels`` corresponding pixels of the reference and is an accuracy;
    PREDICTED only splits the change between CDL and LUT and is no accuracy.
    """

    before: float
    cdl: float
    cdl_lut: float
    basis: Basis
    pixels: int | None = None


class Followed(StrEnum):
    """What of the reference a clip's own grade goes by: pixels that both show, the look that it seems to carry, or
    nothing."""

    PIXELS = "pixels"
    LOOK = "look"
    NOTHING = "nothing"


class KeptAs(StrEnum):
    """Why what all clips of a scene need alike was left undone: no larger than diagnoses err, more like a look that
    somebody made than like a fault, or because it was asked for."""

    SMALL = "small"
    LOOK = "look"
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class InScene:
    """Where a clip stands among those of its scene.

    number: of the scene, from 1. hero: the others were matched to it. linked: clips that show the same places.
    matched: its grade was solved with theirs; else it is its own. kept: how much of what all of them need alike, or
    one that stands alone, was left undone, 0..1, and as what; None where nothing was.
    """

    number: int
    hero: bool = False
    linked: int = 0
    matched: bool = False
    kept: float = 0.0
    kept_as: KeptAs | None = None

    @property
    def why(self) -> str | None:
        """Why most of that is still there, as the end of a sentence; None where it is not."""
        return None if self.kept <= MOSTLY or self.kept_as is None else _WHY[self.kept_as]

    @property
    def word(self) -> str | None:
        """The same in three words."""
        return None if self.why is None or self.kept_as is None else _LEFT[self.kept_as]


NO_ONE_GRADE = "one grade cannot serve all of it; cut it there, or give --split"
"""Of a clip with cuts inside."""

NOTICED = 1.0
"""DE2000 that is seen."""

MOSTLY = 0.5
"""Share of what a scene needs from which on it is said that it was left undone."""

_LEFT = {KeptAs.SMALL: "left as small", KeptAs.LOOK: "left as a look", KeptAs.ASKED: "left as asked"}
_WHY = {
    KeptAs.SMALL: "is hardly more than a diagnosis errs: most of it was left as it is",
    KeptAs.LOOK: "is more like a look that is meant than like a fault: most of it was left as it is",
    KeptAs.ASKED: "was left as it is, as far as was asked for",
}


@dataclass(frozen=True, slots=True)
class Jump:
    """What changes at a cut, from its left to its right, encoded 0..1 or DE2000; None where it cannot be told.

    black, white: luma of the darkest and the brightest hundredth. delta_e: mean, of places that both sides show.
    warmth: R-B of neutral ones among them. skin: DE2000 between the mean colours of what may be skin.
    """

    black: float
    white: float
    delta_e: float | None = None
    warmth: float | None = None
    skin: float | None = None

    @property
    def badness(self) -> float:
        """Orders jumps: those inside a scene by what corresponds; the others below them, by how far levels jump."""
        return self.levels if self.delta_e is None else 1000.0 + self.delta_e

    @property
    def levels(self) -> float:
        """How far black, white and the warmth of neutrals jump, all three together."""
        return abs(self.black) + abs(self.white) + abs(self.warmth or 0.0)


@dataclass(frozen=True, slots=True)
class Cut:
    """The cut that a clip begins with. previous: id of the clip before it. before, after: without and with grades."""

    previous: str
    before: Jump
    after: Jump

    @property
    def badness(self) -> float:
        """Orders cuts, everywhere: by the jump with grades."""
        return self.after.badness

    @property
    def worsened(self) -> bool:
        """Whether the grades made it worse, and by more than the figures err."""
        margin = WORSE_LEVELS if self.after.delta_e is None else WORSE_DELTA_E
        return self.after.badness - self.before.badness > margin


WORSE_DELTA_E, WORSE_LEVELS = 0.5, 0.1
"""What a cut has to lose for it to be said: DE2000 of what corresponds, else of levels, encoded 0..1."""


@dataclass(frozen=True, slots=True)
class SkinTurn:
    """By how many degrees of CIELAB hue a grade turns skin, as people see it: the median and the most over 14 tones
    from the lightest to the darkest."""

    median: float
    most: float


@dataclass(frozen=True, slots=True)
class SharedLut:
    """The LUT that a clip has in common with others. scene: whose LUT it is; None: the whole timeline's.

    digest: of the LUT. cost, cost_95: mean and 95th percentile of DE2000, on the clip's colours as people see them,
    between its own grade with a LUT of its own and the one with this LUT.
    """

    scene: int | None
    digest: str
    cost: float
    cost_95: float


@dataclass(frozen=True, slots=True)
class LightChange:
    """Light that changes inside a clip, which one grade leaves in it, and the two grades that would take it out.

    stops: of the last light to the first where they differ most, below 0 darker. frame: the first of the second part,
    counted from the head of the media. before, after: stops by which each part is brighter than the frames that were
    looked at, on average. halves: the CDL of each part; the clip's LUT stays behind both. () until the clip is graded.
    into: see ``Place``.
    """

    stops: float
    frame: int
    before: float = 0.0
    after: float = 0.0
    halves: tuple[CDL, ...] = ()
    into: float | None = None

    @property
    def place(self) -> Place:
        return Place(self.frame, self.into)

    def warning(self, place: str) -> str:
        word = "brighter" if self.stops > 0 else "darker"
        return f"the light changes inside the shot: {abs(self.stops):.1f} stop {word} around {place}"


@dataclass(frozen=True, slots=True)
class ClipResult:
    """One clip of the timeline after a run. A skipped clip has neither diagnosis nor grade.

    delta_e, skin, shared, light: of the grade that was proposed. doubt: whether it is log, where that was asked.
    followed: of the reference, where there is one, before the clip was matched to its scene.
    cuts_inside: the first frame of every further shot that the clip holds.
    """

    shot: Shot
    status: Status
    diagnosis: Diagnosis | None = None
    grade: Grade | None = None
    delta_e: DeltaE | None = None
    warnings: tuple[str, ...] = ()
    scene: InScene | None = None
    cut: Cut | None = None
    skin: SkinTurn | None = None
    shared: SharedLut | None = None
    light: LightChange | None = None
    doubt: LogDoubt | None = None
    cuts_inside: tuple[Place, ...] = ()
    followed: Followed | None = None

    @property
    def told(self) -> tuple[str, ...]:
        """All that is to be known of the clip, in sentences. Where something changes inside is said of this clip:
        others that use the same frames may count them otherwise."""
        said = [*self.shot.warnings, *self.warnings]
        if self.cuts_inside:
            said.append(self.cuts_warning)
        if self.light is not None:
            said.append(self.light.warning(self.light.place.said(self.shot)))
        return tuple(dict.fromkeys(said))

    @property
    def cuts_warning(self) -> str:
        """What is said of the cuts inside it, one or more."""
        count = len(self.cuts_inside)
        places = "; ".join(place.said(self.shot) for place in self.cuts_inside)
        return f"{'a cut' if count == 1 else f'{count} cuts'} inside the clip ({places}): {NO_ONE_GRADE}"

    @property
    def is_joined(self) -> bool:
        """Whether the grade is another than the clip's own job computed."""
        return self.shared is not None or (self.scene is not None and self.scene.matched)

    @property
    def left(self) -> InScene | None:
        """Its scene, where most of what that needs was left undone, and nobody decided otherwise."""
        lasting = self.status in (Status.PROPOSED, Status.APPROVED)
        return self.scene if lasting and self.scene is not None and self.scene.why is not None else None

    @property
    def needs_lut(self) -> bool:
        """Whether the CDL by itself, as it was proposed, is farther from what is meant than no grade at all."""
        lasting = self.status in (Status.PROPOSED, Status.APPROVED)
        if not lasting or self.delta_e is None or self.grade is None or self.grade.lut is None:
            return False
        return self.delta_e.cdl > max(self.delta_e.before, NOTICED)

    @property
    def has_shared_lut(self) -> bool:
        """Whether the grade's LUT is the shared one: not where a decision put another in its place."""
        lut = None if self.grade is None else self.grade.lut
        return lut is not None and self.shared is not None and lut.digest == self.shared.digest
