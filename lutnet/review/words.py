"""Clips in plain values for the page: names, numbers and sentences."""

from __future__ import annotations

import json
from dataclasses import replace

from lutnet.diagnosis.heads import HEADS
from lutnet.diagnosis.words import findings, nature, phrase
from lutnet.export.manifest import skip_reason
from lutnet.grade import Diagnosis
from lutnet.plain import Json, delta_e_to_plain, light_to_plain, range_to_plain, shared_to_plain
from lutnet.result import ClipResult
from lutnet.review.controls import Controls, controls_to_plain, value_range
from lutnet.review.state import Entry


def corrections() -> list[Json]:
    """The corrections that a page may set: name, unit, words for less and more, least and greatest value."""
    return [
        {
            "name": head.name,
            "unit": head.unit,
            "less": head.negative,
            "more": head.positive,
            "low": value_range(head.name)[0],
            "high": value_range(head.name)[1],
        }
        for head in HEADS
    ]


def outline(entry: Entry) -> Json:
    """What a strip of many clips shows of one."""
    result = entry.proposed
    shot, found = result.shot, result.diagnosis
    return {
        "id": shot.id,
        "name": shot.name,
        "track": shot.track,
        "start": float(shot.record.start_seconds),
        "seconds": float(shot.record.duration_seconds),
        "status": entry.status.value,
        "note": entry.note,
        "stamp": entry.stamp,
        "confidence": None if found is None else confidence(found),
        "faults": [] if found is None else [head.name for head, _ in findings(found)],
        "scene": None if result.scene is None else result.scene.number,
        "skipped": skip_reason(result),
    }


def details(entry: Entry) -> Json:
    """What the page shows of the clip at hand, beyond its outline."""
    result = entry.proposed
    found, shot = result.diagnosis, result.shot
    return {
        "sentences": [] if found is None else sentences(found),
        "delta_e": None if result.delta_e is None else delta_e_to_plain(result.delta_e),
        "followed": None if result.followed is None else result.followed.value,
        "shared_lut": None if result.shared is None else shared_to_plain(result.shared),
        "cuts_inside": [place.frame for place in result.cuts_inside],
        "light_change": None
        if result.light is None
        else {**light_to_plain(result.light), "place": result.light.place.said(shot)},
        "warnings": list(dict.fromkeys((*result.told, *_of_scene(entry)))),
        "controls": json.loads(entry.decision.controls)
        if entry.decision and entry.decision.controls
        else None,
        "source": range_to_plain(shot.source),
        "record": range_to_plain(shot.record),
        "file": None if shot.media is None else shot.media.replace("\\", "/").rsplit("/", 1)[-1],
    }


def offers_undoing(result: ClipResult, *, referred: bool) -> bool:
    """Whether what was found could be undone otherwise than it was.

    It could where the clip was left as it is, or follows its scene or (referred) a reference.
    """
    if result.diagnosis is None or not findings(result.diagnosis):
        return False
    return referred or result.is_joined or result.left is not None


def _of_scene(entry: Entry) -> tuple[str, ...]:
    """Why a fault that was found is still there."""
    left = replace(entry.proposed, status=entry.status).left
    return () if left is None else (f"what its scene needs {left.why}",)


def sentences(found: Diagnosis) -> list[Json]:
    """What is wrong, the surest first; one sentence where nothing is."""
    said = [
        {"text": phrase(head, correction), "confidence": correction.confidence}
        for head, correction in findings(found)
    ]
    if (kind := nature(found)) is not None and found.faulty is not None:
        said.append({"text": kind, "confidence": max(found.faulty, 1.0 - found.faulty)})
    return said or [{"text": "leave alone", "confidence": confidence(found)}]


def confidence(found: Diagnosis) -> float:
    """Of the least sure finding; where nothing was found, of the least sure "nothing is wrong"."""
    told = [correction for _, correction in findings(found)] or list(found.corrections.values())
    return min((correction.confidence for correction in told), default=0.0)


def controls_text(controls: Controls) -> str:
    return json.dumps(controls_to_plain(controls))
