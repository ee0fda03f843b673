"""What was decided step by step, so that steps can be taken back, also after a restart.

A step names what it changed by stamps (whoever decides makes them up); what a stamp stood for is kept beside it. The
tables are made when they are first needed, and a step is written in the transaction of the decision itself.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from lutnet.grade import Grade
from lutnet.result import Status
from lutnet.store.decision import Decision
from lutnet.store.rows import grade_from_row, grade_to_row

KEPT_STEPS = 1000
_PRUNE_EVERY = 50
_TABLES = (
    """
    CREATE TABLE IF NOT EXISTS step (
        number INTEGER NOT NULL,
        shot_id TEXT NOT NULL,
        before TEXT NOT NULL,        -- stamps
        after TEXT NOT NULL,
        restored INTEGER NOT NULL    -- whether it brought back what had been before
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS moment (
        shot_id TEXT NOT NULL,
        stamp TEXT NOT NULL,
        note TEXT NOT NULL,
        status TEXT,                 -- or NULL: nothing was decided
        cdl TEXT, lut TEXT,          -- of the grade; LUTs by their digests
        settings TEXT,
        base_cdl TEXT, base_lut TEXT,
        PRIMARY KEY (shot_id, stamp)
    )
    """,
    "CREATE TABLE IF NOT EXISTS moment_lut (digest TEXT PRIMARY KEY, lut BLOB NOT NULL)",
)
_PRUNING = (
    "DELETE FROM step WHERE number <= (SELECT max(number) FROM step) - ?",
    """
    DELETE FROM moment WHERE NOT EXISTS (
        SELECT 1 FROM step WHERE step.shot_id = moment.shot_id AND moment.stamp IN (step.before, step.after)
    )
    """,
    """
    DELETE FROM moment_lut WHERE digest NOT IN (
        SELECT lut FROM moment WHERE lut IS NOT NULL
        UNION SELECT base_lut FROM moment WHERE base_lut IS NOT NULL
    )
    """,
)


@dataclass(frozen=True, slots=True)
class Moment:
    """What held for one clip at some time: a decision or none, and its note. stamp: names it among the clip's."""

    shot_id: str
    stamp: str
    decision: Decision | None
    note: str


@dataclass(frozen=True, slots=True)
class Change:
    """Of one clip: stamps before and after."""

    shot_id: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Step:
    """What was decided at once. restored: it brought back what had been before."""

    changes: tuple[Change, ...]
    restored: bool


def write_step(connection: sqlite3.Connection, moments: list[tuple[Moment, Moment]], restored: bool) -> None:
    """Record one step from what was before and after, by clip; inside the caller's transaction."""
    changed = [(before, after) for before, after in moments if before.stamp != after.stamp]
    if not changed:
        return
    for table in _TABLES:
        connection.execute(table)
    number = connection.execute("SELECT coalesce(max(number), 0) + 1 FROM step").fetchone()[0]
    for before, after in changed:
        connection.execute(
            "INSERT INTO step VALUES (?, ?, ?, ?, ?)",
            (number, before.shot_id, before.stamp, after.stamp, restored),
        )
        for moment in (before, after):
            _write(connection, moment)
    if number % _PRUNE_EVERY == 0:
        connection.execute(_PRUNING[0], (KEPT_STEPS,))
        for statement in _PRUNING[1:]:
            connection.execute(statement)


def read_steps(connection: sqlite3.Connection) -> Iterator[Step]:
    """The kept steps, the oldest first."""
    if not _exists(connection):
        return
    rows = connection.execute(
        "SELECT number, shot_id, before, after, restored FROM step ORDER BY number, rowid"
    ).fetchall()
    numbered: dict[int, list[Change]] = {}
    restored: dict[int, bool] = {}
    for number, shot_id, before, after, again in rows:
        numbered.setdefault(number, []).append(Change(shot_id, before, after))
        restored[number] = bool(again)
    for number, changes in numbered.items():
        yield Step(tuple(changes), restored[number])


def read_moment(connection: sqlite3.Connection, shot_id: str, stamp: str) -> Moment | None:
    """What a stamp of a clip stood for; None where it is not kept."""
    if not _exists(connection):
        return None
    row = connection.execute(
        "SELECT note, status, cdl, lut, settings, base_cdl, base_lut FROM moment WHERE shot_id = ? AND stamp = ?",
        (shot_id, stamp),
    ).fetchone()
    if row is None:
        return None
    note, status, cdl, lut, settings, base_cdl, base_lut = row
    if status is None:
        return Moment(shot_id, stamp, None, note)
    grade, base = _grade(connection, cdl, lut), _grade(connection, base_cdl, base_lut)
    return Moment(shot_id, stamp, Decision(shot_id, Status(status), grade, note, settings, base), note)


def _write(connection: sqlite3.Connection, moment: Moment) -> None:
    decision = moment.decision
    grade, base = (decision.grade, decision.base) if decision else (None, None)
    connection.execute(
        "INSERT OR IGNORE INTO moment VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            moment.shot_id,
            moment.stamp,
            moment.note,
            decision.status.value if decision else None,
            *_columns(connection, grade),
            decision.controls if decision else None,
            *_columns(connection, base),
        ),
    )


def _columns(connection: sqlite3.Connection, grade: Grade | None) -> tuple[str | None, str | None]:
    cdl, lut = grade_to_row(grade)
    if lut is None:
        return cdl, None
    digest = hashlib.sha256(lut).hexdigest()
    connection.execute("INSERT OR IGNORE INTO moment_lut VALUES (?, ?)", (digest, lut))
    return cdl, digest


def _grade(connection: sqlite3.Connection, cdl: str | None, digest: str | None) -> Grade | None:
    row = connection.execute("SELECT lut FROM moment_lut WHERE digest = ?", (digest,)).fetchone()
    return grade_from_row(cdl, row[0] if row else None)


def _exists(connection: sqlite3.Connection) -> bool:
    query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'step'"
    return connection.execute(query).fetchone() is not None
