"""What changes inside a shot: the page goes to the frame, and shows the two grades that are offered for light."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import skimage.data

from lutnet.grade import CDL, Grade
from lutnet.result import LightChange
from tests.review.packages import Clip, encode, moving, write
from tests.review.paging import opened, settle, until
from tests.review.serving import served

FIRST, SECOND = CDL((0.9, 0.9, 0.9)), CDL((1.3, 1.3, 1.3))
SHOWN = "() => lutnet.renderer.cdl.slope[0]"


def test_each_part_is_shown_with_its_own_grade(browser: Any, tmp_path: Path) -> None:
    coffee = np.ascontiguousarray(skimage.data.coffee()[:, :, :3])
    media = encode(tmp_path / "coffee.mp4", moving(coffee, 320, 180), crf="20", preset="veryfast")
    light = LightChange(-0.4, 12, 0.2, -0.2, (FIRST, SECOND))  # frame 12 of the media is the 9th of the shot
    grade = Grade(CDL((1.1, 1.1, 1.1)))
    package = write(
        tmp_path, [Clip("fading", media, (4, 20), grade, light=light), Clip("even", media, grade=grade)]
    )
    with served(package) as server, opened(browser, server) as page:
        settle(page)
        assert page.text_content("#light-facts") == "0.4 stop darker around frame 9 of the clip."
        assert page.evaluate(SHOWN) == 1.1
        page.check("#two-grades")
        assert page.evaluate(SHOWN) == 0.9
        page.click("#go-to-light")
        until(page, "lutnet.player.frame === 8 && lutnet.renderer.cdl.slope[0] === 1.3")
        page.keyboard.press("ArrowLeft")
        until(page, "lutnet.player.frame === 7 && lutnet.renderer.cdl.slope[0] === 0.9")
        page.fill("#slider-exposure", "0.3")  # the offer is of the grade that was proposed
        until(page, "document.getElementById('two-grades').disabled")
        assert page.evaluate(SHOWN) > 1.1
        page.evaluate("() => document.activeElement.blur()")
        page.keyboard.press("x")
        until(page, "!document.getElementById('two-grades').disabled && lutnet.renderer.cdl.slope[0] === 1.1")
        page.keyboard.press("ArrowDown")
        until(page, "document.getElementById('name').textContent === 'even'")
        assert not page.is_visible("#light")


def test_the_page_goes_to_the_cuts_inside_a_shot(browser: Any, tmp_path: Path) -> None:
    coffee = np.ascontiguousarray(skimage.data.coffee()[:, :, :3])
    media = encode(tmp_path / "coffee.mp4", moving(coffee, 320, 180), crf="20", preset="veryfast")
    cut = Clip(
        "two", media, (4, 20), Grade(), cuts_inside=(9, 15)
    )  # of the media: frames 6 and 12 of the shot
    with (
        served(write(tmp_path, [cut, Clip("one", media, grade=Grade())])) as server,
        opened(browser, server) as page,
    ):
        settle(page)
        assert page.text_content("#inside-facts") == "Another shot from frame 6, 12 on."
        for frame in (5, 11, 5):
            page.click("#go-to-cut")
            until(page, f"lutnet.player.frame === {frame}")
        page.keyboard.press("ArrowDown")
        until(page, "document.getElementById('name').textContent === 'one'")
        assert not page.is_visible("#inside")
