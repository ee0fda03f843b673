"""What somebody decided about a clip, and what follows for its result."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from lutnet.errors import DecisionError, InputError
from lutnet.grade import Grade
from lutnet.result import ClipResult, Status

DECIDED = frozenset({Status.APPROVED, Status.CHANGED, Status.REJECTED})
_NAMED_CLIPS = 5
_SAME = 1e-6  # a LUT file states six decimals


@dataclass(frozen=True, slots=True)
class Decision:
    """A clip was approved, changed (then ``grade`` is the one that replaces the proposed) or rejected.

    controls: the settings from which ``grade`` was made, as its maker wrote them; "" where nobody did.
    base: the grade that they set out from, where that is not the proposed one.
    """

    shot_id: str
    status: Status
    grade: Grade | None = None
    note: str = ""
    controls: str = ""
    base: Grade | None = None

    def __post_init__(self) -> None:
        if self.status not in DECIDED:
            allowed = ", ".join(sorted(status.value for status in DECIDED))
            raise InputError("status is no decision", value=self.status.value, allowed=allowed)
        if (self.status is Status.CHANGED) != (self.grade is not None):
            raise InputError("only a changed clip has a grade of its own, and always", value=self.shot_id)

    def applied_to(self, result: ClipResult) -> ClipResult:
        """``result`` with this status and, where it was changed, this grade (of which nothing was measured)."""
        if self.grade is None:
            return replace(result, status=self.status)
        return replace(result, status=self.status, grade=self.grade, delta_e=None, skin=None)


def same_grade(first: Grade | None, second: Grade | None) -> bool:
    """Whether two grades are written as the same files."""
    if first is None or second is None:
        return first is second
    if first.cdl != second.cdl or (first.lut is None) != (second.lut is None):
        return False
    if first.lut is None or second.lut is None:
        return True
    if first.lut.digest == second.lut.digest:
        return True
    domains = (first.lut.domain_min, first.lut.domain_max), (second.lut.domain_min, second.lut.domain_max)
    equal_shape = first.lut.size == second.lut.size and domains[0] == domains[1]
    return equal_shape and bool(np.allclose(first.lut.table, second.lut.table, rtol=0.0, atol=_SAME))


def refuse_overwriting(clips: Iterable[str]) -> None:
    """Raise DecisionError where any clip is named."""
    names = list(clips)
    if not names:
        return
    shown = ", ".join(names[:_NAMED_CLIPS])
    more = f" and {len(names) - _NAMED_CLIPS} more" if len(names) > _NAMED_CLIPS else ""
    raise DecisionError(
        f"new grades would overwrite what was decided about {len(names)} clip(s): {shown}{more}",
        fix="lutnet regrade TIMELINE --from this package keeps them; --discard-decisions drops them; -o names "
        "another folder.",
    )
