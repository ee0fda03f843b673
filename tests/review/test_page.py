"""The page as people use it, in a real browser: look, play, wipe, change, approve, reload; and what it must not do."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from lutnet.export.cube import read_cube
from lutnet.grade import Grade
from lutnet.result import Status
from lutnet.store import Store
from tests.review.conftest import missing
from tests.review.packages import MARKUP, Clip, statuses, write
from tests.review.paging import opened, settle, until
from tests.review.serving import Served, served

AXE = "axe-core@4.10.3"


@pytest.fixture(scope="session")
def axe(request: pytest.FixtureRequest) -> str:
    """The accessibility checker's source, fetched by npm once."""
    folder = request.config.cache.mkdir("axe-core")  # type: ignore[union-attr]
    script = folder / "package" / "axe.min.js"
    if not script.is_file():
        try:
            told = subprocess.run(
                ["npm", "pack", AXE, "--silent"],
                cwd=folder,
                check=True,
                capture_output=True,
                text=True,
                timeout=120,
            )
            subprocess.run(["tar", "-xzf", told.stdout.split()[-1]], cwd=folder, check=True)
        except (OSError, subprocess.SubprocessError):
            missing("axe-core", f"npm pack {AXE} needs npm and its registry")
    return Path(script).read_text(encoding="utf-8")


def test_a_review_from_the_first_look_to_the_files(
    page: Any, package: Path, server: Served, browser: Any
) -> None:
    assert page.evaluate("() => location.search") == ""  # the token does not stay in the address
    assert page.text_content("#name") == "coffee one"
    assert "underexposed by 0.6 stop" in page.text_content("#said")

    # It plays, and what is shown moves.
    page.keyboard.press("Space")
    until(page, "lutnet.player.shown > 3 && lutnet.player.playing", 60)
    page.keyboard.press("k")
    until(page, "!lutnet.player.playing")
    page.keyboard.press("Home")
    until(page, "lutnet.player.frame === 0")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    until(page, "lutnet.player.frame === 2")

    # Wipe: left of the line the shot is as it was, right of it graded.
    page.keyboard.press("w")
    assert page.is_visible("#divider")
    page.fill("#wipe", "0.25")
    assert page.evaluate("() => lutnet.renderer.view.wipe") == 0.25

    # A change shows at once, is saved by itself, and nothing is decoded for it.
    settle(page)
    before = page.evaluate("() => [lutnet.renderer.uploads, lutnet.renderer.cdl.slope[0]]")
    page.fill("#slider-exposure", "0.6")
    until(page, f"lutnet.renderer.cdl.slope[0] !== {before[1]}")
    assert page.evaluate("() => lutnet.renderer.uploads") == before[0]
    until(page, "document.getElementById('standing').textContent.includes('changed')")
    with Store(package) as store:
        changed = store.results()[0].grade
    assert changed is not None
    shown = page.evaluate("() => lutnet.renderer.cdl")
    assert shown["slope"] == list(changed.cdl.slope) and shown["saturation"] == changed.cdl.saturation

    # Undo and redo.
    page.keyboard.press("u")
    until(page, "document.getElementById('standing').textContent.includes('open')")
    assert statuses(package)[0] is Status.PROPOSED
    page.keyboard.press("y")
    until(page, "document.getElementById('standing').textContent.includes('changed')")

    # Approve one, reject one; each goes on to the next that is open. (A slider that has the focus does not keep
    # the way to the next shot for itself.)
    page.keyboard.press("ArrowDown")
    until(page, f"document.getElementById('name').textContent === {json.dumps(MARKUP)}")
    page.keyboard.press("a")
    until(page, "document.getElementById('name').textContent === 'coffee two'")
    page.keyboard.press("n")
    page.keyboard.type("too cold a ? w")
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    until(page, "document.getElementById('standing').textContent.includes('rejected')")
    assert statuses(package) == [Status.CHANGED, Status.APPROVED, Status.REJECTED]

    # A fresh window shows the same.
    with opened(browser, server) as again:
        assert again.evaluate("() => [...lutnet.page.shots.values()].map((shot) => shot.status)") == [
            "changed", "approved", "rejected",
        ]  # fmt: skip
        assert again.input_value("#slider-exposure") == "0.6"
        assert again.evaluate("() => [...lutnet.page.shots.values()][2].note") == "too cold a ? w"
        # And what the one decides, the other hears of.
        again.keyboard.press("x")
        until(page, "lutnet.page.shots.values().next().value.status === 'proposed'")

    page.click("#export")
    until(page, "document.getElementById('tally').textContent.includes('written anew')")
    manifest = json.loads((package / "grades.json").read_text())
    assert [clip["status"] for clip in manifest["clips"]] == ["proposed", "approved", "rejected"]
    assert manifest["clips"][2]["cdl"]["slope"] == [1.0, 1.0, 1.0]


