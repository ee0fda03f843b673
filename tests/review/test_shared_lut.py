"""A LUT that clips share: the page says whose it is, as long as it is the shared one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import skimage.data

from lutnet.grade import CDL, Grade
from lutnet.result import SharedLut
from tests.review.packages import Clip, bent_lut, encode, moving, write
from tests.review.paging import opened, until
from tests.review.serving import served


def test_the_page_says_whose_lut_it_is(browser: Any, tmp_path: Path) -> None:
    coffee = np.ascontiguousarray(skimage.data.coffee()[:, :, :3])
    media = encode(tmp_path / "coffee.mp4", moving(coffee, 320, 180), crf="20", preset="veryfast")
    lut = bent_lut()
    shared = SharedLut(2, lut.digest, 0.42, 1.0)
    clips = [
        Clip("one", media, (0, 10), Grade(CDL(), lut), scene=2, shared=shared),
        Clip("two", media, (10, 20), Grade(CDL(), bent_lut(17, 0.3)), scene=2, shared=shared),
    ]
    with served(write(tmp_path, clips)) as server, opened(browser, server) as page:
        assert page.text_content("#lut-facts") == "17 points, shared by scene 2 (costs ΔE 0.4)"
        page.keyboard.press("ArrowDown")
        until(page, "document.getElementById('lut-facts').textContent === '17 points'")
