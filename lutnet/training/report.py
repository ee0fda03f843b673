"""What a protocol found, as a table that people and machines read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Report:
    """rows: one tuple per line, as wide as ``columns``. notes: what to know of the figures, a sentence each."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


def percent(share: float) -> str:
    """``share`` 0..1 with two decimals: the bars differ by parts of a per cent."""
    return f"{100 * share:.2f} %"
