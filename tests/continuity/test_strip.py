"""The worst cuts as a picture: graded as people decided, worst first; and grades of log spaces as people see them."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from skimage import data

from lutnet.cli.cuts import cuts_table
from lutnet.colourspace import ColourSettings, colour_management
from lutnet.continuity.as_seen import AsSeen
from lutnet.export.cut_strip import CELL, ShownCut, cut_strip
from lutnet.grade import CDL, Grade
from lutnet.ops.difference import delta_e_rgb
from lutnet.result import Cut, Jump, Status
from lutnet.review.refresh import refresh_package
from lutnet.store import Decision, Store
from tests.continuity.test_results import run
from tests.export.examples import some_result

RIGHT_OF_IT = slice(-40 - CELL[0], -40)
"""Columns of the right side of the cuts."""


def flat(value: int) -> np.ndarray:
    return np.full((90, 160, 3), value, np.uint8)


def test_both_sides_of_a_cut_touch_before_above_after() -> None:
    jump = Jump(0.1, -0.1, 3.0, 0.01, None)
    cut = Cut("a", jump, jump)
    png = cut_strip("film", [ShownCut("a", "b", cut, (flat(40), flat(80)), (flat(120), flat(160)))], 1)
    path = np.asarray(Image.open(io.BytesIO(png)))
    seam = path.shape[1] - 40 - CELL[0]
    top, below = 84 + 20, 84 + CELL[1] + 30
    assert path[top, [seam - 1, seam]].tolist() == [[40] * 3, [80] * 3]
    assert path[below, [seam - 1, seam]].tolist() == [[120] * 3, [160] * 3]


def test_a_cut_that_was_made_worse_says_so() -> None:
    def sheet(after: float) -> bytes:
        cut = Cut("a", Jump(0.0, 0.0, 3.0), Jump(0.0, 0.0, after))
        return cut_strip("film", [ShownCut("a", "b", cut, (flat(40), flat(80)), (flat(40), flat(80)))], 1)

    assert sheet(3.46) == sheet(3.49), "the same figures, and neither is worse by half a DE"
    assert sheet(3.49) != sheet(3.51)


def test_the_package_shows_its_worst_cuts_as_they_were_decided(footage: Path) -> None:
    graded = run(footage)
    path = graded.folder / "cuts.png"
    assert json.loads((graded.folder / "grades.json").read_text())["files"]["cuts"] == "cuts.png"
    measured = [clip for clip in graded.clips if clip.cut is not None]
    worst = max(measured, key=lambda clip: clip.cut.badness if clip.cut else 0.0)
    before, after = halves(path)
    assert np.abs(before - after).mean() > 2.0
    with Store(graded.folder) as store:
        store.decide(Decision(worst.shot.id, Status.REJECTED))
    assert refresh_package(graded.folder) == 1
    before, after = halves(path)
    assert np.abs(before - after).max() == 0.0  # of a rejected clip, nothing is graded


def test_the_figures_of_a_cut_are_those_of_what_was_decided(footage: Path) -> None:
    graded = run(footage)
    place = next(number for number, clip in enumerate(graded.clips) if clip.cut is not None)
    clip = graded.clips[place]
    assert clip.cut is not None
    rejected = {clip.shot.id, clip.cut.previous}
    with Store(graded.folder) as store:
        for shot_id in rejected:
            store.decide(Decision(shot_id, Status.REJECTED))

    def written() -> tuple[Jump, Jump]:
        clips = json.loads((graded.folder / "grades.json").read_text())["clips"]
        cut = clips[place]["cut"]
        return Jump(**cut["before"]), Jump(**cut["after"])

    before, after = written()
    assert before != after
    assert refresh_package(graded.folder) == len(rejected)
    refreshed = written()
    assert refreshed == (before, before)  # nothing is graded on either side
    again = run(footage).clips[place].cut
    assert again is not None and again.after == again.before
    assert written() == refreshed


def halves(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """The right side of the first cut, before and after grading."""
    with Image.open(path) as image:
        sheet = np.asarray(image.convert("RGB"), np.float32)
    tops = (84, 84 + CELL[1] + 6)
    before, after = (sheet[top : top + CELL[1], RIGHT_OF_IT] for top in tops)
    return before, after


@pytest.mark.parametrize("space", ["ACEScct", "ARRI LogC3 (EI800)"])
def test_a_grade_of_log_footage_is_shown_as_it_is_seen(space: str) -> None:
    view = colour_management(ColourSettings(space=space)).view
    seen = torch.from_numpy(data.coffee()[::9, ::9].copy()).float().view(-1, 3) / 255.0
    recorded = view.lattice.unplace(seen * 0.5 + 0.2)
    grade = Grade(CDL((1.1, 1.0, 0.95), (0.01, 0.0, -0.01), (1.05, 1.0, 0.95), 1.1))
    shown, wanted = view.show(recorded), view.show(grade.apply_colours(recorded))
    off = delta_e_rgb(AsSeen(view)(grade).apply_colours(shown), wanted)
    assert float(off.mean()) < 1.0 < 0.5 * float(delta_e_rgb(shown, wanted).mean())


def test_what_grades_put_farther_apart_is_marked() -> None:
    near, far = Jump(0.0, 0.0, 2.0, 0.0, 3.0), Jump(0.0, 0.0, 6.0, 0.0, 3.5)
    worse, better = Cut("a", near, far), Cut("a", far, near)
    assert worse.worsened and not better.worsened
    assert (
        Cut("a", Jump(0.0, 0.0), Jump(0.2, 0.0)).worsened
        and not Cut("a", Jump(0.1, 0.0), Jump(0.15, 0.0)).worsened
    )
    clips = [replace(some_result(1), cut=worse), replace(some_result(2), cut=better)]
    for shown, marks in ((clips, ["worse", ""]), (clips[1:], None)):
        columns = {str(column.header): list(column.cells) for column in cuts_table(shown).columns}
        assert columns.get("now") == marks
