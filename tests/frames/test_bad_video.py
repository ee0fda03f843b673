"""Damaged and odd video: decoded as far as it goes, or one clear error; never a hang."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from lutnet.errors import MediaError
from lutnet.frames import is_readable, read_frames
from tests.frames.footage import number_in, numbered, write_numbered, write_video


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"not found.*gone\.mov"):
        read_frames(tmp_path / "gone.mov")


@pytest.mark.parametrize("content", [b"", b"not a movie", b"\0" * 5000, b"#EXTM3U\nhttp://localhost/a.ts\n"])
def test_what_is_no_media_is_one_clear_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.mp4"
    path.write_bytes(content)
    with pytest.raises(MediaError, match=r"bad\.mp4"):
        read_frames(path)
    assert not is_readable(path)


def test_a_folder_and_a_pipe_are_no_media(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mov")
    for name, told in ((".", "a folder is no still or video"), ("pipe.mov", "not found")):
        with pytest.raises(MediaError, match=told):
            read_frames(tmp_path / name)


def test_sound_alone_has_no_picture(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("pcm_s16le", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), format="s16", layout="mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
    with pytest.raises(MediaError, match="no picture"):
        read_frames(path)


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9])
def test_a_truncated_stream_gives_the_frames_it_has(tmp_path: Path, kept: float) -> None:
    path = write_numbered(tmp_path / "cut.ts", 60, options={"g": "10", "bf": "2"})
    content = path.read_bytes()
    path.write_bytes(content[: int(kept * len(content))])
    frames = read_frames(path)
    assert [number_in(pixels.numpy()) for pixels in frames.pixels] == list(frames.indices)


def test_a_truncated_index_is_one_clear_error(tmp_path: Path) -> None:
    path = write_numbered(tmp_path / "cut.mp4", 20)
    path.write_bytes(path.read_bytes()[:-400])
    with pytest.raises(MediaError, match=r"cut\.mp4"):
        read_frames(path)


def test_media_cut_behind_its_index_gives_the_frames_it_has(tmp_path: Path) -> None:
    options = {"container_options": {"movflags": "faststart"}, "options": {"g": "5", "bf": "0"}}
    path = write_numbered(tmp_path / "short.mp4", 60, **options)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    frames = read_frames(path)
    assert [number_in(pixels.numpy()) for pixels in frames.pixels] == list(frames.indices)


def test_rotation_is_undone(tmp_path: Path) -> None:
    path = tmp_path / "turned.mp4"
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 128, 256, "yuv420p"
        stream.set_display_rotation(90)  # players turn it counter-clockwise
        turned = np.ascontiguousarray(np.rot90(numbered(77), -1))
        container.mux(stream.encode(av.VideoFrame.from_ndarray(turned, format="rgb24")))
        container.mux(stream.encode(None))
    pixels = read_frames(path).pixels[0].numpy()
    assert pixels.shape[1:] == (128, 256)
    assert number_in(pixels) == 77


def test_high_dynamic_range_is_warned_of(shared: Path) -> None:
    assert any("PQ" in text for text in read_frames(shared / "footage" / "exoplayer_hdr10.mp4").warnings)


@pytest.mark.parametrize(
    ("name", "codec", "pixel_format"),
    [("rgb.mkv", "libx264rgb", "rgb24"), ("rgb.mov", "png", "rgb24"), ("deep.mkv", "ffv1", "gbrp16le")],
)
def test_video_that_is_coded_as_rgb_needs_no_matrix(
    tmp_path: Path, name: str, codec: str, pixel_format: str
) -> None:
    picture = np.empty((96, 128, 3), np.uint8)
    picture[:] = (200, 100, 50)
    path = write_video(
        tmp_path / name, [picture] * 2, codec=codec, pixel_format=pixel_format, options={"qp": "0"}
    )
    frames = read_frames(path)
    assert np.abs(frames.pixels[0, :, 48, 64].numpy() - np.asarray([200, 100, 50]) / 255).max() < 1 / 255
    assert frames.warnings == ()


def test_motion_jpeg_is_full_range(tmp_path: Path) -> None:
    picture = np.full((96, 128, 3), 255, np.uint8)
    options: dict[str, Any] = {"codec": "mjpeg", "pixel_format": "yuvj420p", "options": {"q": "2"}}
    pixels = read_frames(write_video(tmp_path / "white.avi", [picture], **options)).pixels
    assert pixels.min() > 0.99


def test_alpha_in_video_is_ignored_with_a_warning(tmp_path: Path) -> None:
    picture = np.full((96, 128, 3), 180, np.uint8)
    options: dict[str, Any] = {"codec": "prores_ks", "pixel_format": "yuva444p10le", "rate": Fraction(25)}
    frames = read_frames(write_video(tmp_path / "alpha.mov", [picture], **options))
    assert "the alpha channel is ignored" in frames.warnings
    assert np.abs(frames.pixels.numpy() - 180 / 255).max() < 0.02


@pytest.mark.parametrize("name", ["a.mp4", "a.ts", "a.mkv"])
def test_flipped_bytes_never_raise_anything_else(tmp_path: Path, name: str) -> None:
    path = write_numbered(tmp_path / name, 12, options={"g": "6", "bf": "2"})
    whole = path.read_bytes()
    random = np.random.default_rng(0)
    for _ in range(25):
        content = bytearray(whole)
        for place in random.integers(0, len(whole), 30):
            content[place] = random.integers(256)
        path.write_bytes(content)
        try:
            frames = read_frames(path, height=64)
        except MediaError as error:
            assert name in str(error)
        else:
            assert len(frames) >= 1
