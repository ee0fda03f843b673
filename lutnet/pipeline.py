"""The product on one page: timeline -> shots -> frames -> diagnosis -> refinement -> package."""

from __future__ import annotations

import os
import shutil
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path

from torch import Tensor

from lutnet import diagnosis, refinement
from lutnet.colourspace import ColourManagement, ColourSettings, colour_management
from lutnet.diagnosis import scene
from lutnet.diagnosis.model import DiagnosisModel, load_named
from lutnet.diagnosis.words import findings, phrase
from lutnet.errors import InputError, MediaError, OutputError
from lutnet.export.caption import Finding
from lutnet.export.carriers import complete_package, require_carriers
from lutnet.export.package import RunSettings, UsedWeights, check_folder, default_folder, write_package
from lutnet.frames import probe, read_shot
from lutnet.grade import Diagnosis, Grade
from lutnet.job import job_hash, reference_hash
from lutnet.lut_spool import LutSpool
from lutnet.reference import CLIP_PREFIX, Reference, read_reference
from lutnet.refinement.behind import behind_view
from lutnet.result import ClipResult, Status
from lutnet.shot import LOGARITHMIC, SCENE_LINEAR, Frames, Shot
from lutnet.source import open_timeline
from lutnet.store import Store
from lutnet.thumbnails import ThumbnailSpool, keep_reference
from lutnet.timeline import Timeline, timeline_of_media

WORKERS = min(4, os.cpu_count() or 1)
"""Shots under way at once. Threads, because decoding and colour maths run outside Python's lock."""

OnClip = Callable[[ClipResult, int, int], None]


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

    def __post_init__(self) -> None:
        if not 0 <= self.strength <= 4:
            raise InputError(
                "strength is out of range", value=self.strength, allowed="0 to 4, 1 is the full grade"
            )
        if self.frames < 1:
            raise InputError("too few frames per shot", value=self.frames, allowed="1 and above")
        require_carriers(self.carriers)


@dataclass(frozen=True, slots=True)
class GradedTimeline:
    """A graded timeline: the package's folder, and one result per clip in timeline order."""

    folder: Path
    clips: tuple[ClipResult, ...]

    @property
    def skipped(self) -> tuple[ClipResult, ...]:
        return tuple(clip for clip in self.clips if clip.status is Status.SKIPPED)


def diagnose(
    frames: Tensor | Frames,
    reference: Tensor | Frames | None = None,
    *,
    weights: Path | str | None = None,
) -> Diagnosis:
    """Say what is wrong with one shot; see ``lutnet.diagnosis.diagnose``.

    With a reference, which is right, say what sets the shot apart from it: exactly where both show the same
    scene, by what is wrong with each where they do not.
    weights: a file of ``lutnet train``, a show's own for instance. Raises WeightsError where it is none.
    """
    model = load_named(None if weights is None else Path(weights))
    shot = _as_frames(frames)
    if reference is None:
        found = diagnosis.diagnose(shot, model=model)
    else:
        found = refinement.diagnose_beside(shot, _as_frames(reference), model)
    return replace(found, warnings=(*found.warnings, *_light_warnings(shot)))


def diagnose_scene(shots: Sequence[Tensor | Frames], *, weights: Path | str | None = None) -> list[Diagnosis]:
    """Say what is wrong with shots that share camera and light; see ``lutnet.diagnosis.scene``.

    Sizes may differ. One Diagnosis per shot: the same corrections, far surer than from one shot alone, each with
    the grade for its own colours. Raises WeightsError where ``weights`` is none.
    """
    model = load_named(None if weights is None else Path(weights))
    frames = [_as_frames(shot) for shot in shots]
    found = scene.diagnose_scene(frames, model=model)
    return [
        replace(each, warnings=(*each.warnings, *_light_warnings(shot)))
        for each, shot in zip(found, frames, strict=True)
    ]


