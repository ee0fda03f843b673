"""Tables beside the decisions: the settings from which people's grades were made, and notes on undecided clips.

Each is made when it is first needed, so that older readers need not know of it, and every change to it is part of
the decision's own transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from lutnet.grade import Grade
from lutnet.store.decision import Decision
from lutnet.store.rows import grade_from_row, grade_to_row

_CONTROLS = """
CREATE TABLE IF NOT EXISTS controls (
    shot_id TEXT PRIMARY KEY,
    settings TEXT NOT NULL,      -- as their maker wrote them
    cdl TEXT,                    -- of the grade that they set out from, or NULL: the proposed one
    lut BLOB
)
"""
_NOTES = "CREATE TABLE IF NOT EXISTS note (shot_id TEXT PRIMARY KEY, text TEXT NOT NULL)"


def read_controls(connection: sqlite3.Connection) -> dict[str, tuple[str, Grade | None]]:
    """Settings and base grade by shot id."""
    if not _exists(connection, "controls"):
        return {}
    rows = connection.execute("SELECT shot_id, settings, cdl, lut FROM controls").fetchall()
    return {shot_id: (settings, grade_from_row(cdl, lut)) for shot_id, settings, cdl, lut in rows}


def write_controls(connection: sqlite3.Connection, decision: Decision) -> None:
    """Record the settings of one decision, or that it has none; inside the caller's transaction."""
    if not decision.controls:
        forget_controls(connection, [decision.shot_id])
        return
    connection.execute(_CONTROLS)
    connection.execute(
        "INSERT OR REPLACE INTO controls VALUES (?, ?, ?, ?)",
        (decision.shot_id, decision.controls, *grade_to_row(decision.base)),
    )


def forget_controls(connection: sqlite3.Connection, shot_ids: Sequence[str]) -> None:
    if _exists(connection, "controls"):
        connection.executemany("DELETE FROM controls WHERE shot_id = ?", [(shot_id,) for shot_id in shot_ids])


def read_notes(connection: sqlite3.Connection) -> dict[str, str]:
    """Notes on undecided clips by shot id."""
    return dict(connection.execute("SELECT shot_id, text FROM note")) if _exists(connection, "note") else {}


def write_note(connection: sqlite3.Connection, shot_id: str, text: str) -> None:
    """Record a note, or with "" that there is none; inside the caller's transaction."""
    connection.execute(_NOTES)
    connection.execute("DELETE FROM note WHERE shot_id = ?", (shot_id,))
    if text:
        connection.execute("INSERT INTO note VALUES (?, ?)", (shot_id, text))


def _exists(connection: sqlite3.Connection, table: str) -> bool:
    query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    return connection.execute(query, (table,)).fetchone() is not None
