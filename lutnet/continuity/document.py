"""Scenes as a JSON file that people may edit: move clips between its lists, join scenes or take them apart."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from lutnet.errors import InputError
from lutnet.plain import Json, why_malformed
from lutnet.shot import Shot


def scenes_document(timeline: str, shots: Sequence[Shot], scenes: Sequence[int | str]) -> Json:
    """scenes: the number of each shot's scene, or why it has none."""
    placed = list(zip(shots, scenes, strict=True))
    numbers = sorted({scene for scene in scenes if isinstance(scene, int)})
    return {
        "timeline": timeline,
        "scenes": [
            {
                "scene": number,
                "shots": [{"id": shot.id, "name": shot.name} for shot, scene in placed if scene == number],
            }
            for number in numbers
        ],
        "skipped": [
            {"id": shot.id, "name": shot.name, "reason": scene}
            for shot, scene in placed
            if isinstance(scene, str)
        ],
    }


def read_groups(path: Path) -> tuple[tuple[str, ...], ...]:
    """Ids of the clips of each scene of a file that ``scenes_document`` made and people may have edited.

    Raises InputError where it cannot be read, is no such file, or puts a clip into two scenes.
    """
    fix = "Make it with: lutnet scenes TIMELINE -o scenes.json"
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        groups = tuple(tuple(str(shot["id"]) for shot in scene["shots"]) for scene in plain["scenes"])
    except OSError as error:
        raise InputError(f"cannot read the scenes: {error.strerror}", where=path, fix=fix) from error
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise InputError(f"not a file of scenes: {why_malformed(error)}", where=path, fix=fix) from error
    seen: set[str] = set()
    for shot_id in (shot_id for group in groups for shot_id in group):
        if shot_id in seen:
            raise InputError("a clip is in two scenes, or twice in one", value=shot_id, where=path)
        seen.add(shot_id)
    return groups