def test_markup_in_names_stays_text(page: Any) -> None:
    assert page.evaluate("() => document.querySelectorAll('#strip [onerror], #panel [onerror]').length") == 0
    assert MARKUP in [cell.text_content() for cell in page.query_selector_all(".cell .name")]


def test_copy_lut_and_filters(page: Any, package: Path) -> None:
    page.keyboard.press("c")
    page.keyboard.press("ArrowDown")
    until(page, f"document.getElementById('name').textContent === {json.dumps(MARKUP)}")
    page.keyboard.press("v")
    until(page, "document.getElementById('standing').textContent.includes('changed')")
    with Store(package) as store:
        one, two, _ = store.results()
        assert one.grade is not None and two.grade is not None and two.grade.lut is not None
        assert one.grade.cdl == two.grade.cdl
    until(page, "lutnet.renderer.lut !== null")
    page.keyboard.press("t")
    until(page, "lutnet.renderer.lut === null")
    page.select_option("#filter", "low")
    until(page, "lutnet.timeline.visible.length === 1")
    assert page.evaluate("() => lutnet.timeline.visible[0].confidence") == 0.5
    page.select_option("#filter", "fault-exposure")
    until(page, "lutnet.timeline.visible.length === 2")
    page.select_option("#filter", "scene-1")
    until(page, "lutnet.timeline.visible.map((shot) => shot.name).join() === 'coffee one,coffee two'")


def numbers(page: Any) -> dict[str, list[float]]:
    found: dict[str, list[float]] = page.evaluate("() => lutnet.renderer.cdl")
    return found


def test_wheels_set_the_numbers_of_the_cdl(page: Any, package: Path) -> None:
    """By mouse, keys and numbers; the first shot's slope is 1.2, 1, 0.9."""
    page.fill("[aria-label='slope, all channels']", "2.0523")
    page.keyboard.press("Enter")  # the geometric mean was 1.0260: everything twice as bright
    until(page, "Math.abs(lutnet.renderer.cdl.slope[1] - 2) < 2e-3")
    slope = numbers(page)["slope"]
    assert slope == pytest.approx([2.4, 2.0, 1.8], rel=1e-3)

    # Balance: right is towards blue and magenta, so green falls; the product of the channels stays.
    disc = page.locator("[aria-label='Slope, balance']")
    disc.focus()
    for _ in range(5):
        page.keyboard.press("Shift+ArrowRight")
    until(page, "lutnet.renderer.cdl.slope[2] > 1.95")
    moved = numbers(page)["slope"]
    assert moved[1] < 2.0 and np.prod(moved) == pytest.approx(np.prod(slope), rel=1e-4)
    assert "towards" in (disc.get_attribute("aria-valuetext") or "")
    assert page.text_content("#name") == "coffee one"  # the arrows went to the wheel, not to the strip

    disc.dblclick()
    until(page, "Math.abs(lutnet.renderer.cdl.slope[0] - lutnet.renderer.cdl.slope[2]) < 1e-5")
    assert numbers(page)["slope"] == pytest.approx([float(np.prod(slope)) ** (1 / 3)] * 3, rel=1e-4)

    # A drag is relative: it sets out from where the puck is. Power upwards is towards red: its power falls.
    before = numbers(page)["power"]
    box = page.locator("[aria-label='Power, balance']").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 80)
    page.mouse.down()
    page.mouse.move(box["x"] + 20, box["y"] + 40, steps=4)
    page.mouse.up()
    until(page, f"lutnet.renderer.cdl.power[0] < {before[0]} - 0.02")
    after = numbers(page)["power"]
    assert after[1] > before[1] and np.prod(after) == pytest.approx(np.prod(before), rel=1e-4)

    page.locator("[aria-label='Offset, all channels']").dblclick()
    until(page, "Math.abs(lutnet.renderer.cdl.offset.reduce((sum, value) => sum + value, 0)) < 1e-5")
    until(page, "!lutnet.decisions.saving && !lutnet.decisions.sending")
    with Store(package) as store:
        decided = store.results()[0].grade
    assert decided is not None
    shown = numbers(page)
    assert [list(decided.cdl.slope), list(decided.cdl.offset), list(decided.cdl.power)] == [
        pytest.approx(shown[name], abs=1e-6) for name in ("slope", "offset", "power")
    ]


