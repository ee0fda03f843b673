"""What a certificate says: one finding per question, and the verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class Verdict(StrEnum):
    """OK: nothing to say. NOTE: worth knowing, may be meant. DEFECT: pictures will show it."""

    OK = "ok"
    NOTE = "note"
    DEFECT = "defect"


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer to one question. values: the numbers behind ``text``, named with their units."""

    question: str
    verdict: Verdict
    text: str
    values: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Certificate:
    """All findings about one file. space: the encoding that its inputs are taken to be in."""

    path: Path
    space: str
    findings: tuple[Finding, ...]

    @property
    def is_sound(self) -> bool:
        return all(finding.verdict is not Verdict.DEFECT for finding in self.findings)
