"""Stills of every mode that Pillow reads; and clear errors for what is none."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from lutnet.errors import MediaError
from lutnet.frames import is_readable, probe, read_frames

COLOUR = (200, 100, 50)


def save(path: Path, mode: str = "RGB", colour: object = COLOUR, size: tuple[int, int] = (40, 30)) -> Path:
    Image.new(mode, size, colour).save(path)  # type: ignore[arg-type]
    return path


@pytest.mark.parametrize("suffix", [".png", ".tif", ".bmp", ".webp", ".jpg", ".PNG"])
def test_a_flat_still_keeps_its_colour(tmp_path: Path, suffix: str) -> None:
    frames = read_frames(save(tmp_path / f"still{suffix}"))
    assert frames.pixels.shape == (1, 3, 30, 40)
    assert frames.indices == (0,)
    expected = np.asarray(COLOUR).reshape(3, 1, 1) / 255
    assert np.abs(frames.pixels[0].numpy() - expected).max() < 0.02


@pytest.mark.parametrize(
    ("mode", "colour"), [("L", 128), ("P", 3), ("1", 1), ("CMYK", (0, 0, 0, 99)), ("LA", (9, 255))]
)
def test_other_modes_become_colour(tmp_path: Path, mode: str, colour: object) -> None:
    frames = read_frames(
        save(tmp_path / "still.tif" if mode in ("CMYK", "LA") else tmp_path / "still.png", mode, colour)
    )
    assert frames.pixels.shape == (1, 3, 30, 40)
    assert 0 <= frames.pixels.min() <= frames.pixels.max() <= 1


def test_sixteen_bit_grey_keeps_its_depth(tmp_path: Path) -> None:
    path = save(tmp_path / "grey.png", "I;16", 25_700 + 13)
    assert read_frames(path).pixels[0, 0, 0, 0].item() == pytest.approx((25_700 + 13) / 65535, abs=1e-6)


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_sixteen_bit_colour_is_read_to_within_a_code_value(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"deep{suffix}"
    values = np.random.default_rng(0).integers(0, 65536, (20, 30, 3), dtype=np.uint16)
    cv2.imwrite(str(path), values[..., ::-1])
    read = read_frames(path).pixels[0].permute(1, 2, 0).numpy()
    assert np.abs(read - values / 65535).max() <= 1 / 255


def test_alpha_is_ignored_with_a_warning(tmp_path: Path) -> None:
    path = save(tmp_path / "alpha.png", "RGBA", (*COLOUR, 0))
    frames = read_frames(path)
    assert frames.warnings == ("the alpha channel is ignored",)
    assert np.abs(frames.pixels[0].numpy() - np.asarray(COLOUR).reshape(3, 1, 1) / 255).max() < 1e-6


def test_orientation_is_honoured(tmp_path: Path) -> None:
    image = Image.new("RGB", (40, 20), COLOUR)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees
    image.save(tmp_path / "turned.jpg", exif=exif)
    assert read_frames(tmp_path / "turned.jpg").pixels.shape == (1, 3, 40, 20)


def test_large_stills_are_averaged_down(tmp_path: Path) -> None:
    values = np.random.default_rng(0).integers(0, 256, (512, 1024, 3), dtype=np.uint8)
    Image.fromarray(values).save(tmp_path / "large.png")
    pixels = read_frames(tmp_path / "large.png", height=256).pixels
    blocks = values.reshape(256, 2, 512, 2, 3).mean(axis=(1, 3)) / 255
    assert np.abs(pixels[0].permute(1, 2, 0).numpy() - blocks).max() < 1e-5


def test_a_long_strip_is_bounded(tmp_path: Path) -> None:
    assert read_frames(save(tmp_path / "strip.png", size=(20_000, 100))).pixels.shape == (1, 3, 5, 1024)


def test_one_pixel_is_enough(tmp_path: Path) -> None:
    assert read_frames(save(tmp_path / "dot.png", size=(1, 1))).pixels.shape == (1, 3, 1, 1)


def test_a_probe_reads_the_header(tmp_path: Path) -> None:
    info = probe(save(tmp_path / "still.png"))
    assert (info.kind, info.width, info.height, info.rate, info.frame_count) == ("still", 40, 30, None, 1)


def test_numbers_that_are_none_are_refused(tmp_path: Path) -> None:
    values = np.full((8, 8), np.nan, np.float32)
    Image.fromarray(values).save(tmp_path / "nan.tif")
    with pytest.raises(MediaError, match="not numbers"):
        read_frames(tmp_path / "nan.tif")


@pytest.mark.parametrize("content", [b"", b"not an image", b"\x89PNG\r\n\x1a\n" + b"\0" * 40])
def test_what_is_no_image_is_one_clear_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.png"
    path.write_bytes(content)
    with pytest.raises(MediaError, match=r"bad\.png"):
        read_frames(path)
    assert not is_readable(path)


def test_a_truncated_image_is_one_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "cut.png"
    noise = np.random.default_rng(0).integers(0, 256, (200, 200, 3), dtype=np.uint8)
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(MediaError, match=r"cut\.png"):
        read_frames(path)


def test_a_missing_image_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="not found"):
        read_frames(tmp_path / "none.png")
