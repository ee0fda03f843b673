"""The clips of ``LUTNET_SHARED/footage`` that benchmarks are made of, and their two halves."""

from __future__ import annotations

from pathlib import Path

LEFT_OUT = ("battle", "0003", "hdr10", "SOURCES")
"""Films with cuts inside, or for another display; and the list of sources."""


def every(folder: Path) -> list[Path]:
    """By name."""
    return [path for path in sorted(folder.iterdir()) if not any(word in path.name for word in LEFT_OUT)]


def half(folder: Path, name: str) -> list[Path]:
    """``choosing``: what numbers are chosen with; else ``reporting``: what the figures are of."""
    return every(folder)[::2] if name == "choosing" else every(folder)[1::2]
