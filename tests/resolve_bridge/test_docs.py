"""The table of silences in docs/resolve.md names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs" / "resolve.md"


def test_every_row_of_the_table_of_silences_is_a_test() -> None:
    named = set(re.findall(r"`(test_\w+)`", DOCS.read_text(encoding="utf-8")))
    sources = [path.read_text() for path in Path(__file__).parent.glob("test_*.py")]
    there = {name for text in sources for name in re.findall(r"^def (test_\w+)", text, re.MULTILINE)}
    assert len(named) > 20
    assert named <= there, named - there
