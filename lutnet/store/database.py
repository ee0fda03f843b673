"""The SQLite file: opening, schema version, transactions, and its errors in our words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from lutnet.errors import GradeFileError, LutnetError, OutputError

SCHEMA_VERSION = 5
_APPLICATION_ID = 0x6C75746E  # "lutn"
_BUSY_SECONDS = 10.0
_SCHEMA = (
    """
    CREATE TABLE clip (
        shot_id TEXT PRIMARY KEY,
        position INTEGER,            -- in the timeline, or NULL: no longer in it
        job TEXT NOT NULL,           -- content hash of the job that computed it, or '' where unknown
        result TEXT NOT NULL,
        lut BLOB,                    -- both are NULL where the job's row in computed has them
        diagnosis_lut BLOB
    );
    CREATE TABLE decision (
        shot_id TEXT PRIMARY KEY,
        status TEXT NOT NULL CHECK (status IN ('approved', 'changed', 'rejected')),
        cdl TEXT,                    -- of the grade that replaces the proposed one, or NULL where none does
        lut BLOB,
        note TEXT NOT NULL
    );
    """,
    """
    CREATE TABLE computed (          -- finished jobs, also of a run that was stopped before its end
        job TEXT PRIMARY KEY,
        result TEXT NOT NULL,
        lut BLOB,
        diagnosis_lut BLOB,
        before BLOB NOT NULL,        -- pictures for the contact sheet, or empty
        after BLOB NOT NULL,
        recorded BLOB NOT NULL
    );
    CREATE TABLE package (           -- what the files beside this one were written from
        one INTEGER PRIMARY KEY CHECK (one = 1),
        stamp TEXT NOT NULL,
        files TEXT NOT NULL
    );
    """,
    """
    ALTER TABLE computed ADD COLUMN compared BLOB NOT NULL DEFAULT x'';  -- what other shots are laid beside
    CREATE TABLE joined (            -- what the scenes of the clips were solved from, together with them
        one INTEGER PRIMARY KEY CHECK (one = 1),
        key TEXT NOT NULL
    );
    """,
    """
    CREATE TABLE part (              -- what parts of that solve came to, by a hash of what each follows from
        key BLOB PRIMARY KEY,
        value BLOB NOT NULL
    );
    """,
    """
    CREATE TABLE aside (             -- LUTs of clips that are solved together, until they are saved
        shot_id TEXT PRIMARY KEY,
        lut BLOB NOT NULL
    );
    """,
)
"""What each schema version added to the one before it."""


def open_database(path: Path) -> sqlite3.Connection:
    """Open or create the database; statements commit by themselves outside ``transaction``.

    Raises OutputError where it cannot be written, GradeFileError where it is damaged, foreign or newer.
    """
    with translated(path):
        connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
    try:
        with translated(path):
            _require_ours(connection, path)
            # What people decided must survive a power cut, so WAL alone with its lax default will not do.
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
        with transaction(connection, path):
            _create(connection)
    except LutnetError:
        connection.close()
        raise
    return connection


def fetched(path: Path, query: str, key: str) -> tuple[Any, ...] | None:
    """The one row that ``query`` finds for ``key``, through a connection of its own, from any thread."""
    with translated(path), closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True)) as own:
        found: tuple[Any, ...] | None = own.execute(query, (key,)).fetchone()
    return found


def column(path: Path, query: str, key: str) -> bytes | None:
    """The one value of ``fetched``."""
    found = fetched(path, query, key)
    return None if found is None else found[0]


@contextmanager
def transaction(connection: sqlite3.Connection, path: Path) -> Iterator[None]:
    """All or nothing, and alone: other writers wait up to ten seconds."""
    with translated(path):
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:  # a full disk has rolled back already
                connection.execute("ROLLBACK")
            raise


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """SQLite's errors as OutputError (cannot open, read-only, full, locked) or GradeFileError (damaged)."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise OutputError(
            f"cannot write the package's state: {error}",
            where=path,
            fix="Free space, close what holds it, or choose another folder (-o).",
        ) from error
    except sqlite3.DatabaseError as error:
        if type(error) is not sqlite3.DatabaseError:  # its other kinds are faults of the caller
            raise
        raise GradeFileError(
            f"the package's state is damaged: {error}",
            where=path,
            fix="Restore it from a copy or move it away.",
        ) from error


def _require_ours(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse another program's database and one of a later lutnet, before anything is written to it."""
    ours = _pragma(connection, "application_id") == _APPLICATION_ID
    found = _pragma(connection, "user_version")
    if ours and found > SCHEMA_VERSION:
        raise GradeFileError(
            "the package's state is of a newer version",
            value=found,
            allowed=f"up to {SCHEMA_VERSION}",
            where=path,
            fix="Update lutnet.",
        )
    if not ours and connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        raise GradeFileError("the file is another program's database", where=path)


def _create(connection: sqlite3.Connection) -> None:
    """Bring an empty or older database to today's schema; what it holds stays."""
    found = _pragma(connection, "user_version")
    if found == SCHEMA_VERSION:
        return
    for statement in ";".join(_SCHEMA[found:]).split(";"):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    value: int = connection.execute(f"PRAGMA {name}").fetchone()[0]
    return value
