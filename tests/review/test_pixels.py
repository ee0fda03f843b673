"""What the canvas shows is what the exporter writes, to the code value; read back from a real browser."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from lutnet.colourspace import ColourSettings, colour_management
from lutnet.export.run import RunSettings
from lutnet.grade import CDL, LUT3D, Grade
from lutnet.plain import cdl_to_plain
from tests.review.packages import Clip, bent_lut, encode, random_grade, write
from tests.review.paging import opened, until
from tests.review.serving import served

P99 = 1.5 / 255
PATCH = 3.0 / 255
SIDE = 60
COLOURS = [(r, g, b) for r in (16, 90, 180, 245) for g in (16, 90, 180, 245) for b in (16, 90, 180, 245)]
"""Of the flat patches: 8 x 8 of them."""

SHOW = """async ([png, cdl, lut]) => {
  const { decodeStill, parseLut } = await import("/page/renderer.js");
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const { renderer } = lutnet;
  const still = await decodeStill(new Blob([bytes(png)], { type: "image/png" }));
  renderer.upload(still, still.width, still.height);
  renderer.grade(cdl, lut === null ? null : parseLut(bytes(lut).buffer));
  renderer.view.layout = "after";
  renderer.draw();
  const { gl } = renderer;
  const read = new Uint8Array(still.width * still.height * 4);
  gl.readPixels(0, 0, still.width, still.height, gl.RGBA, gl.UNSIGNED_BYTE, read);
  let text = "";
  for (let at = 0; at < read.length; at += 8192) text += String.fromCharCode(...read.subarray(at, at + 8192));
  return btoa(text);
}"""

READ = """() => {
  lutnet.renderer.draw();
  const { gl, canvas } = lutnet.renderer;
  const read = new Uint8Array(canvas.width * canvas.height * 4);
  gl.readPixels(0, 0, canvas.width, canvas.height, gl.RGBA, gl.UNSIGNED_BYTE, read);
  let text = "";
  for (let at = 0; at < read.length; at += 8192) text += String.fromCharCode(...read.subarray(at, at + 8192));
  return [btoa(text), canvas.width, canvas.height];
}"""


def png(pixels: np.ndarray[Any, Any]) -> str:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def sent(lut: LUT3D | None) -> str | None:
    """A LUT as the server sends it."""
    if lut is None:
        return None
    head = np.array([lut.size, *lut.domain_min, *lut.domain_max], "<f4").tobytes()
    return base64.b64encode(head + lut.table.transpose(2, 1, 0, 3).astype("<f4").tobytes()).decode()


def picture(text: str, width: int, height: int) -> np.ndarray[Any, Any]:
    """What readPixels gave, upright, ``[H, W, 3]`` in 0..1."""
    pixels = np.frombuffer(base64.b64decode(text), np.uint8).reshape(height, width, 4)
    return pixels[::-1, :, :3].astype(np.float32) / 255


def graded(grade: Grade, pixels: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """What the exporter's arithmetic makes of ``[H, W, 3]`` bytes, as a display of 8 bit gets it."""
    seen = grade.apply_colours(torch.from_numpy(pixels).float() / 255).numpy()
    result: np.ndarray[Any, Any] = seen.clip(0, 1)
    return result


@pytest.fixture(scope="module")
def page(browser: Any, film: Path) -> Iterator[Any]:
    with served(film / "film.lutnet") as server, opened(browser, server) as ready:
        yield ready


def test_fifty_random_grades_on_rgb_stills(page: Any) -> None:
    generator = np.random.default_rng(20)
    worst = 0.0
    for _ in range(50):
        pixels = generator.integers(0, 256, (64, 96, 3), dtype=np.uint8)
        pixels[:4] = np.array([[0, 0, 0], [255, 255, 255], [255, 0, 0], [1, 254, 128]] * 24, np.uint8)
        grade = random_grade(generator)
        read = page.evaluate(SHOW, [png(pixels), cdl_to_plain(grade.cdl), sent(grade.lut)])
        off = np.abs(picture(read, 96, 64) - graded(grade, pixels))
        worst = max(worst, float(np.quantile(off, 0.99)))
    assert worst <= P99, f"p99 of the worst grade: {255 * worst:.2f} / 255"


def test_colour_profiles_and_alpha_of_a_still_change_nothing(page: Any) -> None:
    generator = np.random.default_rng(5)
    pixels = generator.integers(0, 256, (32, 32, 3), dtype=np.uint8)
    alpha = generator.integers(1, 256, (32, 32, 1), dtype=np.uint8)
    grade = Grade(CDL((1.2, 1.0, 0.8)), bent_lut())
    read = page.evaluate(
        SHOW, [png(np.concatenate([pixels, alpha], -1)), cdl_to_plain(grade.cdl), sent(grade.lut)]
    )
    off = np.abs(picture(read, 32, 32) - graded(grade, pixels))
    assert float(np.quantile(off, 0.99)) <= P99


