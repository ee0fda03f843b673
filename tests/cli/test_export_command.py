"""``lutnet grade --carrier`` and ``lutnet export`` as a user runs them."""

from __future__ import annotations

from pathlib import Path

import pytest

from lutnet.cli.main import EXIT_BAD_INPUT, main
from lutnet.demo.scenes import SHOTS


def test_grade_writes_and_proves_the_carriers_it_is_asked_for(footage: Path) -> None:
    options = ["--ref", str(footage / "reference.png"), "--carrier", "clf", "--carrier", "ale", "--verify"]
    assert main(["grade", str(footage / "timeline.otio"), *options, "--quiet"]) == 0
    carriers = footage / "timeline.lutnet" / "carriers"
    assert len(list((carriers / "clf").glob("*.clf"))) == len(SHOTS)
    assert (carriers / "ale" / "timeline.ale").is_file()


def test_a_hero_that_is_no_clip_is_refused_before_anything_is_made(
    footage: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["grade", str(footage / "timeline.otio"), "--hero", "Nobody"]) == EXIT_BAD_INPUT
    assert f"'Nobody' (allowed: {SHOTS[0].name}" in capsys.readouterr().err
    assert not (footage / "timeline.lutnet").exists()


def test_an_unknown_carrier_is_one_message_and_nothing_is_written(
    footage: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["grade", str(footage / "timeline.otio"), "--carrier", "drx"]) == EXIT_BAD_INPUT
    assert "carrier is not known: 'drx'" in capsys.readouterr().err
    assert not (footage / "timeline.lutnet").exists()


@pytest.mark.parametrize("options", [[], ["--carrier", "clf"]])
def test_export_of_what_is_no_package_is_refused(
    options: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", str(tmp_path / "nowhere"), *options]) == EXIT_BAD_INPUT
    assert "Is this a lutnet package?" in capsys.readouterr().err
    assert main(["export", str(tmp_path), *options]) == EXIT_BAD_INPUT
    assert "Is this a lutnet package?" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
