"""What a run of ``grade`` or ``match`` is asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from lutnet.colourspace import ColourManagement, ColourSettings
from lutnet.continuity.wishes import SceneWishes
from lutnet.errors import InputError
from lutnet.export.carriers import require_carriers
from lutnet.export.run import RunSettings, UsedLook, UsedWeights
from lutnet.job import Recipe
from lutnet.result import LutPer
from lutnet.weights import file_hash


@dataclass(frozen=True, slots=True)
class GradeSettings:
    """What a run is asked for.

    strength: 0 (identity) and above; 1 is the full correction. frames: representative frames per shot.
    bake: one LUT holds CDL and LUT. cdl_only: the best CDL alone, no LUT. keep_brightness: each shot's mean
    luma stays, whatever the look. discard_decisions: overwrite what people approved, changed or rejected.
    carriers: names of further files to put the grades in (see ``lutnet.export.carriers``).
    verify: re-read every file with another program, and fail where it says something else.
    weights: of the diagnosis, a show's own for instance; None are those that ship.
    colour: the grading space, how people see it, and what the clips are in.
    fresh: compute what an earlier run has computed once more.
    look: a look file (or the name of one that ships) that goes behind each clip's balance, which is what is done
    without it. strength is then the look's, and balance that of what comes before.
    scenes: how clips that belong together are matched.
    split: clips are cut at cuts inside them, and in two where their light changes; each part has its own grade.
    """

    strength: float = 1.0
    frames: int = 3
    bake: bool = False
    discard_decisions: bool = False
    carriers: tuple[str, ...] = ()
    verify: bool = False
    weights: Path | None = None
    colour: ColourSettings = field(default_factory=ColourSettings)
    cdl_only: bool = False
    keep_brightness: bool = False
    fresh: bool = False
    look: str | None = None
    balance: float = 1.0
    scenes: SceneWishes = field(default_factory=SceneWishes)
    split: bool = False

    def __post_init__(self) -> None:
        for name, value in (("strength", self.strength), ("balance", self.balance)):
            if not 0 <= value <= 4:
                raise InputError(
                    f"{name} is out of range", value=value, allowed="0 to 4, 1 is the full grade"
                )
        if self.look is None and self.balance != 1.0:
            raise InputError(
                "balance is what comes before a look, and there is none",
                value=self.balance,
                fix="Use --strength, or name a look with --look.",
            )
        if self.bake and self.cdl_only:
            raise InputError(
                "--bake puts CDL and LUT into one LUT, and --cdl-only writes no LUT",
                fix="Leave one of the two options out.",
            )
        whole = "--bake puts a clip's CDL into its LUT" if self.bake else "--cdl-only writes no LUT"
        if self.scenes.lut_per is not LutPer.CLIP and (self.bake or self.cdl_only):
            raise InputError(
                f"clips cannot share a LUT: {whole}",
                value=f"--lut-per {self.scenes.lut_per}",
                fix="Leave one of the two options out.",
            )
        if self.frames < 1:
            raise InputError("too few frames per shot", value=self.frames, allowed="1 and above")
        require_carriers(self.carriers)


def stated(recipe: Recipe, settings: GradeSettings, colour: ColourManagement) -> RunSettings:
    """What the package states of a run."""
    weights = recipe.weights
    return RunSettings(
        version("lutnet"),
        strength=recipe.strength,
        reference=recipe.reference.description if recipe.reference else None,
        bake=settings.bake,
        weights=None if weights is None else UsedWeights(weights.name, file_hash(weights)),
        space=colour.space.name,
        view=None if colour.view.identity else colour.view.name,
        cdl_only=recipe.cdl_only,
        keep_brightness=recipe.keep_brightness,
        look=None if recipe.look is None else UsedLook.of(recipe.look),
        balance=recipe.balance,
        lut_per=settings.scenes.lut_per,
    )
