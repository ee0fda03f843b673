"""Image sequences: the images that are used, through gaps, and clear errors."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from PIL import Image

from lutnet.errors import MediaError
from lutnet.frames import probe, read_frames, read_shot
from lutnet.job.identity import media_identity
from lutnet.shot import FrameRange, Shot
from lutnet.timeline.read import timeline_of
from tests.frames.footage import number_in, numbered
from tests.timeline import build

FIRST, LAST = 1001, 1040


@pytest.fixture
def plate(tmp_path: Path) -> Path:
    for number in range(FIRST, LAST + 1):
        Image.fromarray(numbered(number)).save(tmp_path / f"plate.{number}.png")
    return tmp_path / f"plate.[{FIRST}-{LAST}].png"


def shot_of(plate: Path, first: int, length: int) -> Shot:
    source = FrameRange(Fraction(first), Fraction(length), Fraction(24))
    return Shot("1", "plate", 1, "", source, source, str(plate), media_start=Fraction(FIRST))


def test_images_of_the_used_range_are_read(plate: Path) -> None:
    frames = read_shot(shot_of(plate, 1011, 12))
    numbers = [number_in(pixels.numpy()) for pixels in frames.pixels]
    assert numbers == [FIRST + index for index in frames.indices]
    assert all(1011 <= number < 1023 for number in numbers)
    assert len(set(numbers)) == 3


def test_a_probe_counts_the_images(plate: Path) -> None:
    info = probe(plate)
    assert (info.kind, info.frame_count, info.rate) == ("sequence", LAST - FIRST + 1, None)


def test_missing_images_are_passed_over(plate: Path) -> None:
    for number in range(1005, 1035):
        (plate.parent / f"plate.{number}.png").unlink()
    numbers = {number_in(pixels.numpy()) for pixels in read_frames(plate).pixels}
    assert numbers <= {*range(FIRST, 1005), *range(1035, LAST + 1)}
    with pytest.raises(MediaError, match=r"no image of the used range is there.*plate\.1010\.png"):
        read_shot(shot_of(plate, 1010, 10))


def test_missing_images_are_told_with_the_first_of_them(plate: Path) -> None:
    for number in (1003, *range(1020, 1025)):
        (plate.parent / f"plate.{number}.png").unlink()
    (plate.parent / "plate.1020.png").mkdir()  # a folder is no image
    (plate.parent / "plate.01021.png").touch()  # nor is one of another number of digits
    told = {first: read_shot(shot_of(plate, first, 20)).warnings for first in (1001, 1005, 1021)}
    assert told == {
        1001: ("2 of the 20 images that it uses are missing, the first is plate.1003.png",),
        1005: ("5 of the 20 images that it uses are missing, the first is plate.1020.png",),
        1021: ("4 of the 20 images that it uses are missing, the first is plate.1021.png",),
    }
    assert read_shot(shot_of(plate, 1025, 10)).warnings == ()


def test_a_name_that_claims_billions_of_images_costs_one_listing(plate: Path) -> None:
    claimed = plate.parent / "plate.[1001-99999999999].png"
    assert probe(claimed).frame_count == 99_999_998_999
    assert len(media_identity(str(claimed))) == 1 + LAST - FIRST + 1
    frames = read_shot(shot_of(claimed, 1001, 10**10), count=1)
    assert number_in(frames.pixels[0].numpy()) in range(FIRST, LAST + 1)
    assert frames.warnings == (
        "9999999960 of the 10000000000 images that it uses are missing, the first is plate.1041.png",
    )


def test_images_of_several_sizes_are_refused(plate: Path) -> None:
    Image.new("RGB", (30, 20)).save(plate.parent / f"plate.{LAST}.png")
    with pytest.raises(MediaError, match=r"differ in size.*1040"):
        read_shot(shot_of(plate, LAST - 2, 3))


def test_a_sequence_that_is_not_there_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="no image of the sequence"):
        read_frames(tmp_path / "none.[1-9999999999].png")


def test_a_file_with_brackets_in_its_name_is_a_file(tmp_path: Path) -> None:
    Image.fromarray(numbered(7)).save(tmp_path / "still [1-2].png")
    assert number_in(read_frames(tmp_path / "still [1-2].png").pixels[0].numpy()) == 7


@pytest.mark.parametrize("start", [FIRST, 86_400, 0])
def test_a_timeline_finds_its_image_sequence(plate: Path, start: int) -> None:
    media = otio.schema.ImageSequenceReference(
        target_url_base=plate.parent.as_uri(),
        name_prefix="plate.",
        name_suffix=".png",
        start_frame=FIRST,
        rate=24,
        frame_zero_padding=4,
        available_range=build.span(start, LAST - FIRST + 1, 24),
    )
    clip = build.clip(source=build.span(start + 10, 5, 24))
    clip.media_reference = media
    (shot,) = timeline_of(build.timeline(build.track(clip)), plate.parent / "cut.otio").shots
    assert (shot.media, shot.skipped) == (str(plate), None)
    numbers = {number_in(pixels.numpy()) for pixels in read_shot(shot, count=9).pixels}
    assert numbers == set(range(1011, 1016))
