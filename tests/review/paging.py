"""The page in a browser: opened as users open it, with every request and every message heard."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.review.serving import Served

READY = "html[data-ready=true]"


@dataclass
class Heard:
    """What a page asked for, and what it complained about."""

    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def console(self, message: Any) -> None:
        if message.type == "error":
            self.complaints.append(message.text)


@contextmanager
def opened(browser: Any, server: Served, *, bearing: str | None = None, **options: Any) -> Iterator[Any]:
    """The review page, ready; at the end it must have spoken to its server alone, and without complaint.

    bearing: part of the complaints that a test provokes.
    """
    context = browser.new_context(viewport={"width": 1280, "height": 800}, **options)
    heard = Heard()
    context.on("request", lambda request: heard.requests.append(request.url))
    page = context.new_page()
    page.on("pageerror", lambda error: heard.complaints.append(str(error)))
    page.on("console", heard.console)
    page.on("dialog", lambda dialog: heard.complaints.append(f"a dialog: {dialog.message}"))
    try:
        page.goto(server.url)
        page.wait_for_selector(READY, state="attached", timeout=60_000)
        yield page
        foreign = [url for url in heard.requests if urlsplit(url).netloc not in {server.host, ""}]
        assert not foreign, foreign
        complaints = [text for text in heard.complaints if bearing is None or bearing not in text]
        assert not complaints, complaints
    finally:
        context.close()


def until(page: Any, condition: str, timeout_s: float = 30.0) -> Any:
    """Wait until the JavaScript expression is true. (The page's policy bars what Playwright's own waiting needs.)"""
    for _ in range(int(timeout_s / 0.05)):
        found = page.evaluate(f"() => ({condition})")
        if found:
            return found
        page.wait_for_timeout(50)
    raise AssertionError(f"not within {timeout_s} s: {condition}")


def settle(page: Any) -> None:
    """Wait until no more frames of the film come in."""
    count = "() => lutnet.player.film.seeking ? -1 : lutnet.renderer.uploads"
    before, now = -2, page.evaluate(count)
    while before != now or now < 0:
        page.wait_for_timeout(600)
        before, now = now, page.evaluate(count)
