"""What is made of one shot before it is laid beside others."""

from __future__ import annotations

from dataclasses import dataclass

from lutnet.refinement.fit import Refined
from lutnet.result import ClipResult


@dataclass(frozen=True, slots=True)
class Graded:
    """matched: what brings the shot to the reference, as people see it and before a look; None without one. faulty:
    0..1, how probably what is unusual about it is a fault and no look."""

    result: ClipResult
    matched: Refined | None
    faulty: float = 1.0
