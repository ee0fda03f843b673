"""A day at the page: a small window, a reload in the middle, the mouse and the keys in turns."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lutnet.grade import CDL, Grade
from lutnet.result import Basis, DeltaE, Status
from tests.review.packages import MARKUP, Clip, bent_lut, statuses, write
from tests.review.paging import READY, opened, settle, until
from tests.review.serving import served

INSIDE = """(it) => {
    const box = it.getBoundingClientRect();
    const seen = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return box.right <= innerWidth && box.bottom <= innerHeight && it.contains(seen);
}"""
DECIDING = ["#approve", "#reject", "#reset", "#copy"]


def named(page: Any, name: str) -> None:
    until(page, f"document.getElementById('name').textContent === {json.dumps(name)}")


@pytest.mark.parametrize("size", [(1024, 700), (1280, 800)])
def test_what_matters_is_in_sight(page: Any, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.evaluate("() => lutnet.timeline.choose(lutnet.page.id)")
    settle(page)
    for wanted in (
        *DECIDING,
        "#undo",
        "#export",
        "#help",
        "#play",
        "#slider-strength",
        "#slider-saturation",
        ".cell .name",
    ):
        assert page.locator(wanted).first.evaluate(INSIDE), wanted
    assert page.locator("#picture").bounding_box()["height"] > size[1] / 2.2
    tops = page.evaluate(
        "() => [...document.querySelectorAll('header > *')].map((it) => it.getBoundingClientRect().height)"
    )
    assert max(tops) < 40, "the header is one line"
    radios = page.evaluate(
        "() => [...document.querySelectorAll('#layouts > *')].map((it) => it.getBoundingClientRect().bottom)"
    )
    assert max(radios) - min(radios) < 20, "and so are the layouts"


def test_what_decides_stays_in_sight_beside_the_lowest_control(page: Any) -> None:
    page.locator("#note").scroll_into_view_if_needed()
    for wanted in (*DECIDING, "#name", "#standing", "#note"):
        assert page.locator(wanted).evaluate(INSIDE), wanted


def test_a_long_name_keeps_its_place(film: Path, tmp_path: Path, browser: Any) -> None:
    name = "A003_C012 Int. Kitchen - Night - Wide on the table, take 3 (handheld, pickup), " * 4
    media = tmp_path / "coffee.mp4"
    media.symlink_to(film / "media" / "coffee.mp4")
    package = write(tmp_path, [Clip(name, media, (0, 6), Grade()), Clip("short", media, (6, 12), Grade())])
    with served(package) as server, opened(browser, server) as page:
        tail = page.locator(".cell .name :last-child").first
        assert name.endswith(tail.text_content()) and tail.evaluate(INSIDE)
        cell, box = (
            page.locator(wanted).first.bounding_box() for wanted in (".cell", ".cell .name :last-child")
        )
        assert box["x"] + box["width"] <= cell["x"] + cell["width"], (
            "what tells shots of one film apart is shown"
        )
        page.keyboard.press("c")
        until(page, "document.getElementById('paste').textContent.startsWith('Paste from')")
        assert page.locator("#heading").bounding_box()["height"] < 170
        assert page.get_attribute("#name", "title") == page.text_content("#name") == name
        assert page.get_attribute("#paste", "title") == f"Paste from {name}"


def test_a_reload_comes_back_to_where_it_was(page: Any) -> None:
    page.select_option("#order", "unsure")
    page.keyboard.press("End")
    page.evaluate("() => lutnet.timeline.onChoose([...lutnet.page.shots.keys()][2])")
    named(page, "coffee two")
    page.reload()
    page.wait_for_selector(READY, state="attached", timeout=60_000)
    named(page, "coffee two")
    assert page.input_value("#order") == "unsure"
    assert page.evaluate("() => lutnet.timeline.visible[0].name") == MARKUP


def test_the_way_to_the_next_shot_never_changes_this_one(page: Any, package: Path) -> None:
    page.locator("#slider-exposure").click()  # in the middle, where it stands
    page.keyboard.press("ArrowRight")
    until(page, "document.getElementById('standing').textContent.includes('changed')")
    value = page.input_value(".slider:has(#slider-exposure) input[type=number]")
    page.keyboard.press("ArrowDown")
    named(page, MARKUP)
    page.keyboard.press("ArrowUp")
    named(page, "coffee one")
    assert page.input_value(".slider:has(#slider-exposure) input[type=number]") == value
    assert statuses(package) == [Status.CHANGED, Status.PROPOSED, Status.PROPOSED]


def test_a_hasty_second_press_passes_over_no_shot(page: Any, package: Path) -> None:
    page.evaluate(
        "() => { for (let n = 0; n < 2; n += 1) document.body.dispatchEvent("
        "new KeyboardEvent('keydown', { key: 'a', bubbles: true })); }"
    )
    named(page, MARKUP)
    page.wait_for_timeout(500)
    named(page, MARKUP)
    assert statuses(package) == [Status.APPROVED, Status.PROPOSED, Status.PROPOSED]


def test_letters_are_keys_again_after_the_mouse(page: Any, package: Path) -> None:
    box = page.locator("#place").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    until(page, "lutnet.player.frame > 3")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    until(page, "lutnet.player.frame === 1")
    page.locator("#order").click()
    page.select_option("#order", "unsure")
    page.keyboard.press("w")  # an entry's first letter, too
    until(page, "lutnet.renderer.view.layout === 'wipe'")
    assert page.input_value("#order") == "unsure"
    page.focus("#order")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")  # who goes through the list with the keys stays in it
    until(page, "document.getElementById('order').value === 'cuts'")


def test_no_shot_is_shown_for_another_while_it_is_loaded(page: Any) -> None:
    settle(page)
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    page.route("**/media/*", hold)
    page.keyboard.press("ArrowDown")
    until(page, "lutnet.renderer.size[0] === 16")
    assert page.text_content("#wait") == "Loading…"
    assert held
    page.unroute("**/media/*")  # and lets go what is held
    until(page, "lutnet.renderer.size[0] > 16 && document.getElementById('wait').textContent === ''")


def test_a_picture_that_is_there_already_stays(page: Any) -> None:
    settle(page)
    page.evaluate("() => lutnet.timeline.onChoose(lutnet.page.id)")
    page.wait_for_timeout(1000)
    assert page.evaluate("() => lutnet.renderer.size[0]") > 16
    assert page.text_content("#wait") == ""


def test_escape_gives_up_what_was_typed(page: Any, package: Path) -> None:
    for wanted in ("#sliders .value input", "#cdl input"):
        field = page.locator(wanted).first
        value = field.input_value()
        field.fill("1.3")
        field.press("Escape")
        assert field.input_value() == value
    settle(page)
    assert statuses(package)[0] is Status.PROPOSED


def test_the_sheet_of_keys_opens_at_its_top_and_fits(page: Any) -> None:
    page.set_viewport_size({"width": 1024, "height": 700})
    page.keyboard.press("?")
    sheet = page.locator("#sheet")
    assert sheet.evaluate("(it) => [it.scrollTop, it.scrollHeight <= it.clientHeight]") == [0, True]
    assert "Ctrl + Shift + Z" in page.inner_text("#sheet")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+y")
    assert page.text_content("#problem") == ""


def test_what_is_predicted_is_told_as_a_change(film: Path, tmp_path: Path, browser: Any) -> None:
    media = tmp_path / "coffee.mp4"
    media.symlink_to(film / "media" / "coffee.mp4")
    cdl = Grade(CDL((1.1, 1.0, 1.0)))
    clips = [
        Clip("cdl", media, (0, 6), cdl, delta_e=DeltaE(2.44, 0.0, 0.0, Basis.PREDICTED)),
        Clip(
            "both", media, (6, 12), Grade(cdl.cdl, bent_lut()), delta_e=DeltaE(4.0, 1.0, 0.0, Basis.PREDICTED)
        ),
        Clip("measured", media, (12, 18), cdl, delta_e=DeltaE(5.5, 4.8, 4.7, Basis.ALIGNED, 900)),
    ]
    said = {
        "cdl": "Change ΔE2000 2.4",
        "both": "Change ΔE2000 4.0; the CDL alone does 75 % of it",
        "measured": "ΔE2000 5.5 before, 4.8 with the CDL, 4.7 with CDL and LUT, measured on corresponding pixels.",
    }
    with served(write(tmp_path, clips)) as server, opened(browser, server) as page:
        for name, words in said.items():
            named(page, name)
            assert page.text_content("#measured") == words
            page.keyboard.press("ArrowDown")
