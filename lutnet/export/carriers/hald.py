"""Hald CLUT: the LUT as a picture, 64 points in 512 x 512 pixels of 16 bits, red fastest."""

from __future__ import annotations

from pathlib import Path

import av
import cv2
import numpy as np

from lutnet.errors import OutputError
from lutnet.export.carriers.lut import LutFormat, Table
from lutnet.grade import LUT3D

LEVEL = 8
POINTS = LEVEL**2
_SIDE = LEVEL**3
_WHITE = 65535


def _encode(lut: LUT3D, title: str, comments: tuple[str, ...]) -> bytes:
    codes = np.rint(np.clip(lut.table, 0.0, 1.0).astype(np.float64) * _WHITE).astype(np.uint16)
    picture = codes.transpose(2, 1, 0, 3).reshape(_SIDE, _SIDE, 3)
    written, data = cv2.imencode(".png", picture[..., ::-1])
    if not written:
        raise OutputError("OpenCV cannot encode a PNG of 16 bits")
    return bytes(data)


def _reread_by_ffmpeg(path: Path) -> Table:
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0))
        picture = frame.to_ndarray(format="rgb48le")
    return picture.reshape(POINTS, POINTS, POINTS, 3).transpose(2, 1, 0, 3) / _WHITE


FORMAT = LutFormat(".png", POINTS, _encode, _reread_by_ffmpeg, 1 / _WHITE)
CARRIER = FORMAT.carrier("hald", "16 bits")
