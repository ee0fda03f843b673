"""Fixtures that all tests share."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from benchmarks.small_footage import make_small_footage

# Test workers run side by side: threads inside torch would only get in each other's way. Set before torch loads.
os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real material that LUTNET_SHARED names; unset skips, set but missing fails."""
    name = os.environ.get("LUTNET_SHARED")
    if not name:
        pytest.skip("LUTNET_SHARED is not set: real photographs, footage and timelines are not at hand")
    folder = Path(name)
    if not (folder / "footage").is_dir():
        pytest.fail(f"LUTNET_SHARED names {name}, which holds no footage folder")
    return folder


@pytest.fixture(scope="session")
def small_footage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``timeline.otio`` and ``reference.png``; two clips are encoded, the others are copies."""
    folder = tmp_path_factory.mktemp("footage")
    make_small_footage(folder)
    return folder


@pytest.fixture
def footage(small_footage: Path, tmp_path: Path) -> Path:
    """A copy of the small timeline that a test may spoil."""
    return shutil.copytree(small_footage, tmp_path / "film")
