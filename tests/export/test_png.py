"""PNG files of pages are what other programs read."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from lutnet.export.png import png_bytes


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 7, 3), (5, 1, 3), (97, 131, 3)])
def test_two_readers_find_the_pixels(shape: tuple[int, int, int]) -> None:
    pixels = np.random.default_rng(3).integers(0, 256, shape, np.uint8)
    pixels[shape[0] // 2 :] = 38  # what is even, too
    content = png_bytes(pixels)
    with Image.open(io.BytesIO(content)) as image:
        assert image.mode == "RGB" and image.format == "PNG"
        image.load()  # checks sums
        assert np.array_equal(np.asarray(image), pixels)
    decoded = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    assert decoded is not None and np.array_equal(decoded[..., ::-1], pixels)
