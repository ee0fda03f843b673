"""The cuts on the page: in the order of the terminal's table, those that the grades made worse flagged, as decided."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skimage.data
import torch
from rich.console import Console

from lutnet.cli.cuts import cuts_table
from lutnet.cli.main import main
from lutnet.continuity.compared import compared_of
from lutnet.grade import CDL, Grade
from lutnet.ops.difference import delta_e_rgb
from lutnet.result import Cut, Jump
from lutnet.shot import Frames
from lutnet.store import Store
from tests.review.packages import Clip, encode, moving, write
from tests.review.paging import READY, opened, until
from tests.review.serving import served

STILL = Grade()
WARM = Grade(CDL((1.15, 1.0, 0.85)))
COFFEE = np.ascontiguousarray(skimage.data.coffee()[:270, :480, :3])
SEEN = torch.from_numpy(COFFEE.astype(np.float32)[::2, ::2] / 255)
KEPT = compared_of(Frames(SEEN.movedim(-1, 0)[None])).to_bytes()
WORST_FIRST = ["two", "four", "five", "three", "one"]
ORDER = "lutnet.timeline.visible.map((shot) => shot.name)"


def jump(black: float, delta_e: float | None = None) -> Jump:
    return Jump(black, 0.0, delta_e)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """Five clips of one place, of which the fourth was made warm: no cut is worse than that before it."""
    media = encode(tmp_path / "coffee.mp4", moving(COFFEE, 480, 270), preset="veryfast")

    def clip(name: str, start: int, grade: Grade = STILL, cut: Cut | None = None) -> Clip:
        return Clip(name, media, (start, start + 4), grade, scene=1, cut=cut, compared=KEPT)

    clips = [
        clip("one", 0),
        clip("two", 4, cut=Cut("", jump(0.0, 5.0), jump(0.0, 4.6))),
        clip("three", 8, cut=Cut("", jump(0.3), jump(0.1))),
        clip("four", 12, WARM, Cut("", jump(0.0, 0.2), jump(0.0, 3.0))),
        clip("five", 16, cut=Cut("", jump(0.01), jump(0.2))),
    ]
    return write(tmp_path, clips)


def told(package: Path) -> list[list[str]]:
    """The rows of the terminal's table: to which clip, and what is said of it last."""
    out = io.StringIO()
    with Store(package) as store:
        Console(file=out, width=200).print(cuts_table(store.results()))
    lines = [line.split() for line in out.getvalue().splitlines()[2:]]
    return [[words[1], words[-1]] for words in lines if words]


def test_the_worst_cuts_come_first_as_in_the_terminal(browser: Any, package: Path) -> None:
    rows = told(package)
    with served(package) as server, opened(browser, server) as page:
        page.select_option("#order", "cuts")
        until(page, f"{ORDER}.join() === {json.dumps(','.join(WORST_FIRST))}")
        assert [name for name, _ in rows] == WORST_FIRST[:-1]
        page.select_option("#filter", "worse")
        until(page, "lutnet.timeline.visible.length === 2")
        assert (
            page.evaluate(f"() => {ORDER}")
            == [name for name, last in rows if last == "worse"]
            == ["four", "five"]
        )


def test_a_cut_that_was_made_worse_is_flagged_until_it_is_mended(browser: Any, package: Path) -> None:
    flags = "[...document.querySelectorAll('.cell')].filter((cell) => !cell.querySelector('.flag').hidden)"
    names = f"{flags}.map((cell) => cell.querySelector('.name').textContent).join()"
    with served(package) as server, opened(browser, server) as page:
        until(page, f"{names} === 'four,five'")
        page.evaluate("() => lutnet.timeline.go(3)")
        captions = "[...document.querySelectorAll('#cuts figcaption')].map((it) => it.textContent).join()"
        until(page, f"{captions} === 'from three,to five'")
        label = page.locator(".cell[aria-current=true]").get_attribute("aria-label")
        assert label == "four, open, confidence 90 %, cut made worse"
        assert "ΔE 0.2, graded 3.0" in page.inner_text("#cuts")
        assert "worse with the grades" in page.inner_text("#cuts")
        page.keyboard.press("r")  # nothing is graded at either cut beside it then
        until(page, f"{names} === ''")


def test_figures_of_cuts_follow_what_is_decided(package: Path) -> None:
    with served(package) as server:
        shots = server.shots()
        one, two = shots[0]["id"], shots[1]["id"]
        proposed = server.ask("/api/cuts").json()["cuts"][two]
        server.post("/api/decisions", [{"id": two, "status": "changed", "copy": shots[3]["id"]}])
        decided = server.ask("/api/cuts").json()["cuts"]
    assert proposed["delta_e"] == [5.0, 4.6] and one not in decided
    expected = float(delta_e_rgb(SEEN, WARM.apply_colours(SEEN)).mean())
    assert decided[two]["delta_e"][0] < 0.5
    assert decided[two]["delta_e"][1] == pytest.approx(expected, rel=0.2)
    assert decided[two]["worsened"]


def test_a_page_to_send_has_the_figures_of_the_cuts(browser: Any, package: Path, tmp_path: Path) -> None:
    assert main(["review", str(package), "--static", str(tmp_path / "out")]) == 0
    page = browser.new_page()
    page.goto((tmp_path / "out" / "review.html").as_uri())
    page.wait_for_selector(READY, state="attached", timeout=60_000)
    page.select_option("#order", "cuts")
    until(page, f"{ORDER}.join() === {json.dumps(','.join(WORST_FIRST))}")
    page.close()
