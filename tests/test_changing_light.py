"""Light that changes inside a clip: offered as two grades at the very frame; taken, the timeline is cut there."""

from __future__ import annotations

import json
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import numpy as np
import opentimelineio as otio
import pytest
import torch
from skimage import data
from torch import Tensor

from lutnet.export.reader import read_package
from lutnet.frames import read_shot
from lutnet.grade import Grade
from lutnet.ops.detune import EXPOSURE_STOPS, detune
from lutnet.ops.difference import delta_e_rgb
from lutnet.pipeline import GradedTimeline, grade_timeline
from lutnet.plain import Json
from lutnet.settings import GradeSettings
from lutnet.timeline import read_timeline
from lutnet.timeline.split import cut_in_two

RATE, FRAMES, HANDLE, TURN, STOPS = 24, 72, 6, 43, -0.8
WIDTH, HEIGHT = 320, 240


@cache
def clean() -> tuple[Tensor, ...]:
    """Frames ``[H, W, 3]`` of a camera that glides over a picture."""
    picture = torch.from_numpy(data.astronaut().copy()).float() / 255.0 * 0.85
    return tuple(picture[n : n + HEIGHT, n : n + WIDTH] for n in (number // 4 for number in range(FRAMES)))


def filmed(frame: Tensor, number: int) -> Tensor:
    """In the light that it was filmed in."""
    amounts = torch.zeros(7)
    amounts[0] = STOPS / EXPOSURE_STOPS if number >= TURN else 0.0
    return detune(frame, amounts).clamp(0.0, 1.0)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``cut.otio``: one clip of the middle of a film in which the light goes down at frame TURN."""
    folder = tmp_path_factory.mktemp("light")
    with av.open(str(folder / "walk.mkv"), "w") as container:
        stream = container.add_stream("ffv1", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "bgr0"
        for number, frame in enumerate(clean()):
            codes = (filmed(frame, number) * 255).round().byte().numpy()
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(codes))))
        container.mux(stream.encode(None))

    def span(start: int, length: int) -> otio.opentime.TimeRange:
        return otio.opentime.TimeRange(*(otio.opentime.RationalTime(each, RATE) for each in (start, length)))

    media = otio.schema.ExternalReference("walk.mkv", span(0, FRAMES))
    track = otio.schema.Track("V1", kind=otio.schema.TrackKind.Video)
    track.append(otio.schema.Clip("walk", media, span(HANDLE, FRAMES - 2 * HANDLE)))
    timeline = otio.schema.Timeline("cut")
    timeline.tracks.append(track)
    otio.adapters.write_to_file(timeline, str(folder / "cut.otio"))
    return folder


@pytest.fixture(scope="module")
def offered(film: Path) -> GradedTimeline:
    return grade_timeline(film / "cut.otio", output=film / "offered")


@pytest.fixture(scope="module")
def taken(film: Path) -> GradedTimeline:
    return split(film)


def split(film: Path) -> GradedTimeline:
    settings = GradeSettings(split=True)
    return grade_timeline(film / "cut.otio", output=film / "split", settings=settings)


def written(graded: GradedTimeline) -> Json:
    document: Json = json.loads((graded.folder / "grades.json").read_text())
    return document


def jump(before: Grade, after: Grade) -> float:
    """DE between one clean frame filmed in either light, each graded."""
    frame = clean()[TURN]
    one, two = before.apply_colours(filmed(frame, 0)), after.apply_colours(filmed(frame, TURN))
    return float(delta_e_rgb(one, two).mean())


def test_the_offer_names_the_frame_and_its_two_grades_even_the_light(offered: GradedTimeline) -> None:
    (clip,) = offered.clips
    assert clip.light is not None and clip.grade is not None
    assert clip.light.frame == TURN
    assert clip.light.stops == pytest.approx(STOPS, abs=0.15)
    assert f"around frame {TURN - HANDLE + 1} of the clip" in " ".join(clip.told)
    one, two = (Grade(cdl, clip.grade.lut) for cdl in clip.light.halves)
    assert jump(one, two) < 0.25 * jump(clip.grade, clip.grade)
    (entry,) = written(offered)["clips"]
    assert entry["light_change"]["frame"] == TURN and len(entry["light_change"]["halves"]) == 2
    assert entry["light_change"]["into"] == TURN - HANDLE
    assert any(f"frame {TURN - HANDLE + 1} of the clip" in each for each in entry["warnings"])
    assert "split" not in written(offered)


def test_taken_the_timeline_is_cut_there_and_each_part_has_its_grade(
    film: Path, taken: GradedTimeline
) -> None:
    first, second = taken.clips
    assert first.grade is not None and second.grade is not None
    assert jump(first.grade, second.grade) < 0.4 * jump(first.grade, first.grade)
    assert [clip.shot.source.duration for clip in taken.clips] == [TURN - HANDLE, FRAMES - HANDLE - TURN]
    assert second.shot.source.start == TURN and second.shot.record.start == TURN - HANDLE
    assert written(taken)["split"] is True
    # What was exported is read as the same two clips, by another reader of timelines too.
    again = read_timeline(film / "split" / "cut.otio")
    assert [shot.id for shot in again.shots] == [clip.shot.id for clip in taken.clips]
    track = otio.adapters.read_from_file(str(film / "split" / "cut.otio")).tracks[0]
    assert [clip.source_range.start_time.value for clip in track] == [HANDLE, TURN]
    assert track.duration().value == FRAMES - 2 * HANDLE
    events = [line for line in (film / "split" / "cut.edl").read_text().splitlines() if line[:3].isdigit()]
    assert len(events) == 2
    # No frame of the first part is in the new light.
    codes = read_shot(first.shot, count=40).pixels.mean((1, 2, 3))
    assert float(codes.min()) > 1.1 * float(read_shot(second.shot).pixels.mean())
    assert [clip.cdl for clip in read_package(film / "split").clips] == [
        each.grade.cdl for each in taken.clips if each.grade
    ]


def test_nothing_is_computed_twice_where_a_clip_was_cut(film: Path, taken: GradedTimeline) -> None:
    seal = (taken.folder / "grades.json").stat().st_mtime_ns
    cdls = [[clip.grade and clip.grade.cdl for clip in clips] for clips in (split(film).clips, taken.clips)]
    assert cdls[0] == cdls[1]
    assert (taken.folder / "grades.json").stat().st_mtime_ns == seal


def test_what_cannot_be_cut_stays_whole(film: Path) -> None:
    timeline = read_timeline(film / "cut.otio")
    (shot,) = timeline.shots
    for frame in (0, HANDLE, FRAMES - HANDLE, FRAMES):
        assert cut_in_two(timeline, {shot.id: frame}) is timeline
    timeline.clips[shot.id].effects.append(otio.schema.LinearTimeWarp(time_scalar=2.0))
    assert cut_in_two(timeline, {shot.id: TURN}) is timeline
    assert Fraction(shot.record.duration) == FRAMES - 2 * HANDLE
