"""Resolve-shaped OTIO documents, and packages that lutnet's own exporter makes of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from lutnet.export.package import write_package
from lutnet.export.run import RunSettings
from lutnet.grade import CDL, LUT3D, Correction, Diagnosis, Grade
from lutnet.result import ClipResult, Status
from lutnet.shot import Shot
from lutnet.timeline import read_timeline

START = 86400
TINTED = CDL((1.1, 1.0, 0.9), (0.01, -0.02, 0.03), (1.1, 1.0, 0.95), 1.0)
PALE = CDL((0.9, 0.95, 1.0), (0.02, 0.02, 0.0), (1.0, 1.05, 1.0), 0.8)


def time(value: float, rate: float = 24.0) -> dict[str, Any]:
    return {"OTIO_SCHEMA": "RationalTime.1", "rate": rate, "value": float(value)}


def span(start: float, duration: float) -> dict[str, Any]:
    return {"OTIO_SCHEMA": "TimeRange.1", "start_time": time(start), "duration": time(duration)}


def item(schema: str, name: str, start: float, duration: float, **more: Any) -> dict[str, Any]:
    common = {"metadata": {"Resolve_OTIO": {}}, "effects": [], "markers": [], "enabled": True, "color": None}
    return {"OTIO_SCHEMA": schema, "name": name, "source_range": span(start, duration), **common, **more}


def clip(media: Path | None, duration: int, start: int = 0, length: int = 500, **more: Any) -> dict[str, Any]:
    """A clip of ``media`` (of ``length`` frames; 1 for a still), or with None a title."""
    reference: dict[str, Any] = {
        "OTIO_SCHEMA": "MissingReference.1",
        "metadata": {},
        "name": "",
        "available_range": None,
    }
    if media is not None:
        reference = {**reference, "OTIO_SCHEMA": "ExternalReference.1", "target_url": str(media)}
        reference["available_range"] = span(0, length)
    keys = {"media_references": {"DEFAULT_MEDIA": reference}, "active_media_reference_key": "DEFAULT_MEDIA"}
    return item("Clip.2", media.name if media else "Text+", start, duration, **keys, **more)


def gap(duration: int) -> dict[str, Any]:
    return item("Gap.1", "", 0, duration)


def transition(before: int, after: int) -> dict[str, Any]:
    return {
        "OTIO_SCHEMA": "Transition.1",
        "name": "Cross Dissolve",
        "metadata": {},
        "transition_type": "SMPTE_Dissolve",
        "in_offset": time(before),
        "out_offset": time(after),
    }


def track(number: int, children: Iterable[dict[str, Any]]) -> dict[str, Any]:
    made = item("Track.1", f"Video {number}", 0, 0, kind="Video", children=list(children))
    return {**made, "source_range": None}


def timeline(path: Path, *tracks: list[dict[str, Any]]) -> Path:
    """Write a Resolve-shaped timeline; its media are empty files beside it that the caller has made."""
    stack = item("Stack.1", "", 0, 0, children=[track(number, each) for number, each in enumerate(tracks, 1)])
    document = {
        "OTIO_SCHEMA": "Timeline.1",
        "name": "",
        "metadata": {"Resolve_OTIO": {"Resolve OTIO Meta Version": "1.0"}},
        "global_start_time": time(START),
        "tracks": {**stack, "source_range": None},
    }
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def media(folder: Path, *names: str) -> list[Path]:
    """Empty media files: the timeline reader looks for them, and opens none."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / name for name in names]
    for path in paths:
        path.touch()
    return paths


def look(size: int = 5) -> LUT3D:
    """A smooth LUT that leaves no axis alone."""
    axis = np.linspace(0, 1, size)
    red, green, blue = np.meshgrid(axis, axis, axis, indexing="ij")
    graded = np.stack([red**1.2, 0.9 * green + 0.1 * red, 0.05 + 0.9 * blue * (1 - 0.1 * green)], axis=-1)
    return LUT3D(np.clip(graded, 0, 1).astype(np.float32))


def diagnosis(confidence: float = 0.9) -> Diagnosis:
    correction = Correction(0.5, 0.8, "stop", confidence, (0.0,) * 4 + (confidence, 1 - confidence, 0.0))
    return Diagnosis({"exposure": correction}, None, Grade())


Grader = Callable[[int, Shot], ClipResult]


def graded(number: int, shot: Shot) -> ClipResult:
    """By turns: CDL alone; CDL and LUT, unsure; CDL with saturation."""
    grades = (Grade(TINTED), Grade(TINTED, look()), Grade(PALE))
    return ClipResult(shot, Status.PROPOSED, diagnosis(0.4 if number % 3 == 1 else 0.9), grades[number % 3])


def package(path: Path, grader: Grader = graded, bake: bool = False) -> Path:
    """The package of the timeline at ``path``, written by lutnet's exporter."""
    read = read_timeline(path)
    results, number = [], 0
    for shot in read.shots:
        if shot.skipped is not None:
            results.append(ClipResult(shot, Status.SKIPPED))
            continue
        results.append(grader(number, shot))
        number += 1
    folder = path.with_suffix(".lutnet")
    write_package(folder, results, read, RunSettings("0.1.0", bake=bake))
    return folder
