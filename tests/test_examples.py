"""The examples run, and say what they promise."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"


def run(name: str, *arguments: str) -> str:
    command = [sys.executable, str(EXAMPLES / name), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_diagnose_photo_names_every_correction() -> None:
    printed = run("diagnose_photo.py")
    assert "exposure" in printed and "saturation" in printed and "CDL(" in printed


def test_match_still_brings_the_picture_nearer(tmp_path: Path) -> None:
    printed = run("match_still.py", str(tmp_path))
    before, after = (float(word) for word in printed.replace(",", "").split() if word[0].isdigit())
    assert after < 0.5 * before
    assert (tmp_path / "match.cc").exists()


def test_grade_timeline_lists_every_clip(footage: Path) -> None:
    printed = run("grade_timeline.py", str(footage / "timeline.otio"), str(footage / "reference.png"))
    assert printed.count("slope") == 11
    assert "written to" in printed
