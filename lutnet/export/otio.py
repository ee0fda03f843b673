"""The graded timeline: a copy of the one that came in, with the grades in its clips' metadata.

``clip.metadata["cdl"]`` is the convention that the EDL adapter shares; ``clip.metadata["lutnet"]`` says where
the LUT lies. Neither needs a plug-in, and both survive readers that do not know them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import opentimelineio as otio

from lutnet.errors import GradeFileError
from lutnet.grade import CDL

Facts = Mapping[str, str | float | bool | None]
"""What ``metadata["lutnet"]`` holds: plain values only."""


def graded_timeline(
    timeline: otio.schema.Timeline,
    clips: Mapping[str, otio.schema.Clip],
    cdls: Mapping[str, CDL],
    facts: Mapping[str, Facts],
    media_prefix: str = "",
) -> otio.schema.Timeline:
    """A deep copy of ``timeline`` with the grades in it; ``timeline`` itself stays as it is.

    clips: the clip of ``timeline`` behind each shot id. cdls, facts: by shot id; the rest is left alone.
    media_prefix: put before relative media paths, so that they hold from the folder of the copy.
    """
    originals = list(timeline.find_clips())  # held, so that the ids below stay theirs
    copy = timeline.deepcopy()
    copies = list(copy.find_clips())
    copy_of = {id(original): twin for original, twin in zip(originals, copies, strict=True)}
    for shot_id, original in clips.items():
        graded = copy_of[id(original)]
        if shot_id in cdls:
            graded.metadata["cdl"] = cdl_metadata(cdls[shot_id])
        if shot_id in facts:
            graded.metadata["lutnet"] = dict(facts[shot_id])
    if media_prefix:
        for clip in copies:
            _rebase(clip, lambda url: f"{media_prefix}/{url}")
    return copy


def packaged_timeline(
    path: Path, source: Path, folder: Path
) -> tuple[otio.schema.Timeline, dict[str, otio.schema.Clip]]:
    """A graded timeline that ``graded_timeline`` made, as it came in, and its clips by shot id.

    path: of the file, in the package ``folder``. source: the folder of the timeline that was graded, from which the
    media paths count again. Raises GradeFileError where the file cannot be read.
    """
    try:
        timeline = otio.adapters.read_from_file(str(path))
    except (otio.exceptions.OTIOError, ValueError, OSError) as error:
        raise GradeFileError("the package's timeline cannot be read", where=path) from error
    clips = {}
    for clip in timeline.find_clips():
        _rebase(clip, lambda url: _from(url, source, folder))
        shot_id = clip.metadata.get("lutnet", {}).get("id")
        if shot_id is not None:
            clips[str(shot_id)] = clip
    return timeline, clips


def cdl_metadata(cdl: CDL) -> dict[str, Any]:
    """``cdl`` as the metadata that OTIO's adapters use: plain floats, lists of three."""
    return {
        "asc_sop": {
            "slope": [float(value) for value in cdl.slope],
            "offset": [float(value) for value in cdl.offset],
            "power": [float(value) for value in cdl.power],
        },
        "asc_sat": float(cdl.saturation),
    }


def timeline_text(timeline: otio.schema.Timeline) -> str:
    """``timeline`` as the content of an ``.otio`` file."""
    text: str = otio.adapters.write_to_string(timeline, "otio_json")
    return text if text.endswith("\n") else f"{text}\n"


def _rebase(clip: otio.schema.Clip, moved: Callable[[str], str]) -> None:
    references = clip.media_references()
    for reference in references.values():
        for name in ("target_url", "target_url_base"):
            url = getattr(reference, name, None)
            if url and _is_relative(url):
                setattr(reference, name, moved(url))
    clip.set_media_references(references, clip.active_media_reference_key)


def _from(url: str, source: Path, folder: Path) -> str:
    """``url``, relative to ``folder``, as seen from ``source``."""
    prefix = os.path.relpath(source.resolve(), folder.resolve())
    return url.removeprefix(f"{Path(prefix).as_posix()}/")


def _is_relative(url: str) -> bool:
    return re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|[/\\]", url) is None
