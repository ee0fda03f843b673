"""The state of a package taken over for a re-cut: what clips keep is what was stored of them before."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from lutnet.errors import OutputError
from lutnet.store.controls import forget_controls
from lutnet.store.database import open_database, transaction, translated

_OF_CLIP = """
    INSERT INTO clip
    SELECT ?, position, ?, clip.result,
           coalesce(clip.lut, computed.lut), coalesce(clip.diagnosis_lut, computed.diagnosis_lut)
    FROM old_clip AS clip LEFT JOIN computed USING (job) WHERE shot_id = ?
"""


@dataclass(frozen=True, slots=True)
class Survivor:
    """A clip that an older package knows. before: its id there. job: content hash of what it asks for now."""

    before: str
    job: str


def take_over(old: Path, new: Path, survivors: Mapping[str, Survivor]) -> None:
    """Make the state file ``new`` (which is not there yet) of ``old``, with what survived under its new ids.

    survivors: by the id that a clip has now. What was decided about a clip follows it; the decisions about others go.
    Raises OutputError where ``new`` is there or cannot be written, GradeFileError where ``old`` is damaged.
    """
    if new.exists():
        raise OutputError(
            "the folder holds the state of a package already", where=new, fix="Name another with -o."
        )
    with translated(old), closing(open_database(old)) as source, closing(sqlite3.connect(new)) as target:
        source.backup(target)
    connection = open_database(new)
    with closing(connection), transaction(connection, new):
        connection.execute("CREATE TEMP TABLE old_clip AS SELECT * FROM clip")
        connection.execute("CREATE TEMP TABLE old_decision AS SELECT * FROM decision")
        connection.execute("DELETE FROM clip")
        connection.execute("DELETE FROM decision")
        connection.execute("DELETE FROM package")
        connection.execute("DELETE FROM joined")
        connection.execute("DELETE FROM part")
        for shot_id, survivor in survivors.items():
            connection.execute(_OF_CLIP, (shot_id, survivor.job, survivor.before))
            connection.execute(
                "INSERT INTO decision SELECT ?, status, cdl, lut, note FROM old_decision WHERE shot_id = ?",
                (shot_id, survivor.before),
            )
        moved = [each.before for shot_id, each in survivors.items() if shot_id != each.before]
        forget_controls(connection, moved)
