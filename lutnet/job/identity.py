"""The content hash of grading one shot: equal hashes mean equal results, so nothing needs computing twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from importlib.metadata import version
from pathlib import Path

from lutnet.job.record import Job, Recipe
from lutnet.looks import look_bytes, read_look
from lutnet.plain import Json, range_to_plain
from lutnet.sequence import ImageSequence
from lutnet.shot import Shot
from lutnet.weights import WEIGHTS, file_hash

NUMERIC = ("av", "numpy", "opencv-python-headless", "pillow", "torch")
"""Packages whose releases may change a result in its last digits."""


def jobs_of(shots: Iterable[Shot], recipe: Recipe) -> tuple[Job, ...]:
    """One job per shot. Its hash follows media, used range, reference, settings, weights and program.

    A media file counts by path, size and time of change: reading it whole would cost more than grading it.
    Raises WeightsError or GradeFileError where weights or a look of the user's own cannot be read.
    """
    files = _Files()
    common = {"recipe": _recipe_facts(recipe, files), "maker": maker()}
    return tuple(Job(shot, _hash({**common, **_shot_facts(shot, files)})) for shot in shots)


@cache
def maker() -> str:
    """Hash of the program: its code, its weights, and the packages that it computes with."""
    digest = hashlib.sha256()
    root = Path(__file__).parent.parent
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    facts = [*(weights.sha256 for weights in WEIGHTS), *(version(name) for name in ("lutnet", *NUMERIC))]
    digest.update(json.dumps(facts).encode())
    return digest.hexdigest()


class _Files:
    """Identities of files, each looked up once: a film cuts the same files many times."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._media: dict[str | None, list[str]] = {}

    def identity(self, name: str) -> str:
        if name not in self._known:
            self._known[name] = _file_identity(Path(name))
        return self._known[name]

    def of_media(self, media: str | None) -> list[str]:
        if media not in self._media:
            self._media[media] = [self.identity(name) for name in _names(media)]
        return self._media[media]


def media_identity(media: str | None) -> list[str]:
    """Path, size and time of change of every file of ``media``; a change to any of them changes it."""
    return _Files().of_media(media)


def _names(media: str | None) -> list[str]:
    if media is None:
        return []
    sequence = ImageSequence.parse(media)
    return [media] if sequence is None else [media, *(sequence.image(index) for index in sequence.present())]


def _shot_facts(shot: Shot, files: _Files) -> Json:
    return {
        "media": files.of_media(shot.media),
        # Counted from the head of the media: clips may count the same frames from different starts.
        "source": range_to_plain(replace(shot.evidence, start=shot.evidence.start - shot.media_start)),
        "space": shot.space,
        "timecoded": shot.timecoded,
    }


def _recipe_facts(recipe: Recipe, files: _Files) -> Json:
    plain = {
        **recipe.to_plain(),
        "colour": recipe.colour.facts,
        "weights": None if recipe.weights is None else file_hash(recipe.weights),
        "look": None
        if recipe.look is None
        else hashlib.sha256(look_bytes(read_look(recipe.look))).hexdigest(),
    }
    source = recipe.reference
    if source is not None:
        plain["reference"] = {
            "files": [files.identity(str(path.absolute())) for path in source.files],
            "count": source.count,
            "shot": None if source.shot is None else _shot_facts(source.shot, files),
        }
    return plain


def _hash(facts: Json) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _file_identity(path: Path) -> str:
    try:
        facts = path.stat()
    except OSError:
        return f"{path}: missing"
    return f"{path}: {facts.st_size} bytes, {facts.st_mtime_ns} ns"
