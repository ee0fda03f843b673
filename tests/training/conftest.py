"""Photographs that several tests of the teaching share."""

from __future__ import annotations

import pytest
import torch
from skimage import data

from lutnet.training.photos import PhotoSet

PHOTOS = (data.astronaut, data.coffee, data.chelsea, data.rocket)


@pytest.fixture(scope="module")
def photos() -> PhotoSet:
    images = tuple(
        torch.from_numpy(load()[::2, ::2, :3].copy()).permute(2, 0, 1).contiguous() for load in PHOTOS
    )
    names = tuple(str(number) for number in range(len(PHOTOS)))
    return PhotoSet(images, names, names)
