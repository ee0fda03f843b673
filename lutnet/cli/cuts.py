"""The cuts of a timeline as a table, worst first."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from lutnet.cli.console import table
from lutnet.result import ClipResult

SHOWN = 12


def cuts_table(clips: Sequence[ClipResult]) -> Table:
    """The SHOWN worst cuts: each figure without grades, and with them; and what these put farther apart."""
    names = {clip.shot.id: clip.shot.name for clip in clips}
    found = sorted(
        ((clip, clip.cut) for clip in clips if clip.cut is not None), key=lambda pair: -pair[1].badness
    )
    worse = ("now",) if any(cut.worsened for _, cut in found[:SHOWN]) else ()
    rows = table(
        f"Cuts, worst first: {min(SHOWN, len(found))} of {len(found)} (without grades, with them)",
        "from", "to", "DE", "R-B", "skin-like DE", "black", "white", *worse,
        right=("DE", "R-B", "skin-like DE", "black", "white"),
    )  # fmt: skip
    for clip, cut in found[:SHOWN]:
        rows.add_row(
            names.get(cut.previous, cut.previous),
            clip.shot.name,
            _pair(cut.before.delta_e, cut.after.delta_e, ".1f"),
            _pair(cut.before.warmth, cut.after.warmth, "+.3f"),
            _pair(cut.before.skin, cut.after.skin, ".1f"),
            _pair(cut.before.black, cut.after.black, "+.3f"),
            _pair(cut.before.white, cut.after.white, "+.3f"),
            *("worse" if cut.worsened else "" for _ in worse),
        )
    return rows


def _pair(before: float | None, after: float | None, form: str) -> str:
    return "" if before is None or after is None else f"{before:{form}}, {after:{form}}"
