"""Matrix, range and depth, against colour-science on the very Y'CbCr that the decoder gives."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import av
import colour
import numpy as np
import numpy.typing as npt
import pytest

from lutnet.frames import read_frames

WIDTH, HEIGHT = 640, 360
BARS = np.asarray(list(itertools.product([0.0, 0.75, 1.0], repeat=3)) + [[0.18, 0.5, 0.82]] * 5)
ROWS, COLUMNS = 4, 8
MATRICES = {1: "ITU-R BT.709", 5: "ITU-R BT.601", 6: "ITU-R BT.601", 7: "SMPTE-240M", 9: "ITU-R BT.2020"}
CODE_VALUE = 1 / 255
TOLERANCE = 1.0 * CODE_VALUE
"""The bar for footage; swscale's own conversion misses it by up to 1.6."""


def weights(matrix: int) -> npt.NDArray[np.float64]:
    if matrix == 7:
        return np.asarray([0.212, 0.087])  # colour-science rounds SMPTE 240M differently
    return np.asarray(colour.WEIGHTS_YCBCR[MATRICES[matrix]])


def coded(matrix: int, full: bool, bits: int) -> npt.NDArray[np.int64]:
    """The bars as Y'CbCr code values ``[32, 3]``."""
    depth: dict[str, Any] = {
        "in_bits": bits,
        "in_legal": False,
        "out_bits": bits,
        "out_legal": not full,
        "out_int": True,
    }
    values = colour.RGB_to_YCbCr(BARS, K=weights(matrix), **depth)
    return np.asarray(values).clip(0, 2**bits - 1).astype(np.int64)


def write_bars(
    path: Path,
    matrix: int,
    full: bool,
    bits: int,
    *,
    codec: str = "libx264",
    chroma: str = "420",
    lines: int = HEIGHT,
) -> Path:
    depth = "" if bits == 8 else f"{bits}le"
    width = lines * WIDTH // HEIGHT
    with av.open(str(path), "w") as container:
        options = {"qp": "0", "x265-params": "lossless=1:log-level=0"}
        stream: Any = container.add_stream(codec, rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = width, lines, f"yuv{chroma}p{depth}"
        context = stream.codec_context
        context.colorspace, context.color_range = matrix, 2 if full else 1
        context.color_primaries = context.color_trc = 1 if matrix != 2 else 2
        frame = av.VideoFrame(width, lines, stream.pix_fmt)
        frame.colorspace, frame.color_range = matrix, 2 if full else 1
        for plane, values in zip(
            frame.planes, coded(matrix if matrix != 2 else 1, full, bits).T, strict=True
        ):
            fill(plane, values, bits)
        for index in range(3):
            frame.pts = index
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def fill(plane: Any, values: npt.NDArray[np.int64], bits: int) -> None:
    kind = np.dtype(np.uint8 if bits == 8 else np.uint16)
    rows = np.arange(plane.height) * ROWS // plane.height
    columns = np.arange(plane.width) * COLUMNS // plane.width
    buffer = np.zeros((plane.height, plane.line_size // kind.itemsize), kind)
    buffer[:, : plane.width] = values.reshape(ROWS, COLUMNS)[rows[:, None], columns[None]]
    plane.update(buffer.tobytes())


def centres(picture: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """``picture [H, W]`` at the centre of each patch: ``[32]``."""
    height, width = picture.shape
    rows = ((np.arange(ROWS) + 0.5) * height / ROWS).astype(int)
    columns = ((np.arange(COLUMNS) + 0.5) * width / COLUMNS).astype(int)
    chosen: npt.NDArray[Any] = picture[rows[:, None], columns[None]]
    return chosen.reshape(-1)


def decoded_ycbcr(path: Path) -> tuple[npt.NDArray[np.float64], int]:
    """What the decoder gives at the patch centres ``[32, 3]``, and its bits."""
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0))
    bits = frame.format.components[0].bits
    kind = np.dtype(np.uint8 if bits == 8 else np.uint16)
    planes = [
        np.frombuffer(bytes(plane), kind).reshape(plane.height, -1)[:, : plane.width].astype(np.float64)
        for plane in frame.planes
    ]
    return np.stack([centres(plane) for plane in planes], axis=-1), bits


def exact_rgb(path: Path, matrix: int, full: bool) -> npt.NDArray[np.float64]:
    values, bits = decoded_ycbcr(path)
    depth: dict[str, Any] = {
        "in_bits": bits,
        "in_int": True,
        "in_legal": not full,
        "out_bits": bits,
        "out_legal": False,
    }
    rgb = colour.YCbCr_to_RGB(values, K=weights(matrix), **depth)
    return np.asarray(rgb).clip(0, 1)


def read_rgb(path: Path, height: int = 256) -> npt.NDArray[np.float64]:
    pixels = read_frames(path, height=height).pixels[0].numpy()
    return np.stack([centres(channel) for channel in pixels], axis=-1)


@pytest.mark.parametrize("bits", [8, 10])
@pytest.mark.parametrize("full", [False, True], ids=["limited", "full"])
@pytest.mark.parametrize("matrix", MATRICES, ids=MATRICES.values())
def test_colour_bars_decode_within_one_code_value(tmp_path: Path, matrix: int, full: bool, bits: int) -> None:
    path = write_bars(tmp_path / "bars.mp4", matrix, full, bits)
    assert np.abs(read_rgb(path) - exact_rgb(path, matrix, full)).max() < TOLERANCE
    assert read_frames(path).warnings == ()


@pytest.mark.parametrize("height", [90, 180, 360])
@pytest.mark.parametrize("chroma", ["420", "422", "444"])
def test_every_chroma_layout_and_size_decodes_the_same(tmp_path: Path, chroma: str, height: int) -> None:
    path = write_bars(tmp_path / "bars.mp4", 1, False, 8, chroma=chroma)
    assert np.abs(read_rgb(path, height) - exact_rgb(path, 1, False)).max() < TOLERANCE


@pytest.mark.parametrize("bits", [8, 10])
def test_hevc_decodes_like_h264(tmp_path: Path, bits: int) -> None:
    path = write_bars(tmp_path / "bars.mov", 9, False, bits, codec="libx265")
    assert np.abs(read_rgb(path) - exact_rgb(path, 9, False)).max() < TOLERANCE


@pytest.mark.parametrize(("lines", "matrix", "name"), [(360, 6, "BT.601"), (720, 1, "BT.709")])
def test_untagged_video_is_taken_by_its_lines_with_a_warning(
    tmp_path: Path, lines: int, matrix: int, name: str
) -> None:
    path = write_bars(tmp_path / "bars.mp4", 2, False, 8, lines=lines)
    assert np.abs(read_rgb(path) - exact_rgb(path, matrix, False)).max() < TOLERANCE
    assert any(name in warning for warning in read_frames(path).warnings)
