"""The progress bar on a terminal, with whatever names clips have."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from lutnet.cli import console


def test_a_name_like_markup_is_shown_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.StringIO()
    monkeypatch.setattr(
        console, "Console", lambda **_: Console(file=shown, force_terminal=True, width=100, stderr=True)
    )
    with console.progress() as report:
        report("writing", 3, None)
        report("[/x] [bold]a", 1, 3)  # the last is drawn for certain
    assert "[/x] [bold]a" in shown.getvalue()
