"""A review of real footage from the first look to the files, on three sizes of screen; and one on a full disk."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import opentimelineio as otio
import PyOpenColorIO as ocio
import pytest
from PIL import Image

from lutnet.cli.main import main
from lutnet.result import Status
from lutnet.store import Store
from tests.review.paging import opened, settle, until
from tests.review.serving import served

CLIPS = ("sam2_04_coffee.mp4", "mdn_flower.mp4", "tos_1080p_V1-0004.mov")
SCREENS = ((1366, 768), (1920, 1080), (3840, 2160))

READ = """() => {
  lutnet.stage.draw();
  const { gl, canvas } = lutnet.renderer;
  const row = new Uint8Array(canvas.width * 4);
  gl.readPixels(0, canvas.height >> 1, canvas.width, 1, gl.RGBA, gl.UNSIGNED_BYTE, row);
  return [...row];
}"""


PLACES = """() => {
  const controls = "header *, #viewer button, #viewer label, #scopes canvas, #heading button";
  const seen = [...document.querySelectorAll(controls)]
    .filter((each) => each.offsetParent && !each.closest(".unseen, select"));
  const outside = seen.filter((each) => {
    const box = each.getBoundingClientRect();
    return box.right > innerWidth + 1 || box.bottom > innerHeight + 1 || box.left < -1;
  });
  const stage = document.getElementById("stage").getBoundingClientRect();
  return [outside.map((each) => each.outerHTML.slice(0, 60)), stage.width * stage.height / innerWidth / innerHeight];
}"""


@pytest.fixture(scope="module")
def graded(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three clips of live action, graded by ``lutnet grade`` to a frame of the first as a colourist left it."""
    folder = tmp_path_factory.mktemp("footage")
    (folder / "media").mkdir()
    track = otio.schema.Track("V1", kind=otio.schema.TrackKind.Video)
    for name in CLIPS:
        shutil.copy(shared / "footage" / name, folder / "media" / name)
        reference = otio.schema.ExternalReference(target_url=f"media/{name}")
        time = otio.opentime.RationalTime
        track.append(otio.schema.Clip(name, reference, otio.opentime.TimeRange(time(6, 24), time(36, 24))))
    timeline = otio.schema.Timeline("footage")
    timeline.tracks.append(track)
    otio.adapters.write_to_file(timeline, str(folder / "cut.otio"))
    still = folder / "hero.png"
    with av.open(str(folder / "media" / CLIPS[0])) as container:
        frame = next(container.decode(video=0)).to_ndarray(format="rgb24") / 255
    Image.fromarray((255 * frame**1.3 * (1.0, 0.95, 0.85)).astype(np.uint8)).save(still)
    assert (
        main(["grade", str(folder / "cut.otio"), "--ref", str(still), "-o", str(folder / "cut.lutnet")]) == 0
    )
    return folder / "cut.lutnet"


@pytest.fixture
def package(graded: Path, tmp_path: Path) -> Path:
    return shutil.copytree(graded.parent, tmp_path / "cut") / "cut.lutnet"


def row(page: Any) -> np.ndarray[Any, Any]:
    """The middle row of the canvas, ``[W, 3]``."""
    return np.array(page.evaluate(READ), np.float32).reshape(-1, 4)[:, :3]


