"""PNG of pages: every row as its difference to the one above, packed by runs alone.

Half of the time of choosing a filter for each row and looking for what repeats, for a tenth more bytes.
"""

from __future__ import annotations

import struct
import zlib

import numpy as np
import numpy.typing as npt

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_RGB = 2
_UP = 2
_HEADER = struct.Struct(">IIBBBBB")


def png_bytes(pixels: npt.NDArray[np.uint8]) -> bytes:
    """``pixels [H, W, 3]`` as a PNG file of 8 bits, without a word about colour."""
    height, width, _ = pixels.shape
    rows = np.empty((height, 1 + 3 * width), np.uint8)
    flat = pixels.reshape(height, -1)
    rows[:, 0], rows[0, 1:] = _UP, flat[0]
    np.subtract(flat[1:], flat[:-1], out=rows[1:, 1:])
    packer = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL, zlib.Z_RLE)
    packed = packer.compress(rows.data) + packer.flush()
    header = _HEADER.pack(width, height, 8, _RGB, 0, 0, 0)
    return _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
