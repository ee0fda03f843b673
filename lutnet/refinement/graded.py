"""What is made of one shot before it is laid beside others."""

from __future__ import annotations

from dataclasses import dataclass

from lutnet.refinement.fit import Refined
from lutnet.result import ClipResult


@dataclass(frozen=True, slots=True)
class Graded:
    """matched: what brings the shot to the reference, as people see it and before a look; None without one."""

    result: ClipResult
    matched: Refined | None
