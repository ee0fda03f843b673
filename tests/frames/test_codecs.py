"""Colour bars in every codec, matrix, range and depth that can be encoded here: exact on what the decoder gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from lutnet.frames import probe, read_frames, read_shot
from lutnet.shot import FrameRange, Shot
from tests.frames.footage import number_in, write_numbered
from tests.frames.test_colour import TOLERANCE, coded, exact_rgb, fill, read_rgb

WIDTH, HEIGHT = 640, 360


@dataclass(frozen=True)
class Row:
    """One way to code a picture. matrices: H.273's, of those that the container or stream can carry."""

    codec: str
    file: str
    pixels: str
    bits: int
    full: bool = False
    matrices: tuple[int, ...] = (1, 6, 9)
    options: dict[str, str] = field(default_factory=dict)
    interlaced: bool = False

    def __str__(self) -> str:
        return f"{self.codec}-{self.file.rpartition('.')[2]}-{self.pixels}{'-full' if self.full else ''}"


LOSSLESS_HEVC = {"x265-params": "lossless=1:bframes=0:log-level=0"}
"""No B-frames: of a file shorter than their delay, libx265 gives decoding times that were never set."""

TABLE = (
    Row("libx264", "a.mp4", "yuv420p", 8, options={"qp": "0"}),
    Row("libx264", "a.mov", "yuv420p", 8, full=True, options={"qp": "0"}),
    Row("libx264", "a.mkv", "yuv422p10le", 10, options={"qp": "0"}),
    Row("libx264", "a.ts", "yuv420p", 8, options={"qp": "0", "flags": "+ilme+ildct"}, interlaced=True),
    Row("libx265", "a.mp4", "yuv420p", 8, options=LOSSLESS_HEVC),
    Row("libx265", "a.mov", "yuv420p10le", 10, options=LOSSLESS_HEVC),
    Row("libx265", "a.mov", "yuv420p10le", 10, full=True, options=LOSSLESS_HEVC),
    Row("libx265", "a.mkv", "yuv444p12le", 12, options=LOSSLESS_HEVC),
    Row("prores_ks", "a.mov", "yuv422p10le", 10, options={"profile": "hq"}),
    Row("prores_ks", "a.mov", "yuv444p10le", 10, options={"profile": "4444"}),
    Row("prores_ks", "a.mxf", "yuv422p10le", 10, matrices=(1,), options={"profile": "hq"}),
    Row("dnxhd", "a.mov", "yuv422p", 8, matrices=(1,), options={"profile": "dnxhr_hq"}),
    Row("dnxhd", "a.mov", "yuv422p10le", 10, matrices=(1,), options={"profile": "dnxhr_hqx"}),
    Row("dnxhd", "a.mxf", "yuv422p10le", 10, matrices=(1,), options={"profile": "dnxhr_hqx"}),
    Row("mpeg2video", "a.mxf", "yuv422p", 8, matrices=(1,), options={"q": "1"}),
    Row("mpeg2video", "a.mpg", "yuv420p", 8, options={"q": "1"}),
    Row("libvpx-vp9", "a.webm", "yuv420p", 8, options={"lossless": "1", "cpu-used": "8"}),
    Row("libvpx-vp9", "a.webm", "yuv444p", 8, full=True, options={"lossless": "1", "cpu-used": "8"}),
    Row("libsvtav1", "a.mp4", "yuv420p", 8, options={"crf": "5", "preset": "12"}),
    Row("libsvtav1", "a.mkv", "yuv420p10le", 10, options={"crf": "5", "preset": "12"}),
    Row("ffv1", "a.mkv", "yuv422p10le", 10),
    Row("v210", "a.mov", "yuv422p10le", 10, matrices=(1, 6)),
)
"""Not encoded here, so not in the table: VP9 of 10 bits (the bundled libvpx writes 8), AV1 other than 4:2:0, DNxHR 444,
H.264 of more than 10 bits, Apple's own ProRes and Avid's own DNxHR encoders (FFmpeg's stand for them)."""


def write(path: Path, row: Row, matrix: int) -> Path:
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(row.codec, rate=Fraction(25), options=row.options)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, row.pixels
        stream.bit_rate = 0 if row.codec in ("libsvtav1", "libx265") else 80_000_000
        context = stream.codec_context
        context.colorspace, context.color_range = matrix, 2 if row.full else 1
        context.color_primaries = context.color_trc = 1
        frame = av.VideoFrame(WIDTH, HEIGHT, row.pixels)
        frame.colorspace, frame.color_range = matrix, 2 if row.full else 1
        for plane, values in zip(frame.planes, coded(matrix, row.full, row.bits).T, strict=True):
            fill(plane, values, row.bits)
        for index in range(2):
            frame.pts = index
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_bars_decode_within_one_code_value_of_exact_arithmetic(tmp_path: Path, row: Row) -> None:
    for matrix in row.matrices:
        path = write(tmp_path / f"{matrix}-{row.file}", row, matrix)
        with av.open(str(path)) as container:
            frame = next(container.decode(video=0))
            carried = int(frame.colorspace)
            assert frame.interlaced_frame == row.interlaced
        assert carried in (matrix, 2, 5), "what the file says is what was meant, or nothing"
        meant = matrix if carried != 2 else 6  # untagged pictures of few lines are taken as BT.601
        off = np.abs(read_rgb(path, HEIGHT // 2) - exact_rgb(path, meant, row.full)).max()
        assert off < TOLERANCE, f"matrix {matrix}: {255 * off:.2f} code values"
        assert probe(path).width == WIDTH
        told = [text for text in read_frames(path, height=64).warnings if "colour matrix" in text]
        assert bool(told) == (carried == 2)


def test_anamorphic_video_is_made_square(tmp_path: Path) -> None:
    path = tmp_path / "pal.mp4"
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 720, 576, "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(64, 45)
        frame = av.VideoFrame.from_ndarray(np.full((576, 720, 3), 128, np.uint8), format="rgb24")
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    assert read_frames(path, height=288).pixels.shape[2:] == (288, 512)


@pytest.mark.parametrize("intra_only", [False, True])
def test_the_last_frames_of_a_program_stream_are_found(tmp_path: Path, intra_only: bool) -> None:
    options = {"bf": "0", "g": "1", "q": "2"} if intra_only else {"bf": "2", "g": "12", "q": "2"}
    path = write_numbered(tmp_path / "a.mpg", 50, codec="mpeg2video", options=options)
    assert probe(path).frame_count == 50
    for number in (0, 1, 20, 48, 49):
        used = FrameRange(Fraction(number), Fraction(1), Fraction(25))
        (pixels,) = read_shot(Shot("1", "a", 1, "", used, used, str(path))).pixels
        assert number_in(pixels.numpy()) == number
    used = FrameRange(Fraction(47), Fraction(3), Fraction(25))
    frames = read_shot(Shot("1", "a", 1, "", used, used, str(path)))
    assert {number_in(pixels.numpy()) for pixels in frames.pixels} == {47, 48, 49}
