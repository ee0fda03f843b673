"""Photographs that several tests of the teaching share."""

from __future__ import annotations

import pytest
from skimage import data

from lutnet.training.photos import PhotoSet
from tests.training.photographs import photo_set

PHOTOS = (data.astronaut, data.coffee, data.chelsea, data.rocket)


@pytest.fixture(scope="module")
def photos() -> PhotoSet:
    return photo_set(PHOTOS, step=2)
