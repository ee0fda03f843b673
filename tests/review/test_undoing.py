"""A clip that was left as it is, or follows others: what was found of it taken back at a click, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skimage.data
import torch

from lutnet.colourspace import ColourSettings, colour_management
from lutnet.errors import InputError
from lutnet.export.run import RunSettings, UsedLook
from lutnet.grade import CDL, Grade
from lutnet.looks import shipped_looks
from lutnet.ops.difference import delta_e_rgb
from lutnet.result import Status
from lutnet.review.desk import Desk
from lutnet.store import Store
from tests.review.packages import Clip, encode, moving, statuses, write
from tests.review.paging import opened, until
from tests.review.serving import served

UNDOING = Grade(CDL((1.1, 1.05, 0.9), (0.01, 0.0, -0.01), (0.95, 1.0, 1.05), 1.1))
ALONE = RunSettings("0.1.0")
LEFT = "document.getElementById('warned').textContent.includes('was left as it is')"
STEADY = "!lutnet.decisions.saving && !lutnet.decisions.sending"


def film(folder: Path, settings: RunSettings = ALONE) -> Path:
    """The package of a clip that was left as a look, one that stands as it was found, and one that is right."""
    coffee = np.ascontiguousarray(skimage.data.coffee()[:, :, :3])
    media = encode(folder / "coffee.mp4", moving(coffee, 320, 180), crf="16", preset="veryfast")
    clips = [
        Clip("dusk", media, (0, 10), Grade(), scene=1, left=True, undoing=UNDOING),
        Clip("dull", media, (10, 20), UNDOING, scene=2, undoing=UNDOING),
        Clip("right", media, (20, 24), Grade(), level=0.0),
    ]
    return write(folder, clips, settings)


def undone(package: Path) -> Grade:
    """What is recorded of the first clip, once its findings were taken back."""
    desk = Desk(package)
    try:
        first = desk.overview()["shots"][0]
        desk.decide([{"id": first["id"], "stamp": first["stamp"], "status": "changed", "undo": True}])
    finally:
        desk.close()
    with Store(package) as store:
        grade = store.results()[0].grade
    assert grade is not None
    return grade


def test_a_clip_that_was_left_is_corrected_at_a_click(browser: Any, tmp_path: Path) -> None:
    package = film(tmp_path)
    with served(package) as server, opened(browser, server) as page:
        until(page, LEFT)
        page.click("#undo-found")
        until(page, f"{STEADY} && document.getElementById('standing').textContent.includes('changed')")
        until(page, f"!{LEFT}")  # nothing of what was said holds any more
        assert page.evaluate("() => lutnet.renderer.cdl.slope") == list(UNDOING.cdl.slope)
        with Store(package) as store:
            assert store.results()[0].grade == UNDOING
        page.keyboard.press("u")
        until(page, f"{STEADY} && document.getElementById('standing').textContent.includes('open')")
        until(page, LEFT)

        # It is not offered where it would change nothing: of the others, by key, only what has findings is changed.
        for name in ("dull", "right"):
            page.keyboard.press("ArrowDown")
            until(page, f"document.getElementById('name').textContent === '{name}'")
            assert not page.is_visible("#undo-found")
        page.keyboard.press("Control+a")
        page.keyboard.press("f")
        until(page, f"{STEADY} && document.querySelectorAll('.cell .changed').length === 2")
    assert statuses(package) == [Status.CHANGED, Status.CHANGED, Status.PROPOSED]


def test_it_is_done_as_far_as_the_run_undoes_faults(tmp_path: Path) -> None:
    assert undone(film(tmp_path, replace(ALONE, strength=0.5))).cdl == UNDOING.cdl.scaled(0.5)


def test_the_look_of_the_run_stays_behind_it(tmp_path: Path) -> None:
    look = UsedLook.of(shipped_looks()["silver"])
    package = film(tmp_path, replace(ALONE, look=look, balance=0.8, strength=0.5))
    grade = undone(package)
    assert grade.cdl == UNDOING.cdl.scaled(0.8)
    assert grade.lut is not None
    desk = Desk(package)
    try:
        behind = desk.look("silver")
    finally:
        desk.close()
    assert behind is not None
    colours = torch.rand(200, 3, generator=torch.Generator().manual_seed(3))
    torch.testing.assert_close(
        grade.lut.apply(colours), torch.lerp(colours, behind.apply(colours), 0.5), atol=2e-3, rtol=0
    )


def test_in_a_log_space_it_is_seen_as_it_was_found(tmp_path: Path) -> None:
    colour = colour_management(ColourSettings(space="ACEScct"))
    grade = undone(film(tmp_path, replace(ALONE, space=colour.space.name, view=colour.view.name)))
    assert grade.cdl != UNDOING.cdl
    coffee = torch.from_numpy(np.ascontiguousarray(skimage.data.coffee()[:180, :320:4])).float() / 255.0
    recorded = coffee.reshape(-1, 3)  # values of the space, as the clips say nothing else
    shown = colour.view.show(recorded)
    seen, wanted = colour.view.show(grade.apply_colours(recorded)), UNDOING.apply_colours(shown)
    before, after = (float(delta_e_rgb(each, wanted).mean()) for each in (shown, seen))
    assert before > 4.0
    assert after < 0.5 * before  # a CDL of another space is no exact image of it


def test_a_clip_of_which_nothing_is_known_is_refused(tmp_path: Path) -> None:
    package = film(tmp_path)
    desk = Desk(package)
    try:
        entry = desk.state.entries()
        first = next(iter(entry.values()))
        with pytest.raises(InputError, match="nothing is known"):
            desk._undone(replace(first, proposed=replace(first.proposed, diagnosis=None)))
    finally:
        desk.close()
