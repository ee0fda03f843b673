"""The store of one package.

A clip that left the timeline keeps its row only while somebody decided about it, so that an approved grade
comes back with its clip.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import astuple, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType, TracebackType

from lutnet.errors import InputError
from lutnet.result import ClipResult, Status
from lutnet.shot import Shot
from lutnet.store.controls import (
    forget_controls,
    read_controls,
    read_notes,
    write_controls,
    write_note,
)
from lutnet.store.database import column, fetched, open_database, transaction, translated
from lutnet.store.decision import Decision, refuse_overwriting, same_grade
from lutnet.store.journal import Moment, Step, read_moment, read_steps, write_step
from lutnet.store.pictures import NO_PICTURES, StoredPictures
from lutnet.store.rows import (
    ResultColumns,
    grade_from_row,
    grade_to_row,
    lut_to_bytes,
    result_from_row,
    result_to_row,
    result_to_text,
    set_aside,
)

FILE_NAME = "state.sqlite"

_OF_CLIP = (
    "SELECT coalesce(clip.{0}, computed.{0}) FROM clip LEFT JOIN computed USING (job) WHERE shot_id = ?"
)
_UNUSED = "SELECT job FROM computed WHERE job NOT IN (SELECT job FROM clip)"
_OF_JOB = "SELECT {0} FROM computed WHERE job = ?"
_ASIDE = "SELECT lut FROM aside WHERE shot_id = ?"
_AT_ONCE = 500  # SQLite takes no more than 999 values in one statement, in older releases


class Store:
    """The state of one package. Every method is one transaction, on the disk when it returns.

    Open one per thread; many may be open at a time. All methods raise OutputError where the file cannot be
    written (read-only, full) and GradeFileError where it is damaged; nothing has changed then.
    """

    def __init__(self, folder: Path) -> None:
        """Open ``folder/state.sqlite``; creates the file, not the folder."""
        self.path = folder / FILE_NAME
        self._connection = open_database(self.path)

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def put_away(self) -> Iterator[None]:
        """Closed meanwhile: SQLite's connections must not be in a process that is copied."""
        self._connection.close()
        try:
            yield
        finally:
            self._connection = open_database(self.path)

    def results(self) -> tuple[ClipResult, ...]:
        """The clips in timeline order, with people's decisions applied."""
        return self.decided(self.proposed())

    def proposed(self) -> tuple[ClipResult, ...]:
        """The clips in timeline order as they were computed, whatever people decided."""
        with translated(self.path):
            rows = self._connection.execute(
                "SELECT result, shot_id FROM clip WHERE position IS NOT NULL ORDER BY position"
            ).fetchall()
        return tuple(self._read(text, _OF_CLIP, shot_id) for text, shot_id in rows)

    def version(self) -> tuple[int, int]:
        """Differs from an earlier answer of this ``Store`` where anybody has changed the state since."""
        with translated(self.path):
            others = self._connection.execute("PRAGMA data_version").fetchone()[0]
        return int(others), self._connection.total_changes

    def finished(self, jobs: Iterable[str]) -> frozenset[str]:
        """Those of ``jobs`` (content hashes) whose results are kept."""
        wanted = list(jobs)
        found: set[str] = set()
        with translated(self.path):
            for first in range(0, len(wanted), _AT_ONCE):
                part = wanted[first : first + _AT_ONCE]
                marks = ",".join("?" * len(part))
                query = f"SELECT job FROM computed WHERE job IN ({marks})"  # noqa: S608 - marks are marks
                found.update(job for (job,) in self._connection.execute(query, part))
        return frozenset(found)

    def finish(self, job: str, result: ClipResult, pictures: StoredPictures = NO_PICTURES) -> None:
        """Keep what ``job`` computed, and the pictures that show it, until a ``save`` no longer needs it."""
        with transaction(self._connection, self.path):
            self._connection.execute(
                "INSERT OR REPLACE INTO computed VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (job, *result_to_row(result), *astuple(pictures)),
            )

    def set_aside(self, results: Sequence[ClipResult]) -> list[ClipResult]:
        """``results`` that hold no LUT's table any more: this file does, until the next ``save``."""
        shots = [(each.shot.id, None if each.grade is None else each.grade.lut) for each in results]
        with transaction(self._connection, self.path):
            self._connection.executemany(
                "INSERT OR REPLACE INTO aside VALUES (?, ?)",
                ((shot_id, lut_to_bytes(lut)) for shot_id, lut in shots if lut is not None),
            )
        return [
            each
            if each.grade is None
            else replace(each, grade=set_aside(each.grade, partial(column, self.path, _ASIDE, each.shot.id)))
            for each in results
        ]

    def has_work(self) -> bool:
        """Whether anything is in it that somebody computed or decided."""
        with translated(self.path):
            tables = ("clip", "computed", "decision")
            queries = (f"SELECT 1 FROM {name} LIMIT 1" for name in tables)  # noqa: S608 - our own names
            return any(self._connection.execute(query).fetchone() for query in queries)

    def result_of(self, job: str, shot: Shot) -> ClipResult:
        """What a finished job computed, for a shot that asks for the same. Raises KeyError for another job."""
        with translated(self.path):
            row = self._connection.execute("SELECT result FROM computed WHERE job = ?", (job,)).fetchone()
        if row is None:
            raise KeyError(job)
        return replace(self._read(row[0], _OF_JOB, job), shot=shot)

    def compared_of(self, job: str) -> bytes:
        """What a finished job kept to lay its shot beside others, or nothing. From any thread."""
        return column(self.path, _OF_JOB.format("compared"), job) or b""

    def pictures_of(self, job: str) -> StoredPictures:
        """The pictures of a finished job, as they were given; none of another job. From any thread."""
        found = fetched(
            self.path, "SELECT before, after, recorded, compared FROM computed WHERE job = ?", job
        )
        return NO_PICTURES if found is None else StoredPictures(*found)

    def jobs(self) -> Mapping[str, str]:
        """The job (content hash) that each clip of the timeline was computed by, where known, by shot id."""
        with translated(self.path):
            rows = self._connection.execute(
                "SELECT shot_id, job FROM clip WHERE position IS NOT NULL AND job != ''"
            ).fetchall()
        return MappingProxyType(dict(rows))

    def result_of_job(self, shot_id: str, job: str) -> ClipResult | None:
        """What ``job`` (its content hash) computed for a shot, as proposed; None where it did not."""
        with translated(self.path):
            row = self._connection.execute(
                "SELECT result FROM clip WHERE shot_id = ? AND job = ?", (shot_id, job)
            ).fetchone()
        return None if row is None else self._read(row[0], _OF_CLIP, shot_id)

    def decisions(self) -> Mapping[str, Decision]:
        """Every decision by shot id, also those about clips that left the timeline."""
        with translated(self.path):
            rows = self._connection.execute("SELECT shot_id, status, cdl, lut, note FROM decision").fetchall()
            controls = read_controls(self._connection)
        return MappingProxyType(
            {
                shot_id: Decision(
                    shot_id,
                    Status(status),
                    grade_from_row(cdl, lut),
                    note,
                    *controls.get(shot_id, ("", None)),
                )
                for shot_id, status, cdl, lut, note in rows
            }
        )

    def decisions_digest(self) -> str:
        """A hash that changes with every decision."""
        with translated(self.path):
            rows = self._connection.execute("SELECT * FROM decision ORDER BY shot_id").fetchall()
        return hashlib.sha256(repr(rows).encode()).hexdigest()

    def written(self) -> tuple[str, str] | None:
        """What ``set_written`` was told last; None where it never was."""
        with translated(self.path):
            row = self._connection.execute("SELECT stamp, files FROM package").fetchone()
        return None if row is None else (row[0], row[1])

    def joined(self) -> str:
        """What the last ``save`` was told that its results were solved from together; "" where nothing was."""
        with translated(self.path):
            row = self._connection.execute("SELECT key FROM joined").fetchone()
        return "" if row is None else str(row[0])

    def parts(self) -> Mapping[bytes, bytes]:
        """What the last ``save`` was told that parts of a solve came to, by a hash of what each follows from."""
        with translated(self.path):
            rows = self._connection.execute("SELECT key, value FROM part").fetchall()
        return MappingProxyType(dict(rows))

    def set_written(self, stamp: str, files: str) -> None:
        """Remember what the package's files were written from (``stamp``), and their list."""
        with transaction(self._connection, self.path):
            self._connection.execute("INSERT OR REPLACE INTO package VALUES (1, ?, ?)", (stamp, files))

    def decide(
        self,
        *decisions: Decision,
        withdrawn: Mapping[str, str] | None = None,
        journal: Callable[[], list[tuple[Moment, Moment]]] | None = None,
        restored: bool = False,
    ) -> None:
        """Record decisions, all or none. Raises InputError for a clip that is not in the store.

        withdrawn: clips that are proposals again, each with the note that it keeps, or "".
        journal: asked once nobody else can write, for what was before and what will be, by clip; where it raises,
            nothing is recorded. restored: this brings back what had been before.
        """
        with transaction(self._connection, self.path):
            if journal is not None:
                write_step(self._connection, journal(), restored)
            for shot_id, text in (withdrawn or {}).items():
                self._require_known(shot_id)
                self._forget([shot_id])
                write_note(self._connection, shot_id, text)
            for decision in decisions:
                self._require_known(decision.shot_id)
                self._connection.execute(
                    "INSERT OR REPLACE INTO decision VALUES (?, ?, ?, ?, ?)",
                    (decision.shot_id, decision.status.value, *grade_to_row(decision.grade), decision.note),
                )
                write_controls(self._connection, decision)

    def notes(self) -> Mapping[str, str]:
        """Notes on clips that nobody decided about yet, by shot id."""
        with translated(self.path):
            notes = read_notes(self._connection)
        return MappingProxyType(notes)

    def steps(self) -> tuple[Step, ...]:
        """What was decided with a journal, step by step, the oldest first."""
        with translated(self.path):
            return tuple(read_steps(self._connection))

    def moment(self, shot_id: str, stamp: str) -> Moment | None:
        """What a stamp in the journal stood for; None where it is not kept."""
        with translated(self.path):
            return read_moment(self._connection, shot_id, stamp)

    def withdraw(self, *shot_ids: str) -> None:
        """Take decisions back: the clips are proposals again."""
        with transaction(self._connection, self.path):
            self._forget(shot_ids)

    def save(
        self,
        results: Sequence[ClipResult],
        *,
        jobs: Mapping[str, str] | None = None,
        discard_decisions: bool = False,
        joined: str = "",
        parts: Mapping[bytes, bytes] | None = None,
        spared: Set[str] = frozenset(),
    ) -> tuple[ClipResult, ...]:
        """Make ``results`` (every clip of the timeline, in order) the state; returns them as decided.

        A decision stays where the new grade is the one that it was made about, and where the clip could not
        be graded this time. jobs: content hash by shot id (see ``result_of_job``). joined: see ``joined``.
        parts: see ``parts``; None leaves them as they are. spared: jobs of no clip whose results are kept too.
        Raises DecisionError, and nothing has changed, where another new grade would overwrite a decision;
        ``discard_decisions`` drops the decisions about these clips instead.
        """
        with transaction(self._connection, self.path):
            if discard_decisions:
                self._forget([result.shot.id for result in results])
            known = self.decisions()
            refuse_overwriting(result.shot.name for result in results if self._overwrites(result, known))
            self._connection.execute("UPDATE clip SET position = NULL")
            kept = self.finished((jobs or {}).values())
            settled = [
                self._keep(position, result)
                if result.grade is None and result.shot.id in known
                else self._put(position, result, (jobs or {}).get(result.shot.id, ""), kept)
                for position, result in enumerate(results)
            ]
            self._connection.execute(
                "DELETE FROM clip WHERE position IS NULL AND shot_id NOT IN (SELECT shot_id FROM decision)"
            )
            unused = {job for (job,) in self._connection.execute(_UNUSED)} - spared
            self._connection.executemany(
                "DELETE FROM computed WHERE job = ?", [(job,) for job in sorted(unused)]
            )
            self._connection.execute("INSERT OR REPLACE INTO joined VALUES (1, ?)", (joined,))
            self._connection.execute("DELETE FROM aside")
            # The files beside it are those of another state now, until they are written anew.
            self._connection.execute("UPDATE package SET stamp = ''")
            if parts is not None:
                self._connection.execute("DELETE FROM part")
                self._connection.executemany("INSERT INTO part VALUES (?, ?)", parts.items())
        return self.decided(settled)

    def require_undecided(self, jobs: Mapping[str, str]) -> None:
        """Raise DecisionError where a clip was decided about and its job (by shot id) was another then.

        To be asked before hours of computing, not after.
        """
        with translated(self.path):
            rows = self._connection.execute(
                "SELECT shot_id, job, result FROM clip NATURAL JOIN (SELECT shot_id FROM decision)"
            ).fetchall()
        refuse_overwriting(
            json.loads(result)["shot"]["name"]
            for shot_id, job, result in rows
            if jobs.get(shot_id, job) != job
        )

    def decided(self, results: Sequence[ClipResult]) -> tuple[ClipResult, ...]:
        """``results`` with people's decisions applied."""
        known = self.decisions()
        return tuple(
            known[result.shot.id].applied_to(result) if result.shot.id in known else result
            for result in results
        )

    def _overwrites(self, result: ClipResult, known: Mapping[str, Decision]) -> bool:
        if result.grade is None or result.shot.id not in known:
            return False
        return not same_grade(self._stored(result.shot.id).grade, result.grade)

    def _put(self, position: int, result: ClipResult, job: str, kept: Set[str]) -> ClipResult:
        if job in kept and not result.is_joined:  # its LUTs are in the store already
            row: ResultColumns = (result_to_text(result), None, None)
        else:
            row = result_to_row(result)
        self._connection.execute(
            "INSERT OR REPLACE INTO clip VALUES (?, ?, ?, ?, ?, ?)", (result.shot.id, position, job, *row)
        )
        if not result.is_joined:
            return result
        self._connection.execute("DELETE FROM aside WHERE shot_id = ?", (result.shot.id,))
        return self._read(row[0], _OF_CLIP, result.shot.id)

    def _keep(self, position: int, result: ClipResult) -> ClipResult:
        """Leave a decided clip as stored, where this run could not grade it; only its place may be new."""
        warning = f"kept as decided: {result.shot.skipped or 'it could not be graded this time'}"
        kept = replace(self._stored(result.shot.id), shot=result.shot, warnings=(*result.warnings, warning))
        self._connection.execute(
            "UPDATE clip SET position = ?, result = ? WHERE shot_id = ?",
            (position, result_to_text(kept), result.shot.id),
        )
        return kept

    def _stored(self, shot_id: str) -> ClipResult:
        row = self._connection.execute("SELECT result FROM clip WHERE shot_id = ?", (shot_id,)).fetchone()
        return self._read(row[0], _OF_CLIP, shot_id)

    def _read(self, text: str, query: str, key: str) -> ClipResult:
        luts = (partial(column, self.path, query.format(name), key) for name in ("lut", "diagnosis_lut"))
        return result_from_row(text, *luts)

    def _require_known(self, shot_id: str) -> None:
        if self._connection.execute("SELECT 1 FROM clip WHERE shot_id = ?", (shot_id,)).fetchone() is None:
            raise InputError("no clip of the package has this id", value=shot_id, where=self.path)

    def _forget(self, shot_ids: Sequence[str]) -> None:
        self._connection.executemany(
            "DELETE FROM decision WHERE shot_id = ?", [(shot_id,) for shot_id in shot_ids]
        )
        forget_controls(self._connection, shot_ids)