def match(
    frames: Tensor | Frames,
    reference: Tensor | Frames,
    strength: float = 1.0,
    *,
    cdl_only: bool = False,
    keep_brightness: bool = False,
) -> Grade:
    """The grade that brings one shot to a reference.

    Parameters
    ----------
    frames, reference: ``[N, 3, H, W]`` in 0..1, encoded in the same space; sizes may differ.
    strength: 0 is the identity, 1 the full grade; the graded value is ``x + strength * (G(x) - x)``.
    cdl_only: the best CDL alone. keep_brightness: the mean luma of ``frames`` stays.

    Raises InputError for NaN, another shape, or a strength below 0.
    """
    sets = (_as_frames(reference),)
    return refinement.refine(
        _as_frames(frames), sets, strength=strength, cdl_only=cdl_only, keep_brightness=keep_brightness
    ).grade


def grade_timeline(
    timeline: Path | str | Timeline,
    reference: Path | str | None = None,
    output: Path | str | None = None,
    settings: GradeSettings | None = None,
    on_clip: OnClip = lambda *_: None,
) -> GradedTimeline:
    """Grade every clip of a timeline and write its package.

    Parameters
    ----------
    timeline: a timeline of any format, a film, or a timeline that was read.
    reference: an image, a video, a folder of images, or ``clip:NAME``; None corrects the faults found.
    output: the package's folder; None is ``<stem>.lutnet`` beside the timeline.
    on_clip: hears of every finished clip: its result, how many are done, of how many.

    Clips that cannot be read are skipped and reported in their results. Raises LutnetError for anything
    that keeps the whole from being done; nothing is written then.
    """
    plan = timeline if isinstance(timeline, Timeline) else open_timeline(timeline)
    return _grade(plan, reference, output, settings or GradeSettings(), on_clip)


def match_file(
    source: Path | str,
    reference: Path | str,
    output: Path | str | None = None,
    settings: GradeSettings | None = None,
    on_clip: OnClip = lambda *_: None,
) -> GradedTimeline:
    """Grade one still or video file to a reference: the package of a timeline of one clip."""
    info = probe(Path(source))
    plan = timeline_of_media(Path(source), info.rate, info.frame_count)
    return _grade(plan, reference, output, settings or GradeSettings(), on_clip)


def grade_shot(
    shot: Shot,
    frames: Frames,
    reference: Reference | None,
    strength: float,
    *,
    colour: ColourManagement,
    model: DiagnosisModel | None = None,
    cdl_only: bool = False,
    keep_brightness: bool = False,
) -> ClipResult:
    """One shot: what is wrong, then the grade that brings it to the reference (or undoes what is wrong).

    frames: in the grading space. Judged is what people see of them; the grade is one of the grading space.
    """
    seen = colour.seen(frames)
    found = diagnosis.diagnose(seen, model=model)
    refined = refinement.refine(
        seen,
        reference.sets if reference else (),
        found,
        strength=strength,
        cdl_only=cdl_only,
        keep_brightness=keep_brightness,
    )
    refined = behind_view(refined, frames, colour.view, strength, cdl_only=cdl_only)
    warnings = (*frames.warnings, *found.warnings, *refined.warnings, *_light_warnings(seen))
    return ClipResult(
        shot, Status.PROPOSED, found, refined.grade, refined.delta_e, tuple(dict.fromkeys(warnings))
    )


def _grade(
    plan: Timeline,
    reference_name: Path | str | None,
    output: Path | str | None,
    settings: GradeSettings,
    on_clip: OnClip,
) -> GradedTimeline:
    folder = default_folder(plan.path) if output is None else Path(output)
    check_folder(folder)
    colour = colour_management(settings.colour)
    plan = replace(plan, shots=colour.declared(plan.shots, plan.clips))
    reference = None if reference_name is None else _seen(read_reference(str(reference_name), plan), colour)
    model = load_named(settings.weights)
    jobs = _jobs(plan.shots, reference, settings, model)
    run = RunSettings(
        version("lutnet"),
        strength=settings.strength,
        reference=reference.description if reference else None,
        bake=settings.bake,
        weights=None if settings.weights is None else UsedWeights(settings.weights.name, model.sha256),
        space=colour.space.name,
        view=None if colour.view.identity else colour.view.name,
        cdl_only=settings.cdl_only,
        keep_brightness=settings.keep_brightness,
    )
    with (
        _kept(folder),
        Store(folder) as store,
        ThumbnailSpool(reference.sets[0].pixels[0] if reference else None, colour.view) as thumbnails,
    ):
        if not settings.discard_decisions:
            store.require_undecided(jobs)
        results: list[ClipResult] = []
        spool = LutSpool()
        for result, frame in _results(plan.shots, reference, settings, colour, model):
            if frame is not None:
                thumbnails.add(result.shot.id, frame)
            results.append(spool.keep(result))
            on_clip(result, len(results), len(plan.shots))
        decided = store.save(results, jobs=jobs, discard_decisions=settings.discard_decisions)
        finish = partial(complete_package, names=settings.carriers, verify=settings.verify)
        shown = thumbnails.show(decided)
        write_package(folder, decided, plan, run, shown, describe=in_words, finish=finish)
        keep_reference(folder, reference.sets[0].pixels[0] if reference else None)
    return GradedTimeline(folder, decided)


