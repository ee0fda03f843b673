"""What happened to each clip, as a table and as JSON."""

import json
from typing import Any, Dict, List, NamedTuple, Tuple

from resolve_bridge.items import Item

LANDED = "landed"  # confirmed by pixels
ACCEPTED = "accepted, unverified"  # Resolve said yes, and nothing but pixels could tell more
FAILED = "failed"
UNCHANGED = "unchanged"  # it was there already
LEFT = "left alone"  # on purpose; the reason says why
PLANNED = "would be written"
REVERTED = "reverted"


class Line(NamedTuple):
    """One clip, or on revert one item. start: record frame. version: ours, where one is in use."""

    outcome: str
    name: str
    track: int
    start: int
    what: str = ""
    reason: str = ""
    notes: Tuple[str, ...] = ()
    version: str = ""
    clip: str = ""

    def noting(self, *notes: str) -> "Line":
        return self._replace(notes=self.notes + notes)


class Report(NamedTuple):
    """product: edition and version as Resolve states them. others: items no clip stands for, and why.
    notes: what concerns the whole run.
    """

    action: str
    product: str
    project: str
    timeline: str
    lines: List[Line]
    others: Tuple[Dict[str, Any], ...] = ()
    notes: Tuple[str, ...] = ()

    @property
    def failed(self) -> List[Line]:
        return [line for line in self.lines if line.outcome == FAILED]

    @property
    def counts(self) -> Dict[str, int]:
        outcomes = [line.outcome for line in self.lines]
        return {outcome: outcomes.count(outcome) for outcome in sorted(set(outcomes))}

    def to_json(self) -> str:
        plain = dict(self._asdict(), lines=[dict(line._asdict()) for line in self.lines], counts=self.counts)
        return json.dumps(plain, indent=1, ensure_ascii=False)

    def to_text(self) -> str:
        head = f"{self.action}: {self.project} / {self.timeline} ({self.product})"
        others = ["V{track} {start}  {name}: {reason}".format(**other) for other in self.others]
        return "\n".join(
            [head, ""]
            + _table([_row(line) for line in self.lines])
            + (["", "Not in the package:", *others] if others else [])
            + ["", ", ".join(f"{count} {outcome}" for outcome, count in self.counts.items())]
            + ["note: " + note for note in self.notes]
        )


def other(item: Item) -> Dict[str, Any]:
    """An item that no clip of the package stands for."""
    reason = item.obstacle or "no clip of the package fits it"
    return {"track": item.track, "start": item.start, "name": item.name, "reason": reason}


def _row(line: Line) -> List[str]:
    detail = "; ".join(part for part in (line.what, line.reason, *line.notes) if part)
    return [line.outcome, line.name, f"V{line.track}", str(line.start), detail]


def _table(rows: List[List[str]]) -> List[str]:
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(4)]
    return ["  ".join([cell.ljust(width) for cell, width in zip(row, widths)] + row[4:]) for row in rows]
