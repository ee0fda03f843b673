"""Photographs that several tests of the teaching share, and stills made of them."""

from __future__ import annotations

import pytest
from skimage import data

from lutnet.training.alone_material import AT_ONCE
from lutnet.training.photos import PhotoSet
from lutnet.training.still_material import Stills, make_up
from tests.training.made_up import DARK_POOL
from tests.training.photographs import photo_set

PHOTOS = (data.astronaut, data.coffee, data.chelsea, data.rocket)


@pytest.fixture(scope="module")
def photos() -> PhotoSet:
    return photo_set(PHOTOS, step=2)


@pytest.fixture(scope="module")
def some_stills(photos: PhotoSet) -> Stills:
    return make_up(photos, DARK_POOL, 6 * AT_ONCE, seed=3)
