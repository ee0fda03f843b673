"""A small film for the review's tests, and a browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skimage.data

from lutnet.grade import CDL, Grade
from tests.review.packages import MARKUP, Clip, bent_lut, encode, moving, write
from tests.review.paging import opened
from tests.review.serving import Served, served

FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with three graded clips, one of them with markup for a name, and their package."""
    folder = tmp_path_factory.mktemp("film")
    (folder / "media").mkdir()
    coffee = np.ascontiguousarray(skimage.data.coffee()[:, :, :3])
    media = encode(folder / "media" / "coffee.mp4", moving(coffee, 480, 270), crf="12", preset="veryfast")
    first = Grade(CDL((1.2, 1.0, 0.9), (0.02, 0.0, -0.01), (0.9, 1.0, 1.1), 1.1), bent_lut())
    second = Grade(CDL((0.9, 1.0, 1.2), saturation=0.8))
    clips = [
        Clip("coffee one", media, (2, 20), first, scene=1),
        Clip(MARKUP, media, (4, 22), second, confidence=0.5, scene=2),
        Clip("coffee two", media, (0, 12), Grade(CDL(offset=(0.05, 0.05, 0.05))), level=0.0, scene=1),
    ]
    write(folder, clips)
    return folder


@pytest.fixture
def package(film: Path, tmp_path: Path) -> Path:
    """A package of the film that a test may change."""
    copy = shutil.copytree(film, tmp_path / "film")
    return copy / "film.lutnet"


@pytest.fixture
def server(package: Path) -> Iterator[Served]:
    with served(package) as running:
        yield running


def missing(what: str, command: str) -> None:
    """Skip for want of ``what``; where everything has to be there (CI=true), fail."""
    told = f"{what} is not installed: {command}"
    if os.environ.get("CI") == "true":
        pytest.fail(told)
    pytest.skip(told)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium without a screen, drawing with SwiftShader."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        missing("Chromium", "apt-get install -y chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Any, server: Served) -> Iterator[Any]:
    """The review page of a package that a test may change, ready."""
    with opened(browser, server) as ready:
        yield ready
