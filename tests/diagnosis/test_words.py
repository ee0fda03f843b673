"""A diagnosis in words: a fault or a look, told only where something was found and somebody can tell."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lutnet.diagnosis.heads import HEADS
from lutnet.diagnosis.words import findings, nature
from lutnet.grade import Correction, Diagnosis, Grade


def found(level: float, faulty: float | None) -> Diagnosis:
    right = Correction(0.0, 0.0, "stop", 0.9, (0.0,) * 7)
    corrections = {head.name: right for head in HEADS}
    corrections["temperature"] = replace(right, level=level)
    return Diagnosis(corrections, None, Grade(), faulty=faulty)


@pytest.mark.parametrize(
    ("faulty", "told"),
    [
        (0.9, "more like a fault than like a look that is meant"),
        (0.1, "more like a look that is meant than like a fault"),
        (None, None),
    ],
)
def test_what_was_found_is_more_like_a_fault_or_more_like_a_look(
    faulty: float | None, told: str | None
) -> None:
    assert nature(found(0.5, faulty)) == told
    assert len(findings(found(0.5, faulty))) == 1


def test_where_nothing_was_found_it_is_neither() -> None:
    assert nature(found(0.05, 0.1)) is None
