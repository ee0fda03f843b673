"""Several shots at once: selected by click and key, and decided about in one step that one undo takes back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lutnet.result import Status
from lutnet.store import Store
from tests.review.packages import statuses
from tests.review.paging import until

SELECTED = "[...lutnet.timeline.selected].length"
QUIET = "!lutnet.decisions.saving && !lutnet.decisions.sending"


def test_all_shown_shots_are_approved_and_taken_back_in_one_step(page: Any, package: Path) -> None:
    page.keyboard.press("Control+a")
    until(page, f"{SELECTED} === 3")
    assert "3 shots are selected" in page.text_content("#selection")
    assert page.locator(".cell[aria-selected=true]").count() == 3
    page.keyboard.press("a")
    until(page, f"{QUIET} && document.querySelectorAll('.cell .approved').length === 3")
    assert statuses(package) == [Status.APPROVED] * 3
    page.keyboard.press("Control+z")
    until(page, f"{QUIET} && document.querySelectorAll('.cell .proposed').length === 3")
    assert statuses(package) == [Status.PROPOSED] * 3


def test_one_grade_is_pasted_onto_the_shots_between_two_clicks(page: Any, package: Path) -> None:
    page.keyboard.press("c")
    cells = page.locator(".cell")
    cells.nth(1).click()
    until(page, "lutnet.page.details.id === lutnet.timeline.visible[1].id")
    cells.nth(2).click(modifiers=["Shift"])
    until(page, f"{SELECTED} === 2")
    page.keyboard.press("v")
    until(page, f"{QUIET} && document.querySelectorAll('.cell .changed').length === 2")
    with Store(package) as store:
        first, second, third = (result.grade for result in store.results())
    assert first is not None and second is not None and third is not None
    assert first.cdl == second.cdl == third.cdl


def test_a_selection_is_mended_and_left(page: Any, package: Path) -> None:
    page.keyboard.press("Shift+ArrowDown")
    until(page, f"{SELECTED} === 2 && lutnet.page.id === lutnet.timeline.visible[1].id")
    page.locator(".cell").nth(0).click(modifiers=["Control"])
    until(page, f"{SELECTED} === 1")
    page.locator(".cell").nth(2).click(modifiers=["Control"])
    until(page, f"{SELECTED} === 2")
    page.keyboard.press("r")
    until(page, f"{QUIET} && document.querySelectorAll('.cell .rejected').length === 2")
    assert statuses(package) == [Status.PROPOSED, Status.REJECTED, Status.REJECTED]
    page.keyboard.press("Control+a")
    page.keyboard.press("Escape")
    until(page, f"{SELECTED} === 1")
    assert page.text_content("#selection") == ""


def test_a_shot_changed_by_hand_stays_so_when_all_are_approved(page: Any, package: Path) -> None:
    page.fill("#slider-exposure", "0.3")
    until(page, f"{QUIET} && document.querySelectorAll('.cell .changed').length === 1")
    page.evaluate("() => document.activeElement.blur()")
    page.keyboard.press("Control+a")
    page.keyboard.press("a")
    until(page, f"{QUIET} && document.querySelectorAll('.cell .approved').length === 2")
    assert statuses(package) == [Status.CHANGED, Status.APPROVED, Status.APPROVED]
