"""The content hash of grading one shot: equal hashes mean equal results, so nothing needs computing twice."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from lutnet.plain import Json, range_to_plain
from lutnet.reference import Reference
from lutnet.sequence import ImageSequence
from lutnet.shot import Shot
from lutnet.weights import WEIGHTS


def job_hash(shot: Shot, reference: str | None, settings: Json) -> str:
    """Hash of everything the grade of ``shot`` follows from: media, used range, reference, settings, weights.

    reference: its ``reference_hash``. settings: plain values, those that change the grade.
    The media file counts by path, size and time of change: reading it whole would cost more than grading it.
    """
    facts = {
        "media": media_identity(shot.media),
        "source": range_to_plain(shot.evidence),
        "media_start": str(shot.media_start),
        "reference": reference,
        "settings": settings,
        "weights": [weights.sha256 for weights in WEIGHTS],
        **({} if shot.space is None else {"space": shot.space}),
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def reference_hash(reference: Reference) -> str:
    """Hash of the pixels that were read, whatever file they came from."""
    digest = hashlib.sha256()
    for frames in reference.sets:
        digest.update(str(tuple(frames.pixels.shape)).encode())
        digest.update(frames.pixels.contiguous().numpy().tobytes())
    return digest.hexdigest()


def media_identity(media: str | None) -> list[str]:
    """Path, size and time of change of every file of ``media``; a change to any of them changes it."""
    if media is None:
        return []
    sequence = ImageSequence.parse(media)
    names = [media] if sequence is None else [sequence.image(index) for index in range(len(sequence))]
    return [_file_identity(Path(name)) for name in names]


def _file_identity(path: Path) -> str:
    try:
        facts = path.stat()
    except OSError:
        return f"{path}: missing"
    return f"{path}: {facts.st_size} bytes, {facts.st_mtime_ns} ns"
