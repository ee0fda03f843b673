"""A decoded video frame to a small picture: resized as coded, then converted exactly."""

from __future__ import annotations

from typing import Any

import numpy as np
from av.video.reformatter import ColorRange, Interpolation, VideoReformatter

from lutnet.frames.matrix import Coding, matrix_of, to_rgb
from lutnet.frames.record import Picture, Pixels

HDR_WARNINGS = {
    transfer: (
        f"the video is {name} (high dynamic range) and is analysed as if it were not; "
        f"to have it seen right: --clip-space 'NAME=Rec.2100-{name} - Display'"
    )
    for transfer, name in ((16, "PQ"), (18, "HLG"))
}
"""By H.273 TransferCharacteristics: what to tell where nobody says that the clip is that."""
MIN_PIXEL_ASPECT = 0.2
MAX_ASPECT = 4
"""Strips longer than this are reduced further, so that no shape costs much more than another."""
_AREA = (
    Interpolation.AREA
    | Interpolation.ACCURATE_RND
    | Interpolation.FULL_CHR_H_INT
    | Interpolation.FULL_CHR_H_INP
)


def analysis_size(width: int, height: int, short_side: int) -> tuple[int, int]:
    """Width and height, the shorter reduced to ``short_side``, the longer to MAX_ASPECT times that; never more."""
    scale = min(1.0, short_side / min(width, height), MAX_ASPECT * short_side / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def shape_of_pixels(width: int, height: int, aspect: float) -> tuple[int, int]:
    """Width and height in square pixels; ``aspect`` of one is its width by its height."""
    if not MIN_PIXEL_ASPECT <= aspect <= 1 / MIN_PIXEL_ASPECT:  # 0 is "unknown", others are damage
        return width, height
    return max(1, round(width * aspect)), height


def reduced(frame: Any, index: int, size: tuple[int, int], reformatter: VideoReformatter) -> Picture:
    """``frame`` (an ``av.VideoFrame``) area-averaged to ``size`` (before rotation), upright, as R'G'B'."""
    warnings: list[str] = []
    if frame.format.is_rgb or frame.format.has_palette:
        pixels = _from_rgb(frame, size, reformatter)
    else:
        pixels = _from_ycbcr(frame, size, reformatter, warnings)
    if frame.color_trc in HDR_WARNINGS:
        warnings.append(HDR_WARNINGS[frame.color_trc])
    if len(frame.format.components) in (2, 4) and _has_alpha(frame.format):
        warnings.append("the alpha channel is ignored")
    return Picture(index, np.ascontiguousarray(_upright(pixels, frame.rotation)), tuple(warnings))


def _from_rgb(frame: Any, size: tuple[int, int], reformatter: VideoReformatter) -> Pixels:
    small = reformatter.reformat(frame, *size, "rgb48le", interpolation=_AREA, threads=1)
    return np.asarray(small.to_ndarray(), np.float32) / np.float32(65535)


def _from_ycbcr(
    frame: Any, size: tuple[int, int], reformatter: VideoReformatter, warnings: list[str]
) -> Pixels:
    matrix, warning = matrix_of(int(frame.colorspace), frame.height)
    if warning:
        warnings.append(warning)
    always_full = frame.format.name.startswith("yuvj")
    # Equal ranges on both sides: swscale must not touch levels. It takes yuvj as full whatever it is told.
    kept = ColorRange.JPEG if always_full else ColorRange.MPEG
    small = reformatter.reformat(
        frame,
        *size,
        "yuv444p16le",
        interpolation=_AREA,
        src_color_range=kept,
        dst_color_range=kept,
        threads=1,
    )
    full = always_full or frame.color_range == ColorRange.JPEG
    return to_rgb(_planes(small), Coding(matrix, full, frame.format.components[0].bits))


def _planes(frame: Any) -> Any:
    """``[3, H, W]`` uint16, whatever axis order PyAV's release gives."""
    array = frame.to_ndarray()
    return array if array.shape[0] == 3 else array.transpose(2, 0, 1)


def _upright(pixels: Pixels, rotation: int) -> Pixels:
    """Undo the display matrix: ``rotation`` is in degrees counter-clockwise, of which only quarters count."""
    return np.rot90(pixels, round(rotation / 90) % 4)


def _has_alpha(pixel_format: Any) -> bool:
    return any(component.is_alpha for component in pixel_format.components)
