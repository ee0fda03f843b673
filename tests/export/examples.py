"""Grades, shots and timelines to export, and the independent programs that apply or re-read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import opentimelineio as otio
import PyOpenColorIO as ocio
import torch
from av.filter import Graph

from lutnet.export.contact_sheet import Thumbnails
from lutnet.export.package import MANIFEST, write_package
from lutnet.export.reader import Package, read_package
from lutnet.export.run import RunSettings
from lutnet.grade import CDL, LUT3D, Correction, Diagnosis, Fault, Grade
from lutnet.ops.detune import NAMES
from lutnet.ops.lut3d import identity_lattice
from lutnet.result import Basis, ClipResult, DeltaE, SkinTurn, Status
from lutnet.shot import FrameRange, Shot

RATE = Fraction(24)


def some_cdl(seed: int = 0) -> CDL:
    draw = np.random.default_rng(seed)
    return CDL(
        tuple(draw.uniform(0.5, 1.6, 3)),
        tuple(draw.uniform(-0.2, 0.2, 3)),
        tuple(draw.uniform(0.6, 1.5, 3)),
        float(draw.uniform(0, 1.8)),
    )


def some_lut(seed: int = 0, size: int = 33) -> LUT3D:
    """A smooth bend of the cube without folds, another for each seed; the cube's faces stay where they are."""
    draw = np.random.default_rng(seed)
    lattice = identity_lattice(size).numpy()
    bend = draw.uniform(-0.08, 0.08, (3, 3))
    waves = np.sin(np.pi * lattice)
    return LUT3D(np.clip(lattice + waves * (waves @ bend), 0, 1).astype(np.float32))


def some_grade(seed: int = 0) -> Grade:
    return Grade(some_cdl(seed), some_lut(seed))


def some_colours(count: int = 3000, low: float = 0.0, high: float = 1.0, seed: int = 0) -> np.ndarray:
    """Random colours and the corners, edges and greys, ``[count + n, 3]``."""
    ramp = np.linspace(low, high, 5)
    lattice = np.stack(np.meshgrid(ramp, ramp, ramp, indexing="ij"), -1).reshape(-1, 3)
    drawn = np.random.default_rng(seed).uniform(low, high, (count, 3))
    return np.concatenate([drawn, lattice]).astype(np.float32)


def some_shot(number: int = 0, name: str | None = None, **changes: object) -> Shot:
    facts: dict[str, object] = {
        "id": f"{number:08x}",
        "name": f"sh{number:03}" if name is None else name,
        "track": 1,
        "track_name": "V1",
        "record": FrameRange(Fraction(86400 + 48 * number), Fraction(48), RATE),
        "source": FrameRange(Fraction(1000 + 100 * number), Fraction(48), RATE),
        "media": f"/media/take_{number}.mov",
    }
    return Shot(**(facts | changes))  # type: ignore[arg-type]


def some_diagnosis(level: float = 0.5) -> Diagnosis:
    correction = Correction(level, 0.75, "stop", 0.9, (0.0, 0.0, 0.0, 0.1, 0.2, 0.3, 0.4))
    corrections, fault = dict.fromkeys(NAMES, correction), Fault(NAMES[0], 2 / 3)
    return Diagnosis(corrections, fault, Grade(some_cdl(7)), ("dark",), faulty=0.75)


def some_result(number: int = 0, grade: Grade | None = None, **changes: object) -> ClipResult:
    facts: dict[str, object] = {
        "shot": some_shot(number),
        "status": Status.PROPOSED,
        "diagnosis": some_diagnosis(),
        "grade": some_grade(number) if grade is None else grade,
        "delta_e": DeltaE(8.0, 3.0, 1.0, Basis.ALIGNED, 4321),
        "skin": SkinTurn(1.25, 3.5),
        "warnings": ("untagged",),
    }
    return ClipResult(**(facts | changes))  # type: ignore[arg-type]


def skipped_result(number: int = 0) -> ClipResult:
    return ClipResult(some_shot(number, skipped="media is offline"), Status.SKIPPED)


@dataclass(frozen=True)
class Source:
    """A timeline as ``lutnet.timeline`` reads it, made from shots."""

    path: Path
    name: str = "cut"
    rate: Fraction = RATE
    otio: otio.schema.Timeline = field(default_factory=otio.schema.Timeline)
    clips: Mapping[str, otio.schema.Clip] = field(default_factory=dict)


