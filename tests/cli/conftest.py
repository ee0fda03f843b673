"""A small timeline of real encoded clips, made once per test run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lutnet.demo.footage import write_media, write_reference, write_timeline
from lutnet.demo.scenes import SHOTS


@pytest.fixture(scope="session")
def small_footage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``timeline.otio`` and ``reference.png``; two clips are encoded, the others are copies."""
    folder = tmp_path_factory.mktemp("footage")
    (folder / "media").mkdir()
    media = {shot.name: folder / "media" / f"{number}.mp4" for number, shot in enumerate(SHOTS)}
    encoded = list(media.values())[:2]
    for shot, path in zip(SHOTS, encoded, strict=False):
        write_media(shot, path)
    for number, path in enumerate(list(media.values())[2:]):
        shutil.copy(encoded[number % 2], path)
    write_reference(folder / "reference.png")
    write_timeline(folder, media)
    return folder


@pytest.fixture
def footage(small_footage: Path, tmp_path: Path) -> Path:
    """A copy of the small timeline that a test may spoil."""
    return shutil.copytree(small_footage, tmp_path / "film")