def _results(
    shots: Sequence[Shot],
    reference: Reference | None,
    settings: GradeSettings,
    colour: ColourManagement,
    model: DiagnosisModel,
) -> Iterator[tuple[ClipResult, Tensor | None]]:
    """Each shot's result, in order, with the frame that shows it; few are under way, so memory stays flat."""

    def grade(shot: Shot) -> tuple[ClipResult, Tensor | None]:
        if shot.skipped is not None:
            return ClipResult(shot, Status.SKIPPED), None
        try:
            frames = colour.developed(read_shot(shot, count=settings.frames))
        except MediaError as error:
            return ClipResult(shot, Status.SKIPPED, warnings=(str(error),)), None
        result = grade_shot(
            shot,
            frames,
            reference,
            settings.strength,
            colour=colour,
            model=model,
            cdl_only=settings.cdl_only,
            keep_brightness=settings.keep_brightness,
        )
        return result, frames.pixels[len(frames) // 2]

    with ThreadPoolExecutor(WORKERS, thread_name_prefix="shot") as pool:
        waiting: deque[Future[tuple[ClipResult, Tensor | None]]] = deque()
        for shot in shots:
            waiting.append(pool.submit(grade, shot))
            if len(waiting) > WORKERS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _seen(reference: Reference, colour: ColourManagement) -> Reference:
    """The reference as people see it: a file is a picture already, a clip is recorded as its space says."""
    see = colour.seen_clip if reference.description.startswith(CLIP_PREFIX) else colour.seen_file
    return replace(reference, sets=tuple(see(frames) for frames in reference.sets))


def _jobs(
    shots: Sequence[Shot], reference: Reference | None, settings: GradeSettings, model: DiagnosisModel
) -> dict[str, str]:
    digest = None if reference is None else reference_hash(reference)
    facts = {
        "strength": settings.strength,
        "frames": settings.frames,
        "cdl_only": settings.cdl_only,
        "keep_brightness": settings.keep_brightness,
        "version": version("lutnet"),
    }
    facts |= settings.colour.facts
    if settings.weights is not None:
        facts["weights"] = model.sha256
    return {shot.id: job_hash(shot, digest, facts) for shot in shots}


def in_words(found: Diagnosis) -> list[Finding]:
    """A diagnosis as the contact sheet says it."""
    return [Finding(phrase(head, correction), correction.confidence) for head, correction in findings(found)]


@contextmanager
def _kept(folder: Path) -> Iterator[None]:
    """A folder that can be written; one that was not there before goes away again if the block fails."""
    missing = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError("cannot make the package's folder", value=error.strerror, where=folder) from error
    try:
        yield
    except BaseException:
        if missing:
            shutil.rmtree(folder, ignore_errors=True)
        raise


def _light_warnings(frames: Frames) -> tuple[str, ...]:
    change = refinement.light_change(frames)
    return () if change is None else (change.warning,)


def _as_frames(frames: Tensor | Frames) -> Frames:
    if not isinstance(frames, Frames):
        return Frames(frames)
    if frames.space in (SCENE_LINEAR, LOGARITHMIC):
        raise InputError(
            f"frames are {frames.space}: no picture that people see",
            where=frames.source,
            fix="Convert them first.",
        )
    return frames