def patches() -> np.ndarray[Any, Any]:
    return np.repeat(np.repeat(np.array(COLOURS, np.uint8).reshape(8, 8, 3), SIDE, 0), SIDE, 1)


@pytest.mark.parametrize(
    ("name", "codec", "pixel_format", "options"),
    [
        ("h264.mp4", "libx264", "yuv420p", {"crf": "4"}),
        ("prores.mov", "prores_ks", "yuv422p10le", {"profile": "3"}),
    ],
)
def test_flat_patches_of_video(
    browser: Any, tmp_path: Path, name: str, codec: str, pixel_format: str, options: dict[str, str]
) -> None:
    """H.264 plays itself, ProRes as its proxy; both through a CDL and a LUT, and as they are."""
    film = tmp_path / "film"
    film.mkdir()
    media = encode(film / name, iter([patches()] * 12), codec, pixel_format, **options)
    grade = Grade(CDL((1.1, 1.0, 0.9), (0.02, 0.0, -0.02), (0.95, 1.0, 1.1), 1.1), bent_lut())
    package = write(film, [Clip("graded", media, (0, 12), grade), Clip("plain", media, (0, 12), Grade())])
    with served(package) as server, opened(browser, server) as page:
        for number, applied in enumerate((grade, Grade())):
            if number:
                page.keyboard.press("ArrowDown")
                until(page, "document.getElementById('name').textContent === 'plain'")
            shown = page.evaluate("() => lutnet.player.shown")
            page.wait_for_timeout(100)
            page.keyboard.press("ArrowRight")
            until(page, f"lutnet.player.shown > {shown} && lutnet.player.film.readyState > 1", 60)
            until(page, "document.getElementById('wait').textContent === ''", 60)
            page.wait_for_timeout(200)
            text, width, height = page.evaluate(READ)
            assert (width, height) == (480, 480)
            read = picture(text, width, height)[SIDE // 2 :: SIDE, SIDE // 2 :: SIDE]
            wanted = graded(applied, np.array(COLOURS, np.uint8).reshape(8, 8, 3))
            worst = np.unravel_index(np.abs(read - wanted).argmax(), read.shape)
            assert np.abs(read - wanted).max() <= PATCH, (
                f"{COLOURS[int(worst[0]) * 8 + int(worst[1])]}: {255 * read[worst[:2]]} for {255 * wanted[worst[:2]]}"
            )


@pytest.mark.parametrize("clip_space", [None, "ACEScct"])
def test_log_footage_is_shown_through_its_view(browser: Any, tmp_path: Path, clip_space: str | None) -> None:
    """Recorded values into S-Log3, graded there, and seen through its view: as OpenColorIO has it."""
    colour = colour_management(ColourSettings(space="S-Log3"))
    # Colours as footage has them: at the edge of the gamut the lattice of a view is coarse.
    generator = np.random.default_rng(3)
    blocks = generator.integers(80, 180, (12, 16, 1)) + generator.integers(-12, 13, (12, 16, 3))
    pixels = blocks.astype(np.uint8).repeat(10, 0).repeat(10, 1)
    film = tmp_path / "film"
    film.mkdir()
    Image.fromarray(pixels).save(film / "still.png")
    grade = Grade(CDL((1.1, 1.0, 0.95), (0.02, 0.0, -0.02), saturation=1.2), bent_lut())
    settings = RunSettings("0.1.0", space=colour.space.name, view=colour.view.name)
    clip = Clip("log", film / "still.png", (0, 1), grade, space=clip_space)
    with served(write(film, [clip], settings)) as server, opened(browser, server) as page:
        until(page, "lutnet.renderer.uploads === 1")
        text, width, height = page.evaluate(READ)
        page.keyboard.press("b")
        plain, *_ = page.evaluate(READ)
        thumb = server.ask(f"/thumbs/{server.shots()[0]['id']}/middle").body
    recorded = torch.from_numpy(pixels).float() / 255
    if clip_space is not None:
        recorded = colour.developed_colours(recorded, clip_space).clamp(0, 1)
    for read, applied in ((text, grade), (plain, Grade())):
        wanted = colour.view.show(applied.apply_colours(recorded)).numpy()
        off = np.abs(picture(read, width, height) - wanted)
        assert float(np.quantile(off, 0.99)) <= 2 * P99
    with Image.open(io.BytesIO(thumb)) as image:
        shown = np.asarray(image.convert("RGB"), np.float32).mean((0, 1)) / 255
    mean = colour.view.show(grade.apply_colours(recorded)).mean((0, 1)).numpy()
    np.testing.assert_allclose(shown, mean, atol=0.03)
