"""Packages for the review's tests: real media, known grades, no networks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import opentimelineio as otio
import torch
from av.video.reformatter import ColorRange, Colorspace

from lutnet.colourspace import ColourSettings, colour_management
from lutnet.demo.footage import _to_420
from lutnet.diagnosis.heads import HEADS, LEVELS
from lutnet.export.package import write_package
from lutnet.export.run import RunSettings
from lutnet.grade import CDL, LUT3D, Correction, Diagnosis, Fault, Grade
from lutnet.ops.lut3d import identity_lattice
from lutnet.place import Place
from lutnet.result import ClipResult, Cut, DeltaE, InScene, KeptAs, LightChange, SharedLut, Status
from lutnet.shot import REC709
from lutnet.store import Store
from lutnet.thumbnails import StoredThumbnails, pictures_of, reference_png
from lutnet.timeline import read_timeline

RATE = 24
VIEW = colour_management(ColourSettings(REC709)).view
MARKUP = '<img src=x onerror="alert(1)">\'"&../../'
Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Clip:
    """name, media, used range in frames, grade (None: skipped).

    undoing: grade of the diagnosis. left: as a look that is meant. compared: what is kept to lay it beside others.
    """

    name: str
    media: Path
    frames: tuple[int, int] = (2, 20)
    grade: Grade | None = None
    level: float = -0.4
    space: str | None = None
    confidence: float = 0.9
    scene: int | None = None
    left: bool = False
    undoing: Grade = field(default_factory=Grade)
    light: LightChange | None = None
    cuts_inside: tuple[int, ...] = ()
    cut: Cut | None = None
    delta_e: DeltaE | None = None
    compared: bytes = b""
    shared: SharedLut | None = None


def bent_lut(size: int = 17, amount: float = 0.15) -> LUT3D:
    """A smooth LUT that no CDL is: channels bend and mix."""
    lattice = identity_lattice(size)
    bent = lattice + amount * lattice * (1 - lattice) * (lattice.roll(1, -1) - 0.3)
    return LUT3D(bent.clamp(0, 1).numpy())


def random_grade(generator: np.random.Generator) -> Grade:
    """A CDL as strong as people make them and, in half of the cases, a LUT that is not smooth."""

    def triple(low: float, high: float) -> tuple[float, float, float]:
        red, green, blue = generator.uniform(low, high, 3).tolist()
        return (red, green, blue)

    cdl = CDL(triple(0.5, 1.8), triple(-0.15, 0.15), triple(0.6, 1.7), float(generator.uniform(0, 2)))
    if generator.random() < 0.5:
        return Grade(cdl)
    size = int(generator.integers(2, 34))
    noise = generator.normal(0, 0.08, (size, size, size, 3)).astype(np.float32)
    low = float(generator.uniform(-0.2, 0.1))
    table = identity_lattice(size).numpy() + noise
    return Grade(cdl, LUT3D(table, (low, low, low), (1.0, 1.1, 1.2)))


def encode(
    path: Path,
    frames: Iterator[Pixels],
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
    **options: str,
) -> Path:
    """RGB frames as BT.709 limited-range video; yuv420p by exact arithmetic, other formats by FFmpeg."""
    with av.open(str(path), "w") as container:
        stream: Any = None
        for pixels in frames:
            if stream is None:
                stream = container.add_stream(codec, rate=RATE, options=options)
                stream.height, stream.width = pixels.shape[:2]
                stream.pix_fmt = pixel_format
                context = stream.codec_context
                context.colorspace, context.color_range = Colorspace.ITU709, ColorRange.MPEG
                context.color_primaries, context.color_trc = 1, 1
            frame = av.VideoFrame.from_ndarray(_to_420(pixels), format="yuv420p")
            frame.colorspace, frame.color_range = Colorspace.ITU709, ColorRange.MPEG
            container.mux(stream.encode(frame.reformat(format=pixel_format)))
        container.mux(stream.encode(None))
    return path


def moving(picture: Pixels, width: int, height: int, count: int = 24) -> Iterator[Pixels]:
    """A window that glides over ``picture``."""
    for number in range(count):
        left = (picture.shape[1] - width) * number // max(count - 1, 1)
        yield np.ascontiguousarray(picture[:height, left : left + width])


def diagnosis(level: float, confidence: float, undoing: Grade | None = None) -> Diagnosis:
    """Exposure is wrong by ``level``, everything else is right. undoing: the grade that takes it back."""
    shares = tuple(1.0 if index == 3 else 0.0 for index in range(len(LEVELS)))
    corrections = {
        head.name: Correction(
            at := level if head.name == "exposure" else 0.0, head.value_at(at), head.unit, confidence, shares
        )
        for head in HEADS
    }
    return Diagnosis(corrections, Fault("exposure", -1 / 3) if level else None, undoing or Grade())


def write(folder: Path, clips: Sequence[Clip], settings: RunSettings | None = None) -> Path:
    """The package ``folder/film.lutnet`` of a timeline of ``clips``."""
    track = otio.schema.Track("V1", kind=otio.schema.TrackKind.Video)
    for clip in clips:
        start, end = clip.frames
        reference = otio.schema.ExternalReference(
            target_url=clip.media.relative_to(folder).as_posix(), available_range=_range(0, max(end, 24))
        )
        track.append(otio.schema.Clip(clip.name, reference, _range(start, end - start)))
    timeline = otio.schema.Timeline("film", global_start_time=otio.opentime.RationalTime(86400, RATE))
    timeline.tracks.append(track)
    otio.adapters.write_to_file(timeline, str(folder / "film.otio"))
    plan = read_timeline(folder / "film.otio")
    package = folder / "film.lutnet"
    package.mkdir()
    shots = [replace(shot, space=clip.space) for shot, clip in zip(plan.shots, clips, strict=True)]
    results = [
        ClipResult(shot, Status.SKIPPED, warnings=("offline",))
        if clip.grade is None
        else ClipResult(
            shot,
            Status.PROPOSED,
            diagnosis(clip.level, clip.confidence, clip.undoing),
            clip.grade,
            scene=None if clip.scene is None else _in_scene(clip.scene, left=clip.left),
            light=clip.light,
            cuts_inside=tuple(map(Place, clip.cuts_inside)),
            delta_e=clip.delta_e,
            shared=clip.shared,
            cut=clip.cut and replace(clip.cut, previous=shots[place - 1].id),
        )
        for place, (shot, clip) in enumerate(zip(shots, clips, strict=True))
    ]
    picture = torch.rand(90, 160, 3).numpy()
    with Store(package) as store:
        jobs = {result.shot.id: f"job {result.shot.id}" for result in results[:100] if result.grade}
        for result, clip in list(zip(results, clips, strict=True))[:100]:
            if result.grade is not None:
                pictures = pictures_of(picture, result.grade, VIEW, clip.compared)
                store.finish(jobs[result.shot.id], result, pictures)
        decided = store.save(results, jobs=jobs)
        thumbnails = StoredThumbnails(store, decided, jobs, None, VIEW)
        run = settings or RunSettings("0.1.0", reference="hero.png")
        still = reference_png(torch.rand(3, 90, 160))
        write_package(package, decided, plan, run, thumbnails, reference=still)
    return package


def _in_scene(number: int, *, left: bool) -> InScene:
    return InScene(number, kept=1.0, kept_as=KeptAs.LOOK) if left else InScene(number)


def statuses(package: Path) -> list[Status]:
    """Of the clips of ``package``, as people decided."""
    with Store(package) as store:
        return [result.status for result in store.results()]


def _range(start: int, duration: int) -> otio.opentime.TimeRange:
    return otio.opentime.TimeRange(
        otio.opentime.RationalTime(start, RATE), otio.opentime.RationalTime(duration, RATE)
    )
