"""A clip with cuts inside: said, with the frames; cut there where asked. Pans and zooms are no cuts."""

from __future__ import annotations

import json
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import opentimelineio as otio
import pytest
from skimage import data

from lutnet.cli.main import main
from lutnet.frames import probe
from lutnet.plain import Json

RATE, FRAMES, HANDLE = 24, 96, 6
FIRST, SECOND = 33, 61
WIDTH, HEIGHT = 320, 240

Codes = npt.NDArray[np.uint8]


def write_film(path: Path, frames: list[Codes]) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "bgr0"
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(frame))))
        container.mux(stream.encode(None))


def write_timeline(
    folder: Path, media: str, frames: int = FRAMES, rate: float = RATE, handle: int = HANDLE
) -> None:
    def span(start: int, length: int) -> otio.opentime.TimeRange:
        return otio.opentime.TimeRange(*(otio.opentime.RationalTime(each, rate) for each in (start, length)))

    reference = otio.schema.ExternalReference(media, span(0, frames))
    track = otio.schema.Track("V1", kind=otio.schema.TrackKind.Video)
    track.append(otio.schema.Clip("reel", reference, span(handle, frames - 2 * handle)))
    timeline = otio.schema.Timeline("cut")
    timeline.tracks.append(track)
    otio.adapters.write_to_file(timeline, str(folder / "cut.otio"))


def glide(picture: Codes, number: int) -> Codes:
    return picture[number : number + HEIGHT, number : number + WIDTH]


def graded(folder: Path, *options: str) -> Json:
    assert main(["grade", str(folder / "cut.otio"), "-o", str(folder / "graded"), "--quiet", *options]) == 0
    document: Json = json.loads((folder / "graded" / "grades.json").read_text())
    return document


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three shots under one clip: a face, a rocket, the face again."""
    folder = tmp_path_factory.mktemp("edited")
    face, rocket = data.astronaut(), data.rocket()
    shown = [rocket if FIRST <= number < SECOND else face for number in range(FRAMES)]
    write_film(folder / "reel.mkv", [glide(picture, n) for n, picture in enumerate(shown)])
    write_timeline(folder, "reel.mkv")
    return folder


def test_cuts_inside_a_clip_are_told_with_their_frames(edited: Path) -> None:
    (clip,) = graded(edited)["clips"]
    assert [place["frame"] for place in clip["cuts_inside"]] == [FIRST, SECOND]
    assert [place["into"] for place in clip["cuts_inside"]] == [FIRST - HANDLE, SECOND - HANDLE]
    assert "light_change" not in clip
    told = [warning for warning in clip["warnings"] if "2 cuts" in warning]
    assert (
        len(told) == 1
        and f"frame {FIRST - HANDLE + 1} of the clip; frame {SECOND - HANDLE + 1} of the clip" in told[0]
    )


def test_asked_to_the_clip_is_cut_at_each_of_them(edited: Path) -> None:
    document = graded(edited, "--split")
    clips = document["clips"]
    starts = [int(clip["source"]["start"]) for clip in clips]
    lengths = [int(clip["source"]["duration"]) for clip in clips]
    assert starts == [HANDLE, FIRST, SECOND]
    assert lengths == [FIRST - HANDLE, SECOND - FIRST, FRAMES - HANDLE - SECOND]
    assert not any("cuts_inside" in clip for clip in clips)
    assert document["split"] is True


@pytest.mark.parametrize("motion", ["pan", "zoom", "flash"])
def test_motion_and_flashes_are_no_cuts(tmp_path: Path, motion: str) -> None:
    wide: Codes = np.concatenate(
        [data.astronaut()[:HEIGHT], data.rocket()[:HEIGHT], data.coffee()[:HEIGHT]], 1
    )
    frames = []
    for number in range(FRAMES):
        start = 12 * number if motion == "pan" else 90
        frame = wide[:, start : start + WIDTH].astype(np.float32)
        if motion == "zoom":
            part = 1.0 - 0.008 * number  # of the picture, from far to near
            rows = (np.arange(HEIGHT) * part).astype(int)
            columns = (np.arange(WIDTH) * part).astype(int)
            frame = frame[rows][:, columns]
        if motion == "flash" and number in (40, 41, 55):
            frame = frame * 0.4 + 150.0
        frames.append(frame.clip(0, 255).astype(np.uint8))
    write_film(tmp_path / "reel.mkv", frames)
    write_timeline(tmp_path, "reel.mkv")
    (clip,) = graded(tmp_path)["clips"]
    assert "cuts_inside" not in clip


def test_of_real_footage_the_shot_with_a_cut_is_told_and_others_are_not(shared: Path, tmp_path: Path) -> None:
    found = {}
    for name in ("tos_1080p_V1-0003.mov", "tos_1080p_V1-0007.mov", "imageio_cockatoo.mp4"):
        media = shared / "footage" / name
        info = probe(media)
        write_timeline(tmp_path, str(media), info.frame_count, float(info.rate or RATE), 0)
        (clip,) = graded(tmp_path, "--fresh")["clips"]
        found[name] = [place["frame"] for place in clip.get("cuts_inside", [])]
    assert found == {"tos_1080p_V1-0003.mov": [54], "tos_1080p_V1-0007.mov": [], "imageio_cockatoo.mp4": []}
