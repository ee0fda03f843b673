"""Film and effects stills: full depth, the display window, what they say of their colour, one error for bad ones."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import OpenImageIO as oiio
import PyOpenColorIO as ocio
import pytest

from lutnet.cli.main import EXIT_BAD_INPUT, EXIT_SKIPPED, main
from lutnet.colourspace import ColourSettings, colour_management
from lutnet.errors import InputError, MediaError
from lutnet.frames import probe, read_frames, read_shot
from lutnet.pipeline import diagnose
from lutnet.shot import LOGARITHMIC, REC709, SCENE_LINEAR, FrameRange, Shot
from tests.colourspace.recorded import CONFIG, scene, write_timeline

Values = npt.NDArray[np.float32]


def ramp(channels: int = 3, height: int = 48, width: int = 64) -> Values:
    """Values between two 8-bit codes: what eight bits would lose."""
    values = np.linspace(0.5, 0.504, width, dtype=np.float32)
    return np.repeat(np.repeat(values[None, :, None], height, 0), channels, 2)


def write(path: Path, values: Values, depth: str, window: tuple[int, ...] = (), **facts: Any) -> Path:
    """window: x, y of the data and width, height of the display. facts: attributes, ``__`` for a colon."""
    height, width, channels = values.shape
    spec = oiio.ImageSpec(width, height, channels, depth)
    if window:
        spec.x, spec.y, spec.full_width, spec.full_height = window
    if channels == 4:
        spec.channelnames, spec.alpha_channel = ("R", "G", "B", "A"), 3
        spec.attribute("oiio:UnassociatedAlpha", 1)
    for name, value in facts.items():
        if isinstance(value, tuple):
            spec.attribute(name, oiio.TypeDesc(f"float[{len(value)}]"), value)
        else:
            spec.attribute(name.replace("__", ":"), value)
    image: Any = oiio.ImageOutput.create(str(path))
    assert image.open(str(path), spec) and image.write_image(values) and image.close(), oiio.geterror()
    return path


def pixels(path: Path, height: int = 48) -> Values:
    array: Values = read_frames(path, height=height).pixels[0].movedim(0, -1).numpy()
    return array


@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.dpx"])
@pytest.mark.parametrize("channels", [3, 4])
def test_sixteen_bits_are_kept(tmp_path: Path, name: str, channels: int) -> None:
    values = ramp(channels)
    if channels == 4:
        values[..., 3] = 0.25  # which must not darken the colours
    path = write(tmp_path / name, values, "uint16")
    assert np.abs(pixels(path) - values[..., :3]).max() < 2 / 65535
    frames = read_frames(path)
    assert frames.space == REC709
    assert ("the alpha channel is ignored" in frames.warnings) == (channels == 4)


@pytest.mark.parametrize("bits", [10, 12])
def test_ten_bit_dpx_is_read_to_its_step(tmp_path: Path, bits: int) -> None:
    values = scene()
    path = write(tmp_path / "scan.dpx", values, "uint16", oiio__BitsPerSample=bits)
    assert np.abs(pixels(path, 120) - values).max() <= 1.0 / (
        2**bits - 1
    )  # the writer cuts off, it does not round


def test_eight_bits_stay_with_the_plain_reader(tmp_path: Path) -> None:
    path = write(tmp_path / "a.png", ramp(), "uint8")
    assert probe(path).tags["format"] == "PNG"


def test_scene_linear_values_are_kept_beyond_white(tmp_path: Path) -> None:
    values = 8 * ramp()
    frames = read_frames(write(tmp_path / "a.exr", values, "float"))
    assert np.abs(frames.pixels[0].movedim(0, -1).numpy() - values).max() < 1e-5
    assert frames.space == SCENE_LINEAR


@pytest.mark.parametrize(
    ("facts", "space"),
    [
        ({"chromaticities": (0.7347, 0.2653, 0.0, 1.0, 0.0001, -0.077, 0.32168, 0.33767)}, "ACES2065-1"),
        ({"colorInteropID": "lin_ap1_scene"}, "lin_ap1_scene"),
        ({"chromaticities": (0.713, 0.293, 0.165, 0.83, 0.128, 0.044, 0.32168, 0.33767)}, "ACEScg"),
        ({"chromaticities": (0.5, 0.3, 0.2, 0.8, 0.1, 0.1, 0.3, 0.3)}, SCENE_LINEAR),
    ],
)
def test_an_exr_that_says_what_it_is_in_is_believed(
    tmp_path: Path, facts: dict[str, Any], space: str
) -> None:
    assert read_frames(write(tmp_path / "a.exr", ramp(), "half", **facts)).space == space


@pytest.mark.parametrize(
    ("transfer", "space"), [("Logarithmic", LOGARITHMIC), ("Linear", SCENE_LINEAR), ("ITU-R 709-4", REC709)]
)
def test_a_dpx_says_how_it_is_encoded(tmp_path: Path, transfer: str, space: str) -> None:
    path = write(tmp_path / "a.dpx", ramp(), "uint16", dpx__Transfer=transfer)
    assert read_frames(path).space == space


def test_the_display_window_is_what_counts(tmp_path: Path) -> None:
    values = np.full((20, 30, 3), 0.5, np.float32)
    inside = pixels(write(tmp_path / "small.exr", values, "float", (10, 8, 64, 48)))
    assert inside.shape == (48, 64, 3)
    assert inside[8:28, 10:40].min() == 0.5 and inside.sum() == pytest.approx(values.sum())
    assert pixels(write(tmp_path / "overscan.exr", values, "float", (-5, -5, 20, 10))).shape == (10, 20, 3)


def test_anamorphic_pixels_are_made_square(tmp_path: Path) -> None:
    path = write(tmp_path / "a.exr", ramp(), "half", PixelAspectRatio=2.0)
    assert pixels(path).shape == (48, 128, 3)


@pytest.mark.parametrize(("orientation", "corner"), [(1, (0, 0)), (3, (-1, -1)), (6, (0, -1)), (8, (-1, 0))])
def test_pictures_are_turned_upright(tmp_path: Path, orientation: int, corner: tuple[int, int]) -> None:
    values = np.full((40, 60, 3), 0.2, np.float32)
    values[:10, :10] = 0.9
    upright = pixels(write(tmp_path / "a.tif", values, "uint16", Orientation=orientation), 40)
    assert upright.shape[:2] == ((40, 60) if orientation < 5 else (60, 40))
    assert upright[corner].min() > 0.85


def test_values_that_are_no_numbers_are_told(tmp_path: Path) -> None:
    values = ramp()
    values[3, 3], values[5, 5] = np.nan, np.inf
    frames = read_frames(write(tmp_path / "a.exr", values, "half"))
    assert bool(frames.pixels.isfinite().all())
    assert any("no numbers" in warning for warning in frames.warnings)


def test_an_exr_sequence_is_read_from_its_used_range(tmp_path: Path) -> None:
    for number in range(1001, 1021):
        write(tmp_path / f"plate.{number}.exr", np.full((32, 32, 3), number - 1000, np.float32), "half")
    media = str(tmp_path / "plate.[1001-1020].exr")
    used = FrameRange(Fraction(1006), Fraction(6), Fraction(24))
    frames = read_shot(Shot("1", "plate", 1, "", used, used, media, Fraction(1001), space="ACEScg"))
    assert frames.space == "ACEScg"
    assert {round(float(each.mean())) for each in frames.pixels} <= set(range(6, 12))
    info = probe(Path(media))
    assert (info.kind, info.frame_count) == ("sequence", 20)


def test_scene_linear_clips_come_into_a_log_grading_space_as_opencolorio_brings_them(tmp_path: Path) -> None:
    values = 3 * scene()
    path = write(tmp_path / "a.exr", values, "float")
    colour = colour_management(ColourSettings("ACEScct", clip_spaces=(("*.exr", "ACEScg"),)))
    span = FrameRange(Fraction(0), Fraction(1), Fraction(24))
    (shot,) = colour.declared((Shot("1", "a", 1, "", span, span, str(path)),), {})
    ours = colour.developed(read_shot(shot)).pixels[0].movedim(0, -1).numpy()
    theirs = values.copy()
    processor = ocio.Config.CreateFromBuiltinConfig(CONFIG).getProcessor("ACEScg", "ACEScct")
    processor.getDefaultCPUProcessor().applyRGB(theirs)
    assert np.abs(ours - theirs).max() < 1e-4


def test_real_exrs_are_read_or_refused_in_one_sentence(shared: Path) -> None:
    readable, refused = 0, 0
    for path in sorted((shared / "pairs" / "hdr_openexr").glob("*.exr")):
        try:
            frames = read_frames(path)
        except MediaError as error:
            assert path.name in str(error)
            refused += 1
        else:
            assert frames.space in (SCENE_LINEAR, "ACES2065-1") and float(frames.pixels.max()) > 0.5
            readable += 1
    assert (readable, refused) == (4, 3)  # three are coded as luminance and chroma


@pytest.mark.parametrize("name", ["a.exr", "a.dpx", "a.tif"])
@pytest.mark.parametrize("kept", [0, 40, 0.5])
def test_a_truncated_file_is_one_clear_error(tmp_path: Path, name: str, kept: float) -> None:
    noise = np.random.default_rng(0).random((64, 64, 3)).astype(np.float32)
    path = write(tmp_path / name, noise, "half" if name == "a.exr" else "uint16")
    content = path.read_bytes()
    path.write_bytes(content[: int(kept if kept > 1 else kept * len(content))])
    with pytest.raises(MediaError, match=name):
        read_frames(path)


def test_a_corrupt_header_is_one_clear_error(tmp_path: Path) -> None:
    for name in ("a.exr", "a.dpx", "a.cin", "a.hdr"):
        (tmp_path / name).write_bytes(b"garbage" * 600)
        with pytest.raises(MediaError, match=name):
            read_frames(tmp_path / name)


def test_flipped_bytes_never_raise_anything_else(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    for name in ("a.exr", "a.dpx"):
        whole = write(tmp_path / name, random.random((32, 32, 3)).astype(np.float32), "half").read_bytes()
        for _ in range(20):
            content = bytearray(whole)
            for place in random.integers(0, len(whole), 12):
                content[place] = random.integers(256)
            (tmp_path / name).write_bytes(content)
            try:
                assert len(read_frames(tmp_path / name, height=32)) == 1
            except MediaError as error:
                assert name in str(error)


def test_an_exr_without_a_space_is_skipped_and_the_way_out_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "a.exr", scene(), "half")
    timeline = write_timeline(tmp_path / "cut.otio", {"a": tmp_path / "a.exr"})
    assert main(["grade", str(timeline)]) == EXIT_SKIPPED
    assert "--clip-space '*.exr=" in capsys.readouterr().out
    assert main(["diagnose", str(tmp_path / "a.exr")]) == EXIT_BAD_INPUT
    assert "--clip-space '*.exr=" in capsys.readouterr().err
    assert main(["diagnose", str(tmp_path / "a.exr"), "--clip-space", "*.exr=ACEScg"]) == 0
    with pytest.raises(InputError, match="scene-linear"):
        diagnose(read_frames(tmp_path / "a.exr"))
