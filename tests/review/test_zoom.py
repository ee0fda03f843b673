"""Looking closely: what is shown is the part of the picture that is asked for, and it stays under the pointer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tests.review.packages import bent_lut
from tests.review.paging import opened, settle, until
from tests.review.serving import Served
from tests.review.test_pixels import READ, SHOW, picture, png, sent

PLAIN = {"slope": [1, 1, 1], "offset": [0, 0, 0], "power": [1, 1, 1], "saturation": 1}
ZOOM = "lutnet.renderer.view.zoom"


@pytest.fixture
def page(browser: Any, server: Served) -> Iterator[Any]:
    with opened(browser, server) as ready:
        until(ready, "lutnet.renderer.uploads > 0 && lutnet.stage.placed")
        settle(ready)
        yield ready


def checks(rows: int = 6, columns: int = 8, side: int = 40) -> np.ndarray[Any, Any]:
    """Flat patches, each of a colour of its own."""
    colours = np.random.default_rng(3).integers(20, 235, (rows, columns, 3), dtype=np.uint8)
    return np.ascontiguousarray(colours.repeat(side, 0).repeat(side, 1))


@pytest.mark.parametrize("layout", ["before", "wipe", "side"])
def test_four_times_nearer_shows_a_sixteenth(page: Any, layout: str) -> None:
    pixels = checks()
    look = f"{{ zoom: {{ scale: 4, x: 0.375, y: 0.25 }}, layout: {layout!r} }}"
    # In one go, so that no frame of the film comes between.
    then = f"Object.assign(lutnet.renderer.view, {look}); return ({READ})();"
    script = f"async (sent) => {{ await ({SHOW})(sent); {then} }}"
    shown = picture(*page.evaluate(script, [png(pixels), PLAIN, sent(bent_lut(2, 0.0))]))
    # A quarter of each side around the point: columns 2 to 4 of 8, rows 0.75 to 2.25 of 6.
    wanted = pixels[30:90, 80:160].astype(np.float32) / 255
    panes = np.split(shown, 2, 1) if layout == "side" else [shown]
    for pane in panes:
        high, wide = pane.shape[:2]
        for row, column in ((10, 10), (10, 60), (30, 20), (55, 70)):  # inside patches, away from their edges
            at = pane[int((row + 0.5) * high / 60), int((column + 0.5) * wide / 80)]
            assert np.abs(at - wanted[row, column]).max() <= 1.5 / 255, (row, column)


def test_the_wheel_keeps_what_is_under_the_pointer_and_drags_move_it(page: Any) -> None:
    box = page.locator("#picture").bounding_box()
    where = (0.25, 0.75)
    page.mouse.move(box["x"] + where[0] * box["width"], box["y"] + where[1] * box["height"])
    page.mouse.wheel(0, -800)
    until(page, f"{ZOOM}.scale > 2")
    zoom = page.evaluate(f"() => {ZOOM}")
    seen = [zoom[axis] + (at - 0.5) / zoom["scale"] for axis, at in zip("xy", where, strict=True)]
    assert np.allclose(seen, where, atol=0.01)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.35 * box["width"], box["y"] + 0.75 * box["height"], steps=4)
    page.mouse.up()
    moved = page.evaluate(f"() => {ZOOM}")
    assert moved["x"] == pytest.approx(zoom["x"] - 0.1 / zoom["scale"], abs=0.01)
    assert moved["y"] == pytest.approx(zoom["y"], abs=0.001)
    page.mouse.wheel(0, 20_000)
    until(page, f"{ZOOM}.scale === 1 && {ZOOM}.x === 0.5")


def test_the_edge_of_the_picture_never_leaves_the_stage(page: Any) -> None:
    box = page.locator("#picture").bounding_box()
    page.keyboard.press("z")
    until(page, f"{ZOOM}.scale >= 2")
    assert page.text_content("#zoom").endswith("%")
    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 5 * box["width"], box["y"] + 5 * box["height"], steps=3)
    page.mouse.up()
    zoom = page.evaluate(f"() => {ZOOM}")
    assert zoom["x"] == pytest.approx(0.5 / zoom["scale"]) and zoom["y"] == pytest.approx(0.5 / zoom["scale"])
    page.keyboard.press("z")
    until(page, f"{ZOOM}.scale === 1")
    assert page.text_content("#zoom") == "Fit"