def test_a_look_is_blended_in_and_exported(browser: Any, package: Path) -> None:
    with served(package) as server, opened(browser, server) as page:  # the looks that ship are there
        page.select_option("#look", "silver")
        until(page, "lutnet.sliders().controls.look === 'silver' && lutnet.renderer.lut.size >= 33")
        page.fill("#mix", "0.5")
        until(page, "!lutnet.decisions.saving && !lutnet.decisions.sending && !lutnet.page.previewing")
    with Store(package) as store:
        proposed, decided = store.proposed()[0].grade, store.results()[0].grade
    assert proposed is not None and decided is not None
    colours = torch.rand(500, 3, generator=torch.Generator().manual_seed(2))
    before = proposed.apply_colours(colours)
    wanted = torch.lerp(
        before, read_cube(Path(__file__).parents[2] / "luts" / "silver.cube").apply(before), 0.5
    )
    assert float((wanted - before).abs().mean()) > 0.02
    torch.testing.assert_close(decided.apply_colours(colours), wanted, atol=4e-3, rtol=0)


def test_undo_works_in_a_window_that_was_opened_later(browser: Any, package: Path) -> None:
    with served(package) as server, opened(browser, server) as page:
        page.keyboard.press("r")
        until(page, "[...lutnet.page.shots.values()][0].status === 'rejected'")
    with served(package) as server, opened(browser, server) as page:
        assert page.is_enabled("#undo")
        page.keyboard.press("u")
        until(page, "[...lutnet.page.shots.values()][0].status === 'proposed'")
        assert page.is_enabled("#redo")


def test_a_dropped_reference_matches_the_shot_anew(page: Any, package: Path, tmp_path: Path) -> None:
    still = tmp_path / "reference.jpg"
    with Image.open(_still(page, package)) as image:
        warm = np.asarray(image.convert("RGB"), np.float32) * np.array([1.15, 1.0, 0.8], np.float32)
    Image.fromarray(warm.clip(0, 255).astype(np.uint8)).save(still, quality=95)
    page.set_input_files("#reference", still)
    until(page, "document.getElementById('standing').textContent.includes('changed')", 60)
    with Store(package) as store:
        matched = store.results()[0].grade
    assert matched is not None
    slope = matched.cdl.slope
    assert slope[0] > 1.05 and slope[2] < 0.95


def _still(page: Any, package: Path) -> Path:
    """The first shot's middle frame, which the page asks the server for when it gets round to it."""
    for _ in range(400):
        for path in (package / ".lutnet-cache").glob("*middle.png"):
            return path
        page.wait_for_timeout(50)
    raise AssertionError("the page asked for no still within 20 s")


@pytest.mark.parametrize("dialog", [False, True])
def test_accessibility_checkers_find_nothing_serious(
    browser: Any, server: Served, axe: str, dialog: bool
) -> None:
    with opened(browser, server, bypass_csp=True) as page:
        if dialog:
            page.keyboard.press("?")
        page.add_script_tag(content=axe)
        found = page.evaluate("() => axe.run()")["violations"]
    serious = {
        each["id"]: each["nodes"][0]["html"] for each in found if each["impact"] in {"serious", "critical"}
    }
    assert not serious


def test_every_action_has_a_key_and_focus_is_seen(page: Any) -> None:
    page.keyboard.press("?")
    told = page.text_content("#sheet")
    for action in ("play", "approve", "reject", "reset", "undo", "wipe", "copy", "note", "strength"):
        assert action in told
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    outline = page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


