"""The page to send: one file, opened from the disk, with everything in it and no way out of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lutnet.cli.main import main
from tests.review.packages import MARKUP
from tests.review.paging import READY, until


def test_one_file_shows_the_package_from_the_disk(browser: Any, package: Path, tmp_path: Path) -> None:
    assert main(["review", str(package), "--static", str(tmp_path / "out")]) == 0
    (file,) = (tmp_path / "out").iterdir()
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    requests: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(file.as_uri())
    page.wait_for_selector(READY, state="attached", timeout=60_000)
    until(page, "lutnet.renderer.uploads > 0", 60)
    assert page.text_content("#name") == "coffee one"
    assert MARKUP in [cell.text_content() for cell in page.query_selector_all(".cell .name")]
    assert page.evaluate("() => lutnet.renderer.lut.size") == 17
    assert not page.is_visible("#approve")
    assert not page.is_visible("#undo-found")
    assert not errors
    assert all(url.startswith(("data:", "blob:", file.as_uri())) for url in requests)
    page.close()
