"""Make the demo's footage, grade it as a user would, and compare the result with the truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn.functional import interpolate

from lutnet.demo.footage import clean_frame, write_media, write_reference, write_timeline
from lutnet.demo.scenes import REFERENCE_SCENES, SCENES, SHOTS, DemoShot
from lutnet.errors import LutnetError, OutputError
from lutnet.frames import read_shot
from lutnet.grade import Grade
from lutnet.ops.difference import delta_e_rgb
from lutnet.pipeline import GradedTimeline, grade_timeline
from lutnet.result import ClipResult
from lutnet.settings import GradeSettings

REFERENCE_NAME = "reference.png"
COMPARED_HEIGHT = 180
"""Half of the footage: colour is compared where 4:2:0 sampling has kept it, not the codec's fringes."""


@dataclass(frozen=True, slots=True)
class DemoShotResult:
    """One shot against the truth: mean DE2000 of the spoiled and of the graded frames to the clean ones.

    Both are reduced to COMPARED_HEIGHT lines first.
    """

    shot: DemoShot
    same_scene: bool
    delta_e_before: float
    delta_e_after: float


@dataclass(frozen=True, slots=True)
class DemoResult:
    graded: GradedTimeline
    shots: tuple[DemoShotResult, ...]
    credits: tuple[str, ...]

    def fall(self, *, same_scene: bool | None = None) -> float:
        """By which share mean DE fell, over all shots or those that do (not) share the reference's scene."""
        chosen = [s for s in self.shots if same_scene is None or s.same_scene is same_scene]
        before = sum(shot.delta_e_before for shot in chosen)
        return 1.0 - sum(shot.delta_e_after for shot in chosen) / before


def run_demo(folder: Path, on_step: Callable[[str, int, int], None] = lambda *_: None) -> DemoResult:
    """Make footage in ``folder``, grade its timeline, measure. ``on_step(what, done, total)`` hears of progress.

    Raises OutputError when ``folder`` holds something that is not a demo's.
    """
    _prepare(folder)
    media = {}
    for number, shot in enumerate(SHOTS):
        on_step("filming", number, len(SHOTS))
        media[shot.name] = folder / "media" / f"{shot.name.replace(' ', '_')}.mp4"
        write_media(shot, media[shot.name])
    write_reference(folder / REFERENCE_NAME)
    timeline = write_timeline(folder, media)
    graded = grade_timeline(
        timeline,
        reference=str(folder / REFERENCE_NAME),
        settings=GradeSettings(discard_decisions=True),
        on_clip=lambda _, done, total: on_step("grading", done, total),
    )
    results = tuple(_compare(shot, clip) for shot, clip in zip(SHOTS, graded.clips, strict=True))
    return DemoResult(graded, results, tuple(scene.credit for scene in SCENES.values()))


def _prepare(folder: Path) -> None:
    ours = {"media", "timeline.otio", "timeline.lutnet", REFERENCE_NAME}
    foreign = {entry.name for entry in folder.iterdir()} - ours if folder.is_dir() else set()
    if foreign:
        raise OutputError(
            "the demo's folder holds other files",
            value=", ".join(sorted(foreign)[:3]),
            where=folder,
            fix="Name an empty or new folder with -o.",
        )
    try:
        (folder / "media").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError("cannot make the demo's folder", value=error.strerror, where=folder) from error


def _compare(shot: DemoShot, clip: ClipResult) -> DemoShotResult:
    if clip.grade is None:
        raise LutnetError("the demo's own shot was not graded", value=shot.name, where=clip.shot.skipped)
    frames = read_shot(clip.shot, height=COMPARED_HEIGHT)
    truth = torch.stack([clean_frame(shot, index) for index in frames.indices])
    truth = interpolate(truth, size=frames.pixels.shape[-2:], mode="area")
    before = _mean_difference(frames.pixels, truth, Grade())
    after = _mean_difference(frames.pixels, truth, clip.grade)
    return DemoShotResult(shot, shot.scene in REFERENCE_SCENES, before, after)


def _mean_difference(pixels: Tensor, truth: Tensor, grade: Grade) -> float:
    return float(delta_e_rgb(grade.apply(pixels).movedim(1, -1), truth.movedim(1, -1)).mean())