def test_everything_is_reached_with_the_tab_key(page: Any) -> None:
    """And by a click no button takes the space bar from the film."""
    mark = """() => {
      const all = document.querySelectorAll("button, input, select, textarea, [tabindex='0']");
      const seen = [...all].filter((each) => each.checkVisibility({ visibilityProperty: true }) && !each.disabled);
      // Of radio buttons, Tab reaches the one that is chosen; arrows the others.
      const reached = seen.filter((each) => each.type !== "radio" || each.checked);
      return reached.map((each, at) => (each.dataset.at = String(at)));
    }"""
    wanted = set(page.evaluate(mark))
    assert len(wanted) > 45
    reached = set()
    for _ in range(len(wanted) + 10):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("() => document.activeElement.dataset.at"))
    assert wanted <= reached
    page.check("[name=layout][value=side]")
    page.keyboard.press("Space")
    until(page, "lutnet.player.playing")


def test_going_through_shots_leaves_no_textures_behind(page: Any) -> None:
    made = """() => {
      const { gl } = lutnet.renderer;
      window.made = 0;
      for (const name of ["createTexture", "createFramebuffer", "createProgram"]) {
        const make = gl[name].bind(gl);
        gl[name] = () => { window.made += 1; return make(); };
      }
    }"""
    page.evaluate(made)  # `python -m benchmarks.review walk` goes through 200
    for turn in range(24):
        name = page.text_content("#name")
        page.keyboard.press("ArrowUp" if turn // 2 % 2 else "ArrowDown")
        until(page, f"document.getElementById('name').textContent !== {json.dumps(name)}")
    assert page.evaluate("() => window.made") <= 8  # programs and targets of the first few
    assert page.evaluate("() => lutnet.page.luts.size") <= 24


def test_a_window_without_its_server_says_so(browser: Any, package: Path) -> None:
    with served(package) as server, opened(browser, server, bearing="ERR_FAILED") as page:
        page.route("**/api/**", lambda route: route.abort())
        until(page, "document.getElementById('problem').textContent.includes('does not answer')")
        page.unroute("**/api/**")
        until(page, "document.getElementById('problem').textContent === ''")


def test_quick_changes_of_one_window_do_not_stand_in_each_other_s_way(page: Any, package: Path) -> None:
    for name in ("exposure", "contrast", "tint", "saturation"):
        page.fill(f"#slider-{name}", "0.2")
        page.evaluate("() => document.getElementById('note').dispatchEvent(new Event('input'))")
        page.wait_for_timeout(260)
    until(page, "!lutnet.decisions.saving && !lutnet.decisions.sending")
    assert page.text_content("#problem") == ""
    with Store(package) as store:
        (decision,) = store.decisions().values()
    assert (
        dict.fromkeys(("exposure", "tint"), 0.2).items()
        <= json.loads(decision.controls)["corrections"].items()
    )


def test_a_clip_without_media_shows_nothing_of_another_and_cannot_be_changed(
    browser: Any, film: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(film / "media", tmp_path / "media").parent
    media = folder / "media" / "coffee.mp4"
    package = write(
        folder, [Clip("here", media, (0, 10), Grade()), Clip("gone", folder / "media" / "gone.mp4", (10, 20))]
    )
    with served(package) as server, opened(browser, server) as page:
        until(page, "lutnet.renderer.size[0] > 16")
        page.keyboard.press("ArrowDown")
        until(page, "document.getElementById('name').textContent === 'gone'")
        until(page, "lutnet.renderer.size[0] === 16")  # a dark picture, not that of the clip before
        page.keyboard.press("]")
        assert page.evaluate("() => document.getElementById('sliders').inert")
        page.wait_for_timeout(500)
        assert page.text_content("#problem") == ""
    assert statuses(package) == [Status.PROPOSED, Status.SKIPPED]


def test_an_emptied_field_keeps_its_value(page: Any, package: Path) -> None:
    strength, slope = page.locator("#sliders .value input").first, page.locator("#cdl input").first
    for field in (strength, slope):
        value = field.input_value()
        field.fill("")
        field.press("Enter")
        assert field.input_value() == value
    settle(page)
    assert statuses(package)[0] is Status.PROPOSED
