"""``lutnet shots`` in terminals of any width."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rich.console import Console

from lutnet.cli import shots
from lutnet.cli.main import main
from lutnet.demo.scenes import SHOTS

TIMECODE = re.compile(r"\d\d:\d\d:\d\d[:;]\d\d")


@pytest.mark.parametrize("columns", [80, 100, 200])
def test_no_timecode_is_broken(
    footage: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], columns: int
) -> None:
    monkeypatch.setattr(shots, "output", lambda: Console(width=columns, highlight=False, markup=False))
    assert main(["shots", str(footage / "timeline.otio")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= columns
    assert sum(len(TIMECODE.findall(line)) for line in lines) == 4 * len(SHOTS)
