"""``lutnet diagnose --scene``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image
from skimage import data

from lutnet.cli.main import EXIT_BAD_INPUT, main


@pytest.fixture
def stills(tmp_path: Path) -> list[str]:
    paths = [tmp_path / "a.png", tmp_path / "b.png"]
    for path, load in zip(paths, (data.coffee, data.chelsea), strict=True):
        Image.fromarray(load()[::2, ::2]).save(path)
    return [str(path) for path in paths]


def test_frames_of_a_scene_get_one_finding_and_a_grade_each(
    stills: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diagnose", "--scene", *stills, "--json"]) == 0
    first, second = json.loads(capsys.readouterr().out)
    assert first["corrections"] == second["corrections"]
    assert [first["file"], second["file"]] == stills


def test_a_scene_takes_no_reference(stills: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diagnose", "--scene", *stills, "--ref", stills[0]]) == EXIT_BAD_INPUT
    assert "--scene" in capsys.readouterr().err
