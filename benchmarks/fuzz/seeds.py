"""What the fuzzer starts from: a small sound file of every format that there is a writer for, and words to put in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import PyOpenColorIO as ocio

from lutnet.export.carriers.clf import lut_clf
from lutnet.export.carriers.ocio_bake import baked_by_ocio, lut_transform
from lutnet.export.cdl_xml import Correction, cc_text, collection_text, decision_list_text
from lutnet.export.cube import cube_bytes
from lutnet.grade import CDL, LUT3D
from tests.export.examples import some_cdl

LONGEST_SEED = 4096
TOKENS = (
    b"LUT_1D_SIZE", b"LUT_3D_SIZE", b"LUT_1D_INPUT_RANGE", b"LUT_3D_INPUT_RANGE", b"DOMAIN_MIN", b"DOMAIN_MAX",
    b"LUT_IN_VIDEO_RANGE", b"TITLE", b"nan", b"inf", b"1e999", b"0,5", b"\xef\xbb\xbf", b"1_0", b"0x1p3",
    b"99999999999999999999", b"<SOPNode>", b"</SOPNode>", b"<Slope>", b"<SatNode>", b"&amp;", b"<!DOCTYPE a>",
    b"<!ENTITY b 'c'>", b"<![CDATA[", b"xmlns='u'", b"CSPLUTV100", b"SPILUT 1.0", b"3DMESH", b"Mesh 4 12",
    b"ProcessList", b"<Reference path='a'/>", b"inBitDepth='16f'", b"<Range", b"<Matrix", b"<LUT1D", b"IHDR",
    b"IDAT", b"IEND", "\u0661".encode(),
)  # fmt: skip

_LUT = LUT3D(np.linspace(0, 1, 24, dtype=np.float32).reshape(2, 2, 2, 3))
_CUBE = cube_bytes(_LUT, title="seed", comments=("seed",))
_SHAPED = (
    b"LUT_1D_SIZE 2\nLUT_1D_INPUT_RANGE 0 1\nLUT_3D_SIZE 2\n0 0 0\n1 1 1\n" + _CUBE.split(b"SIZE 2\n")[1]
)
_CORRECTIONS = [Correction("a", CDL()), Correction("b", some_cdl(1), "b", "/media/b.mov")]


def _ctf() -> bytes:
    steps = ocio.GroupTransform()
    steps.appendTransform(ocio.CDLTransform(slope=[1.1, 1, 0.9], sat=0.8))
    steps.appendTransform(ocio.ExponentTransform([2.4, 2.4, 2.4, 1]))
    steps.appendTransform(ocio.MatrixTransform(offset=[0.1, 0, 0, 0]))
    steps.appendTransform(ocio.RangeTransform(0, 1, 0.1, 0.9))
    steps.appendTransform(ocio.Lut1DTransform(4, False))
    steps.appendTransform(lut_transform(_LUT))
    text: str = steps.write(formatName="Color Transform Format", config=ocio.Config.CreateRaw())
    return text.encode()


SEEDS = {
    ".cube": (_CUBE, _SHAPED),
    ".cc": (cc_text(CDL(), id="seed").encode(),),
    ".ccc": (collection_text(_CORRECTIONS, description="seed").encode(),),
    ".cdl": (decision_list_text(_CORRECTIONS, description="seed").encode(),),
    ".clf": (lut_clf(_LUT, "seed", ("seed",)),),
    ".ctf": (_ctf(),),
    ".3dl": (baked_by_ocio(_LUT, "flame"), baked_by_ocio(_LUT, "lustre")),
    ".csp": (baked_by_ocio(_LUT, "cinespace"),),
    ".spi3d": (baked_by_ocio(_LUT, "spi3d"),),
    ".spi1d": (b"Version 1\nFrom 0 1\nLength 3\nComponents 1\n{\n0\n0.4\n1\n}\n",),
    ".itx": (baked_by_ocio(_LUT, "iridas_itx"),),
    ".png": (
        bytes(cv2.imencode(".png", np.zeros((8, 8, 3), np.uint16))[1]),
        bytes(cv2.imencode(".png", np.full((27, 27, 3), 90, np.uint8))[1]),
    ),
}


def seeds(suffixes: Sequence[str], folder: Path | None) -> list[bytes]:
    """Inputs to start from, each after the byte that chooses its format where there are several."""
    files = [(suffix, data) for suffix, contents in SEEDS.items() for data in contents]
    if folder is not None:
        files += [
            (path.suffix.lower(), path.read_bytes())
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.stat().st_size < LONGEST_SEED
        ]
    chooser = len(suffixes) > 1
    return [bytes([suffixes.index(suffix)]) * chooser + data for suffix, data in files if suffix in suffixes]