def source_timeline(path: Path, results: Sequence[ClipResult]) -> Source:
    timeline = otio.schema.Timeline(path.stem)
    clips = {}
    for number in sorted({result.shot.track for result in results}):
        track = otio.schema.Track(f"V{number}", kind=otio.schema.TrackKind.Video)
        timeline.tracks.append(track)
        for result in results:
            if result.shot.track == number:
                clips[result.shot.id] = _clip(result.shot)
                track.append(clips[result.shot.id])
    return Source(path, timeline.name, RATE, timeline, clips)


def _clip(shot: Shot) -> otio.schema.Clip:
    return otio.schema.Clip(
        shot.name,
        otio.schema.ExternalReference(f"media/{shot.id}.mov"),
        otio.opentime.TimeRange(
            otio.opentime.RationalTime(float(shot.source.start), float(shot.source.rate)),
            otio.opentime.RationalTime(float(shot.source.duration), float(shot.source.rate)),
        ),
    )


def by_ocio(colours: np.ndarray, *files: Path) -> np.ndarray:
    """``colours [N, 3]`` through CDL and LUT files, as OpenColorIO applies them without optimising."""
    ocio.ClearAllCaches()
    group = ocio.GroupTransform()
    for path in files:
        transform = ocio.FileTransform(str(path), interpolation=ocio.INTERP_TETRAHEDRAL)
        transform.setCDLStyle(ocio.CDL_ASC)
        group.appendTransform(transform)
    processor = ocio.Config.CreateRaw().getProcessor(group)
    out = colours.astype(np.float32).copy()
    processor.getOptimizedCPUProcessor(ocio.OPTIMIZATION_LOSSLESS).applyRGB(out)
    return out


def by_ffmpeg(colours: np.ndarray, path: Path, width: int = 64) -> np.ndarray:
    """``colours [N, 3]`` through FFmpeg's ``lut3d``; 64 wide, since its SIMD tail is wrong below 16."""
    height = -(-len(colours) // width)
    picture = np.zeros((height * width, 3), np.float32)
    picture[: len(colours)] = colours
    graph = Graph()
    size = f"video_size={width}x{height}:pix_fmt=gbrpf32le:time_base=1/24:pixel_aspect=1/1"
    source, sink = graph.add("buffer", size), graph.add("buffersink")
    lut = graph.add("lut3d", file=str(path), interp="tetrahedral")
    source.link_to(lut)
    lut.link_to(sink)
    graph.configure()
    source.push(av.VideoFrame.from_ndarray(picture.reshape(height, width, 3), format="gbrpf32le"))
    graded = sink.pull()
    assert isinstance(graded, av.VideoFrame)
    return np.asarray(graded.to_ndarray(format="gbrpf32le").reshape(-1, 3)[: len(colours)])


def by_grade(colours: np.ndarray, grade: Grade) -> np.ndarray:
    """``colours [N, 3]`` through ``Grade.apply``, as a picture ``[1, 3, 1, N]``."""
    pixels = torch.from_numpy(colours.astype(np.float32)).T[None, :, None, :]
    return grade.apply(pixels)[0, :, 0, :].T.numpy()


SETTINGS = RunSettings("1.2.3", reference="hero.png")
PICTURE = np.full((90, 160, 3), 0.5, np.float32)


def some_results() -> list[ClipResult]:
    """Graded, without LUT, skipped, rejected, and on a second track with a nasty name."""
    return [
        some_result(0),
        some_result(1, Grade(some_cdl(1))),
        skipped_result(2),
        some_result(3, status=Status.REJECTED),
        some_result(4, shot=some_shot(4, track=2, name="../sh000")),
    ]


def export(
    folder: Path, clips: Sequence[ClipResult] | None = None, settings: RunSettings = SETTINGS
) -> Package:
    """Write a package of ``clips`` and read it back."""
    clips = some_results() if clips is None else clips
    source = source_timeline(folder.parent / "cut.otio", clips)
    pictures = {clip.shot.id: Thumbnails(PICTURE, PICTURE) for clip in clips}
    assert write_package(folder, clips, source, settings, pictures) == folder / MANIFEST
    return read_package(folder)
