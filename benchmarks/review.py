"""The review page: frames kept, time from a change to the scopes, 1,500 shots, killed servers.

python -m benchmarks.review [playback] [change] [film] [walk] [crash] [--seed 1] [--rounds 100] [--seconds 10]

Needs Chromium. ``playback`` counts the frames of a 960 x 540 clip that reach the canvas with the grade on and off, in
turns. ``change`` is the time from a slider's movement until picture and scopes are drawn. ``film`` opens 1,500 shots
and scrolls through them. ``walk`` goes through 200 of them and counts what is left behind. ``crash`` kills the
server at random moments while decisions are sent, and looks for those it had confirmed.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import shutil
import signal
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import skimage.data
from playwright.sync_api import sync_playwright

from lutnet.grade import CDL, Grade
from lutnet.review.desk import Desk
from lutnet.review.server import serve
from lutnet.store import Store
from tests.review.conftest import FLAGS
from tests.review.packages import Clip, bent_lut, encode, moving, write
from tests.review.paging import opened, until
from tests.review.serving import served

GRADE = Grade(CDL((1.1, 1.0, 0.9), (0.02, 0.0, -0.02), (0.95, 1.0, 1.1), 1.1), bent_lut(33))
SHOTS = 1500

CHANGE = """async () => {
  const slider = document.getElementById("slider-exposure");
  const times = [];
  for (let turn = 0; turn < 40; turn += 1) {
    const update = lutnet.scopes.update;
    const done = new Promise((go) => {
      lutnet.scopes.update = (renderer) => { update.call(lutnet.scopes, renderer); go(performance.now()); };
    });
    const start = performance.now();
    slider.value = Math.sin(turn);
    slider.dispatchEvent(new Event("input"));
    times.push((await done) - start);
    lutnet.scopes.update = update;
    await new Promise((go) => setTimeout(go, 400));
  }
  return times;
}"""

COUNT = """() => {
  const { gl } = lutnet.renderer;
  const make = gl.createTexture.bind(gl);
  window.made = 0;
  gl.createTexture = () => { window.made += 1; return make(); };
}"""

SCROLL = """async () => {
  const long = [];
  const hear = (list) => long.push(...list.getEntries().map((entry) => entry.duration));
  new PerformanceObserver(hear).observe({ type: "longtask" });
  const roll = document.querySelector(".roll");
  const end = roll.scrollWidth - roll.clientWidth;
  for (let step = 0; step <= 240; step += 1) {
    roll.scrollLeft = (end * step) / 240;
    await new Promise(requestAnimationFrame);
  }
  await new Promise((go) => setTimeout(go, 500));
  return [long, document.querySelectorAll(".cell").length];
}"""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", nargs="*", default=["playback", "change", "film", "walk", "crash"])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if "crash" in options.what:  # first, since it forks: no threads may run
            print(crash(_film(folder / "crash", 40), random.Random(options.seed), options.rounds))  # noqa: S311
        if set(options.what) - {"crash"}:
            with sync_playwright() as playwright:
                path = shutil.which("chromium") or shutil.which("google-chrome")
                browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
                print(f"Chromium {browser.version}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
                if "playback" in options.what:
                    print(playback(browser, folder / "playback", options.seconds))
                if "change" in options.what:
                    print(change(browser, _film(folder / "change", 3)))
                if {"film", "walk"} & set(options.what):
                    long = _film(folder / "film", SHOTS)
                    if "film" in options.what:
                        print(film(browser, long))
                    if "walk" in options.what:
                        print(walk(browser, long))
                browser.close()


def playback(browser: Any, folder: Path, seconds: float) -> str:
    folder.mkdir()
    photo = np.ascontiguousarray(skimage.data.retina()[:540])
    media = encode(folder / "clip.mp4", moving(photo, 960, 540, 24 * 20), crf="23", preset="veryfast")
    package = write(folder, [Clip("clip", media, (0, 24 * 20), GRADE)])
    kept: dict[str, list[float]] = {"before": [], "after": []}
    with served(package) as server, opened(browser, server) as page:
        renderer = page.evaluate(
            "() => { const { gl } = lutnet.renderer; "
            "return gl.getParameter(gl.getExtension('WEBGL_debug_renderer_info').UNMASKED_RENDERER_WEBGL); }"
        )
        for turn in range(8):
            layout = ("before", "after")[turn % 2]
            page.check(f"[name=layout][value={layout}]")
            page.evaluate("() => { lutnet.player.seek(0); return lutnet.player.play(); }")
            page.wait_for_timeout(1500)
            start, began = page.evaluate("() => [lutnet.player.shown, performance.now()]")
            page.wait_for_timeout(1000 * seconds)
            end, ended = page.evaluate("() => [lutnet.player.shown, performance.now()]")
            kept[layout].append((end - start) / (ended - began) * 1000)
            page.evaluate("() => lutnet.player.pause()")
    off, on = (statistics.mean(kept[layout]) for layout in ("before", "after"))
    return f"playback 960 x 540, {renderer}: {off:.1f} frames/s with the grade off, {on:.1f} on: {100 * on / off:.0f} %"


def change(browser: Any, package: Path) -> str:
    with served(package) as server, opened(browser, server) as page:
        page.wait_for_timeout(1000)
        times = sorted(page.evaluate(CHANGE))
    return f"a slider's movement to picture and scopes: median {times[20]:.0f} ms, 90 % {times[36]:.0f} ms"


def film(browser: Any, package: Path) -> str:
    with served(package) as server:
        start = time.perf_counter()
        server.ask("/api/package")
        first = time.perf_counter() - start
        start = time.perf_counter()
        with opened(browser, server) as page:
            ready = time.perf_counter() - start
            page.wait_for_timeout(2000)
            long, cells = page.evaluate(SCROLL)
    return (
        f"{SHOTS} shots: list in {first:.2f} s, ready after {ready:.2f} s; scrolling: "
        f"{len([each for each in long if each > 100])} tasks over 100 ms (longest {max(long, default=0):.0f}), "
        f"{cells} cells in the page"
    )


def walk(browser: Any, package: Path, shots: int = 200) -> str:
    def state() -> tuple[int, float, int]:
        tools.send("HeapProfiler.collectGarbage")
        counted = {each["name"]: each["value"] for each in tools.send("Performance.getMetrics")["metrics"]}
        made = page.evaluate("() => window.made")
        return made, counted["JSHeapUsedSize"] / 2**20, int(counted["Nodes"])

    with served(package) as server, opened(browser, server) as page:
        tools = page.context.new_cdp_session(page)
        tools.send("Performance.enable")
        page.evaluate(COUNT)
        before = state()
        for _ in range(shots):
            name = page.text_content("#name")
            page.keyboard.press("ArrowDown")
            until(page, f"document.getElementById('name').textContent !== {json.dumps(name)}")
        after = state()
    return (
        f"{shots} shots later: {after[0] - before[0]} more textures, heap {before[1]:.1f} to {after[1]:.1f} MiB, "
        f"nodes {before[2]} to {after[2]}"
    )


def crash(package: Path, chance: random.Random, rounds: int) -> str:
    """Every decision that was confirmed has to be there; one that was under way may or may not."""
    told: dict[str, str] = {}
    confirmed = lost = 0
    for _ in range(rounds):
        with _forked(package) as (url, child):
            shots = [shot["id"] for shot in _ask(url, "/api/package")["shots"]]
            deadline = time.monotonic() + chance.uniform(0.0, 0.6)
            if os.fork() == 0:  # kills in the middle of whatever the server does
                time.sleep(max(0.0, deadline - time.monotonic()))
                os.kill(child, signal.SIGKILL)
                os._exit(0)
            under_way = None
            try:
                while True:
                    under_way = chance.choice(shots)
                    status = chance.choice(["approved", "changed", "rejected"])
                    wish = {"id": under_way, "status": status, "controls": {"strength": chance.random()}}
                    _ask(url, "/api/decisions", [wish])
                    told[under_way] = status
                    confirmed += 1
            except (OSError, http.client.HTTPException):
                pass
        with Store(package) as store:
            found = {result.shot.id: result.status.value for result in store.results()}
        lost += sum(found[shot] != status for shot, status in told.items() if shot != under_way)
        told = {shot: found[shot] for shot in told}
    return f"crash: {rounds} kills, {confirmed} confirmed decisions, {lost} lost"


@contextmanager
def _forked(package: Path) -> Iterator[tuple[str, int]]:
    """A server in a child process; forked, so that a hundred of them start at once."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        serve(Desk(package), 0, lambda url: os.write(writer, f"{url}\n".encode()) and None)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as told:
        url = told.readline().strip()
    try:
        yield url, child
    finally:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        while True:
            try:
                os.waitpid(-1, 0)
            except ChildProcessError:
                break


def _ask(url: str, path: str, body: object = None) -> Any:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", parts.port or 0, timeout=20)
    headers = {"X-Lutnet-Token": parse_qs(parts.query)["token"][0], "Content-Type": "application/json"}
    try:
        if body is None:
            connection.request("GET", path, headers=headers)
        else:
            connection.request("POST", path, json.dumps(body), headers)
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise RuntimeError(content.decode())
        return json.loads(content)
    finally:
        connection.close()


def _film(folder: Path, shots: int) -> Path:
    folder.mkdir()
    coffee = np.ascontiguousarray(skimage.data.coffee()[:, :, :3])
    media = encode(folder / "clip.mp4", moving(coffee, 480, 270, 48), crf="20", preset="veryfast")
    few = shots <= 40
    clips = [
        Clip(
            f"sh{10 * number:05d}", media, (number % 24, number % 24 + 20), GRADE if few else Grade(GRADE.cdl)
        )
        for number in range(1, shots + 1)
    ]
    return write(folder, clips)


if __name__ == "__main__":
    main()
