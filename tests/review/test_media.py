"""Media that browsers do not play get proxies of the same frames and colours; the cache stays bounded."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import OpenImageIO as oiio
import pytest
import torch
from PIL import Image

from lutnet.colourspace import ColourSettings, colour_management
from lutnet.export.run import RunSettings
from lutnet.grade import CDL, Grade
from lutnet.review.cache import Cache
from lutnet.review.desk import Desk
from lutnet.review.pictures import Place, read_picture
from tests.frames.footage import number_in, write_numbered
from tests.review.packages import RATE, Clip, encode, write

SIZE = (320, 180)
COUNT = 12
USED = (3, 9)
GRADE = Grade(CDL((1.1, 1.0, 0.9)))
CLOSE = 3.0


def colour_of(number: int) -> np.ndarray[Any, Any]:
    """Every frame has a colour of its own, 8 bit."""
    return np.array([30 + 15 * number, 200 - 12 * number, 90], np.uint8)


def frames() -> Iterator[np.ndarray[Any, Any]]:
    for number in range(COUNT):
        yield np.broadcast_to(colour_of(number), (SIZE[1], SIZE[0], 3)).copy()


def images(folder: Path, suffix: str, values: list[np.ndarray[Any, Any]], kind: str, bits: int = 0) -> Path:
    for number, value in enumerate(values):
        spec = oiio.ImageSpec(SIZE[0], SIZE[1], 3, kind)
        if bits:
            spec.attribute("oiio:BitsPerSample", bits)
        file = oiio.ImageOutput.create(str(folder / f"plate.{1001 + number}{suffix}"))
        assert file is not None
        file.open(str(folder / f"plate.{1001 + number}{suffix}"), spec)
        file.write_image(np.broadcast_to(value.astype(np.float32), (SIZE[1], SIZE[0], 3)).copy())
        file.close()
    return folder / f"plate.[1001-{1000 + len(values)}]{suffix}"


def decoded(path: Path) -> list[np.ndarray[Any, Any]]:
    """The middle colour of every frame of a proxy, as FFmpeg decodes it, 0..255."""
    with av.open(str(path)) as container:
        return [
            frame.to_ndarray(format="rgb24")[80:100, 150:170].mean((0, 1))
            for frame in container.decode(video=0)
        ]


def desk_of(folder: Path, media: Path, **options: Any) -> Desk:
    settings = options.pop("settings", None)
    return Desk(write(folder, [Clip("clip", media, USED, GRADE, **options)], settings))


@pytest.mark.parametrize(
    ("name", "codec", "pixel_format", "options"),
    [
        ("prores.mov", "prores_ks", "yuv422p10le", {"profile": "3"}),
        ("prores4444.mov", "prores_ks", "yuv444p10le", {"profile": "4"}),
        ("dnxhr.mov", "dnxhd", "yuv422p", {"profile": "dnxhr_hq"}),
        ("dnxhr10.mxf", "dnxhd", "yuv422p10le", {"profile": "dnxhr_hqx"}),
        ("h264_10.mp4", "libx264", "yuv420p10le", {"crf": "8"}),
        ("h264_422.mp4", "libx264", "yuv422p", {"crf": "8"}),
    ],
)
def test_films_of_the_cutting_room(
    tmp_path: Path, name: str, codec: str, pixel_format: str, options: dict[str, str]
) -> None:
    media = encode(tmp_path / name, frames(), codec, pixel_format, **options)
    desk = desk_of(tmp_path, media)
    (shot_id,) = desk.state.entries()
    described = desk.details(shot_id)["media"]
    assert described["kind"] == "video" and described["direct"] is False
    found = decoded(desk.media.proxy(desk.shot(shot_id)))
    wanted = [colour_of(number) for number in range(*USED)]
    np.testing.assert_allclose(found, wanted, atol=CLOSE)
    desk.close()


def test_a_proxy_sets_out_from_a_key_frame_that_needs_no_other(tmp_path: Path) -> None:
    """Containers mark frames as keys that only refresh what came before: decoded from there, pictures are broken."""
    media = tmp_path / "refresh.mp4"
    options = {"x264-params": "intra-refresh=1:keyint=20"}
    write_numbered(media, 60, rate=Fraction(RATE), options=options)
    used = (47, 53)
    desk = Desk(write(tmp_path, [Clip("clip", media, used, GRADE)]))
    (shot_id,) = desk.state.entries()
    with av.open(str(desk.media.proxy(desk.shot(shot_id)))) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    planes = [np.asarray(pixels.transpose(2, 0, 1), np.float32) / np.float32(255) for pixels in frames]
    found = [number_in(each) for each in planes]
    assert found == list(range(*used))
    desk.close()


@pytest.mark.parametrize(
    ("suffix", "kind", "bits"), [(".png", "uint8", 0), (".dpx", "uint16", 10), (".tif", "uint16", 0)]
)
def test_image_sequences(tmp_path: Path, suffix: str, kind: str, bits: int) -> None:
    media = images(tmp_path, suffix, [colour_of(number) / 255 for number in range(COUNT)], kind, bits)
    desk = desk_of(tmp_path, media)
    (shot_id,) = desk.state.entries()
    shot = desk.shot(shot_id)
    found = decoded(desk.media.proxy(shot))
    np.testing.assert_allclose(found, [colour_of(number) for number in range(*USED)], atol=CLOSE)
    still = read_picture(desk.pictures.still(shot, Place.FIRST))
    np.testing.assert_allclose(still[90, 160], colour_of(USED[0]), atol=1)
    desk.close()


def test_scene_linear_exrs_come_into_the_grading_space_before_eight_bits(tmp_path: Path) -> None:
    """Light from a thousandth to eight times white: eight bits of linear light would lose both ends."""
    light = [np.full(3, 0.001 * 2.2**number) for number in range(COUNT)]
    media = images(tmp_path, ".exr", light, "half")
    colour = colour_management(ColourSettings(space="ACEScct"))
    settings = RunSettings("0.1.0", space=colour.space.name, view=colour.view.name)
    desk = desk_of(tmp_path, media, space="ACEScg", settings=settings)
    (shot_id,) = desk.state.entries()
    wanted = colour.developed_colours(
        torch.tensor(np.array(light[slice(*USED)]), dtype=torch.float32), "ACEScg"
    )
    found = decoded(desk.media.proxy(desk.shot(shot_id)))
    np.testing.assert_allclose(found, 255 * wanted.clamp(0, 1).numpy(), atol=CLOSE)
    assert desk.details(shot_id)["into"] is None  # the shader must not do it once more
    shown = colour.view.show(GRADE.apply_colours(wanted[len(wanted) // 2 - 1]))
    with Image.open(io.BytesIO(desk.thumb(shot_id, Place.MIDDLE))) as image:
        with_grade = np.asarray(image.convert("RGB"), np.float32).mean((0, 1))
    np.testing.assert_allclose(with_grade, 255 * shown.clamp(0, 1).numpy(), atol=6)
    desk.close()


def test_a_proxy_is_another_one_for_another_space(tmp_path: Path) -> None:
    media = images(tmp_path, ".png", [colour_of(number) / 255 for number in range(COUNT)], "uint8")
    names = set()
    for number, space in enumerate([None, "ACEScct"]):
        folder = tmp_path / str(number)
        folder.mkdir()
        for image in tmp_path.glob("plate.*"):
            (folder / image.name).symlink_to(image)
        desk = desk_of(folder, folder / media.name, space=space)
        (shot_id,) = desk.state.entries()
        names.add(desk.media.proxy(desk.shot(shot_id)).name)
        desk.close()
    assert len(names) == 2


def filled(size: int) -> Callable[[Path], None]:
    def write_file(path: Path) -> None:
        path.write_bytes(bytes(size))

    return write_file


def test_the_cache_stays_below_its_bound_and_keeps_what_is_used(tmp_path: Path) -> None:
    cache = Cache(tmp_path, limit_bytes=10_000)

    def put(name: str, age: float) -> Path:
        path = cache.file(name, filled(3_000))
        os.utime(path, (1_000_000 - age, 1_000_000 - age))
        return path

    old, middle, new = put("old", 30), put("middle", 20), put("new", 10)
    cache.file("old", lambda path: pytest.fail("it is there already"))  # used again: now the newest
    put("another", 5)
    assert old.is_file() and not middle.exists() and new.is_file()
    held = sum(path.stat().st_size for path in cache.folder.iterdir())
    assert held <= 10_000
    huge = cache.file("huge", filled(50_000))
    assert [path.name for path in cache.folder.iterdir()] == ["huge"] and huge.stat().st_size == 50_000


def test_two_who_ask_for_one_file_make_it_once(tmp_path: Path) -> None:
    cache, made, start = Cache(tmp_path), [], threading.Barrier(4)

    def make(path: Path) -> None:
        made.append(path)
        path.write_bytes(b"x")

    def ask() -> None:
        start.wait()
        cache.file("one", make)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
