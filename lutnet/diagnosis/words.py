"""A diagnosis in a colourist's words, short for tables and as sentences."""

from __future__ import annotations

from lutnet.diagnosis.heads import HEADS, Head
from lutnet.grade import Correction, Diagnosis

NOTABLE_LEVEL = 1 / 6
"""Half a level: below it the nearest level is "leave alone"."""


def findings(diagnosis: Diagnosis) -> list[tuple[Head, Correction]]:
    """The corrections that are not "leave alone", the surest first."""
    found = [
        (head, diagnosis.corrections[head.name])
        for head in HEADS
        if abs(diagnosis.corrections[head.name].level) >= NOTABLE_LEVEL
    ]
    return sorted(found, key=lambda pair: -pair[1].confidence)


def amount(head: Head, correction: Correction) -> str:
    """``0.4 stop`` or ``12 %``, without sign: the word says the direction."""
    value = abs(correction.value)
    return f"{value:.1f} stop" if head.unit == "stop" else f"{value:.0f} %"


def phrase(head: Head, correction: Correction) -> str:
    """``too orange by 0.4 stop``."""
    word = head.positive if correction.level > 0 else head.negative
    return f"{word} by {amount(head, correction)}"


def sentence(head: Head, correction: Correction) -> str:
    """``too orange by 0.4 stop, 93 %``."""
    return f"{phrase(head, correction)}, {100 * correction.confidence:.0f} %"


def nature(diagnosis: Diagnosis) -> str | None:
    """``more like a look that is meant than like a fault``, or the reverse; None where nothing was found or nobody can
    tell."""
    if diagnosis.faulty is None or not findings(diagnosis):
        return None
    names = "a fault", "a look that is meant"
    one, other = names if diagnosis.faulty >= 0.5 else names[::-1]
    return f"more like {one} than like {other}"


def summary(diagnosis: Diagnosis, limit: int = 3) -> str:
    """The surest findings in one line, or ``leave alone``."""
    found = findings(diagnosis)
    if not found:
        return "leave alone"
    text = "; ".join(sentence(head, correction) for head, correction in found[:limit])
    return f"{text}; +{len(found) - limit}" if len(found) > limit else text
