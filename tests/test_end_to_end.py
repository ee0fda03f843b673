"""The main job on real footage: no shot lost, and other programs see the colours that ``Grade.apply`` gives."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import opentimelineio as otio
import PyOpenColorIO as ocio
import pytest
import torch

import lutnet
from lutnet.frames import probe
from lutnet.pipeline import GradedTimeline

FILES = (
    "tos_1080p_V1-0004.mov",
    "tos_1080p_V1-0005.mov",
    "tos_1080p_V1-0006.mov",
    "tos_1080p_V1-0007.mov",
    "sam2_01_dog.mp4",
    "sam2_04_coffee.mp4",
    "mdn_flower.mp4",
    "pexels_skateboard.mkv",
    "tos_battle_clip_medium.webm",
)
CLIPS = 14


def cut_timeline(files: list[Path], path: Path) -> None:
    """CLIPS one-second clips from ``files`` in turn, second uses further into the file."""
    track = otio.schema.Track("V1", kind=otio.schema.TrackKind.Video)
    for number in range(CLIPS):
        source = files[number % len(files)]
        info = probe(source)
        rate = float(info.rate or 24)
        length = info.frame_count or 48

        def frames(start: int, duration: int, rate: float = rate) -> otio.opentime.TimeRange:
            return otio.opentime.TimeRange(
                otio.opentime.RationalTime(start, rate), otio.opentime.RationalTime(duration, rate)
            )

        start = min(10 + 20 * (number // len(files)), max(0, length - 24))
        media = otio.schema.ExternalReference(source.as_uri(), frames(0, length))
        track.append(
            otio.schema.Clip(f"{source.stem} {number:02}", media, frames(start, min(24, length - start)))
        )
    timeline = otio.schema.Timeline("film")
    timeline.tracks.append(track)
    otio.adapters.write_to_file(timeline, str(path))


@pytest.fixture(scope="module")
def graded(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> GradedTimeline:
    folder = tmp_path_factory.mktemp("film")
    files = [shared / "footage" / name for name in FILES]
    cut_timeline(files, folder / "film.otio")
    return lutnet.grade_timeline(folder / "film.otio", files[1])


def manifest(graded: GradedTimeline) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((graded.folder / "grades.json").read_text())
    return document


def with_opencolorio(colours: np.ndarray, *transforms: Any) -> np.ndarray:
    group = ocio.GroupTransform(list(transforms))
    processor = ocio.Config.CreateRaw().getProcessor(group)
    result = colours.copy()  # applied in place
    processor.getOptimizedCPUProcessor(ocio.OPTIMIZATION_LOSSLESS).applyRGB(result)
    return result


def test_no_shot_of_real_footage_is_lost(graded: GradedTimeline) -> None:
    assert len(graded.clips) == CLIPS
    assert not graded.skipped
    assert all(clip.grade is not None and clip.diagnosis is not None for clip in graded.clips)


def test_opencolorio_gives_the_colours_of_grade_apply(graded: GradedTimeline) -> None:
    colours = np.random.default_rng(0).random((20_000, 3)).astype(np.float32)
    entries = {entry["id"]: entry for entry in manifest(graded)["clips"]}
    stems = sorted(path.stem for path in (graded.folder / "cdl").glob("*.cc"))
    assert len(stems) == CLIPS
    for clip in graded.clips:
        assert clip.grade is not None
        entry = entries[clip.shot.id]
        cdl = ocio.CDLTransform(**{k: entry["cdl"][k] for k in ("slope", "offset", "power")})
        cdl.setSat(entry["cdl"]["saturation"])
        cdl.setStyle(ocio.CDL_ASC)
        chain: list[Any] = [cdl]
        if entry["lut"]:
            cube = str(graded.folder / entry["lut"]["path"])
            chain.append(ocio.FileTransform(cube, interpolation=ocio.INTERP_TETRAHEDRAL))
        theirs = with_opencolorio(colours, *chain)
        ours = clip.grade.apply_colours(torch.from_numpy(colours)).numpy()
        assert np.abs(ours - theirs).max() <= 1e-4, clip.shot.name


def test_the_graded_timeline_opens_with_plain_opentimelineio(graded: GradedTimeline) -> None:
    timeline = otio.adapters.read_from_file(str(graded.folder / "film.otio"))
    clips = timeline.find_clips()
    assert len(clips) == CLIPS
    for clip, result in zip(clips, graded.clips, strict=True):
        assert result.grade is not None
        sop = clip.metadata["cdl"]["asc_sop"]
        assert tuple(sop["slope"]) == result.grade.cdl.slope
        assert tuple(sop["offset"]) == result.grade.cdl.offset
        assert tuple(sop["power"]) == result.grade.cdl.power
        assert clip.metadata["cdl"]["asc_sat"] == result.grade.cdl.saturation


def test_baking_keeps_the_colours_of_real_frames(graded: GradedTimeline) -> None:
    from lutnet.frames import read_shot
    from lutnet.ops.difference import delta_e_rgb

    differences = []
    for clip in graded.clips[:6]:
        assert clip.grade is not None
        pixels = read_shot(clip.shot, count=1).pixels
        unbaked, baked = clip.grade.apply(pixels), clip.grade.baked(33).apply(pixels)
        differences.append(float(delta_e_rgb(unbaked.movedim(1, -1), baked.movedim(1, -1)).mean()))
    assert sum(differences) / len(differences) <= 0.05
