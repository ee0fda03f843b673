"""Fixtures that all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


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