def test_real_footage_from_the_first_look_to_the_files(browser: Any, package: Path) -> None:
    with served(package) as server:
        with opened(browser, server) as page:
            until(
                page, "lutnet.renderer.uploads > 0 && document.getElementById('wait').textContent === ''", 60
            )
            settle(page)

            # Wipe: left of the line the shot as recorded, right of it graded.
            rows = {}
            for layout in ("before", "after", "wipe"):
                page.check(f"[name=layout][value={layout}]")
                rows[layout] = row(page)
            middle = len(rows["wipe"]) // 2
            assert np.array_equal(rows["wipe"][: middle - 1], rows["before"][: middle - 1])
            assert np.array_equal(rows["wipe"][middle + 1 :], rows["after"][middle + 1 :])
            assert np.abs(rows["before"] - rows["after"]).mean() > 1.0

            # It plays, frame after frame.
            page.keyboard.press("Space")
            until(page, "lutnet.player.playing && lutnet.player.frame > 5", 60)
            page.keyboard.press("Space")

            # Brighter with the slope wheel, and saved by itself; the next one is approved, the last rejected.
            page.locator("[aria-label='Slope, all channels']").focus()
            for _ in range(20):
                page.keyboard.press("ArrowRight")
            until(page, "document.getElementById('standing').textContent.includes('changed')", 60)
            until(page, "!lutnet.decisions.saving && !lutnet.decisions.sending && !lutnet.page.previewing")
            shown = page.evaluate("() => lutnet.renderer.cdl")
            page.evaluate("() => document.activeElement.blur()")
            page.keyboard.press("ArrowDown")
            until(page, f"document.getElementById('name').textContent === {json.dumps(CLIPS[1])}")
            page.keyboard.press("a")
            until(page, f"document.getElementById('name').textContent === {json.dumps(CLIPS[2])}")
            page.keyboard.press("r")
            until(page, "[...lutnet.page.shots.values()][2].status === 'rejected'")

        # A reload shows what stands, and the files are written from it.
        with opened(browser, server) as page:
            statuses = page.evaluate("() => [...lutnet.page.shots.values()].map((shot) => shot.status)")
            assert statuses == ["changed", "approved", "rejected"]
            page.click("#export")
            until(page, "document.getElementById('tally').textContent.includes('written anew')", 60)

    manifest = json.loads((package / "grades.json").read_text())
    assert [clip["status"] for clip in manifest["clips"]] == statuses
    slopes = [_slope(package, Path(name).stem) for name in (CLIPS[0], CLIPS[2])]
    assert slopes[0] == pytest.approx(shown["slope"], abs=1e-6)
    assert slopes[1] == [1.0, 1.0, 1.0]
    exported = otio.adapters.read_from_file(str(next(package.glob("*.otio"))))
    cdls = [clip.metadata["cdl"] for clip in exported.find_clips()]
    assert list(cdls[0]["asc_sop"]["slope"]) == pytest.approx(shown["slope"], abs=1e-6)


def _slope(package: Path, name: str) -> list[float]:
    """As OpenColorIO reads it from the clip's ``.cc`` file."""
    (path,) = (package / "cdl").glob(f"{name}*.cc")
    return list(ocio.CDLTransform.CreateFromFile(str(path), "").getSlope())


@pytest.mark.parametrize("screen", SCREENS)
def test_the_page_fits_the_screen(browser: Any, package: Path, screen: tuple[int, int]) -> None:
    """Nothing lies outside of the window, and the picture has the room. LUTNET_SCREENSHOTS=folder keeps pictures."""
    with served(package) as server, opened(browser, server) as page:
        page.set_viewport_size({"width": screen[0], "height": screen[1]})
        page.check("[name=layout][value=wipe]")
        until(page, "lutnet.renderer.uploads > 0", 60)
        settle(page)
        scrolled = "() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
        assert page.evaluate(scrolled) == list(screen)
        outside, share = page.evaluate(PLACES)
        assert not outside
        assert share > 0.28
        if folder := os.environ.get("LUTNET_SCREENSHOTS"):
            page.screenshot(path=Path(folder) / f"review-{screen[0]}.png")
            page.evaluate("() => document.getElementById('cdl-title').scrollIntoView()")
            page.screenshot(path=Path(folder) / f"review-{screen[0]}-cdl.png")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, of 8 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip(f"a small disk needs root: {' '.join(command[:-1])} FOLDER")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_loses_no_decision_and_is_told(browser: Any, package: Path, small_disk: Path) -> None:
    disk = shutil.copytree(package, small_disk / "cut.lutnet")
    note = "0123456789 " * 800
    with served(disk) as server, opened(browser, server, bearing="507") as page:
        page.keyboard.press("a")
        until(page, "[...lutnet.page.shots.values()][0].status === 'approved'")
        filler = small_disk / "filler"
        with filler.open("wb", buffering=0) as file:
            while _wrote(file, 1 << 16) or _wrote(file, 1 << 10):
                pass
        page.wait_for_timeout(300)
        page.fill("#note", note)
        until(page, "document.getElementById('problem').textContent.includes('Not saved yet')")
        assert "full" in page.text_content("#problem")
        page.keyboard.press("Escape")
        page.keyboard.press("ArrowDown")  # what could not be saved stays in the window, whatever is looked at
        page.wait_for_timeout(300)
        assert "Not saved yet" in page.text_content("#problem")
        with Store(disk) as store:
            kept = store.results()
        assert kept[0].status is Status.APPROVED
        filler.unlink()
        until(
            page,
            "lutnet.decisions.unsaved.size === 0 && document.getElementById('problem').textContent === ''",
        )
        until(page, f"[...lutnet.page.shots.values()].some((shot) => shot.note === {json.dumps(note)})")


def _wrote(file: Any, size: int) -> bool:
    try:
        return bool(file.write(bytes(size)))
    except OSError:
        return False
