"""Tables and progress on the terminal. Progress goes to stderr and only to a terminal; tables to stdout."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console, JustifyMethod
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

WIDTH_WITHOUT_TERMINAL = 160
"""Wide enough that a table in a log file is not folded at 80 columns."""


class Report(Protocol):
    """Called with what is being done, how many are done, and of how many; None where nobody knows how long it takes."""

    def __call__(self, what: str, done: int, total: int | None) -> None: ...


def output() -> Console:
    """The console for results on stdout."""
    return Console(
        width=None if sys.stdout.isatty() else WIDTH_WITHOUT_TERMINAL, highlight=False, markup=False
    )


def errors() -> Console:
    """The console for warnings on stderr: they must not end up in results that a machine reads."""
    return Console(stderr=True, soft_wrap=True, highlight=False, markup=False)


def print_json(document: object) -> None:
    """One JSON document on stdout; NaN never passes."""
    print(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False))


def table(title: str, *columns: str, right: Sequence[str] = (), whole: Sequence[str] = ()) -> Table:
    """A plain table; columns named in ``right`` are aligned there, as numbers are, those in ``whole`` not folded."""
    made = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for column in columns:
        justify: JustifyMethod = "right" if column in right else "left"
        made.add_column(column, justify=justify, overflow="fold", no_wrap=column in whole)
    return made


@contextmanager
def progress(quiet: bool = False) -> Iterator[Report]:
    """A progress bar with count and time left on stderr; silent when ``quiet`` or not a terminal."""
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}", markup=False),  # a clip may have any name
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=quiet or not console.is_terminal,
    )
    with bar:
        task = bar.add_task("", total=None)

        def report(what: str, done: int, total: int | None) -> None:
            bar.update(task, description=what, completed=done, total=total)

        yield report
