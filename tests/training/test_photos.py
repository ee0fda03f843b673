"""Photographs: decoded as they are, and split so that no source is on both sides."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from lutnet.errors import InputError
from lutnet.training.photos import PhotoSet, load_photos, sample_crop, split_by_source


def photo_set(counts: dict[str, int]) -> PhotoSet:
    sources = tuple(source for source, count in counts.items() for _ in range(count))
    images = tuple(torch.zeros(3, 4, 4, dtype=torch.uint8) for _ in sources)
    return PhotoSet(images, tuple(f"{source}{k}" for k, source in enumerate(sources)), sources)


def test_loading_gives_the_pixels_and_the_sources_of_the_table(tmp_path):
    folder = tmp_path / "train"
    folder.mkdir()
    pixels = np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(folder / "one.png")
    Image.fromarray(pixels).save(folder / "two.png")
    (tmp_path / "SOURCES.csv").write_text("file,source\ntrain/one.png,somebody\n")
    photos = load_photos(folder)
    assert photos.names == ("train/one.png", "train/two.png")
    assert photos.sources == ("somebody", "train/two.png")
    np.testing.assert_array_equal(photos.images[0].permute(1, 2, 0).numpy(), pixels)


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(InputError, match="no photographs"):
        load_photos(tmp_path)


def test_a_broken_photograph_is_named(tmp_path):
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    with pytest.raises(InputError, match=r"broken\.jpg"):
        load_photos(tmp_path)


@pytest.mark.parametrize("seed", range(5))
def test_no_source_is_on_both_sides_and_nothing_is_lost(seed):
    photos = photo_set({f"s{k}": 1 + k % 7 for k in range(30)})
    kept, held = split_by_source(photos, 0.2, seed)
    assert not set(kept.sources) & set(held.sources)
    assert sorted(kept.names + held.names) == sorted(photos.names)
    assert 0.1 <= len(held) / len(photos) <= 0.35


def test_the_split_depends_on_the_seed_alone():
    photos = photo_set({f"s{k}": 3 for k in range(20)})
    assert split_by_source(photos, 0.2, 1)[1].names == split_by_source(photos, 0.2, 1)[1].names


def test_a_crop_holds_pixels_of_its_box_unmixed():
    image = torch.arange(100, dtype=torch.uint8).view(1, 10, 10).expand(3, -1, -1)
    crop = sample_crop(image, (0.5, 0.0, 0.5, 1.0), 5)
    assert torch.equal(crop[0, 0], torch.tensor([51, 53, 55, 57, 59], dtype=torch.uint8))
    assert torch.equal(sample_crop(image, (0.5, 0.0, 0.5, 1.0), 5, mirrored=True), crop.flip(-1))
