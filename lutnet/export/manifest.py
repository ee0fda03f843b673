"""``grades.json``: the versioned contract between lutnet, the review and the Resolve bridge.

``grades.schema.json`` beside this file is its published JSON schema; nothing is written or read that does
not fit. ``docs/grades.md`` explains it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs

from lutnet.errors import GradeFileError
from lutnet.grade import CDL
from lutnet.plain import (
    Json,
    cdl_to_plain,
    corrections_to_plain,
    cut_to_plain,
    delta_e_to_plain,
    light_to_plain,
    place_to_plain,
    scene_to_plain,
    shot_to_plain,
    skin_to_plain,
    why_malformed,
)
from lutnet.result import ClipResult, SharedLut, Status

FORMAT = "lutnet-grades"
VERSION = 1
_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class LutFile:
    """A LUT of the package: ``path`` relative to it, with ``/``; ``sha256`` of the file, hexadecimal."""

    path: str
    sha256: str


def clip_entry(result: ClipResult, cdl: CDL | None, lut: LutFile | None) -> Json:
    """One entry of ``clips``: ``cdl`` and ``lut`` as the carriers state them, None for a clip not graded."""
    diagnosis, delta_e = result.diagnosis, result.delta_e
    return {
        **shot_to_plain(result.shot),
        "skipped": skip_reason(result),
        "diagnosis": None if diagnosis is None else corrections_to_plain(diagnosis.corrections),
        **({} if diagnosis is None or diagnosis.faulty is None else {"faulty": float(diagnosis.faulty)}),
        "cdl": None if cdl is None else cdl_to_plain(cdl),
        "lut": None if lut is None else {"path": lut.path, "sha256": lut.sha256},
        "delta_e": None if delta_e is None else delta_e_to_plain(delta_e),
        **({} if result.followed is None else {"followed": result.followed.value}),
        **({} if result.skin is None else {"skin": skin_to_plain(result.skin)}),
        **({} if result.shared is None else {"shared_lut": _shared(result, result.shared)}),
        **({} if result.light is None else {"light_change": light_to_plain(result.light)}),
        **(
            {"cuts_inside": [place_to_plain(place) for place in result.cuts_inside]}
            if result.cuts_inside
            else {}
        ),
        "warnings": list(result.told),
        "status": result.status.value,
        **({} if result.scene is None else {"scene": scene_to_plain(result.scene)}),
        **({} if result.cut is None else {"cut": cut_to_plain(result.cut)}),
    }


def _shared(result: ClipResult, shared: SharedLut) -> Json:
    """What sharing a LUT costs; used: not where a decision put another grade in its place."""
    return {
        "scene": shared.scene,
        "used": result.has_shared_lut and result.status is not Status.REJECTED,
        "cost": float(shared.cost),
        "cost_95": float(shared.cost_95),
    }


def skip_reason(result: ClipResult) -> str | None:
    """Why a clip was not graded: known from the timeline, or found out while its media was read."""
    if result.status is not Status.SKIPPED:
        return result.shot.skipped
    return result.shot.skipped or "; ".join(result.warnings) or "not graded"


def manifest_text(manifest: Mapping[str, Any]) -> str:
    """``manifest`` as the content of ``grades.json``: the same bytes for the same values.

    Raises GradeFileError where it does not fit the schema.
    """
    rounded = _rounded(manifest)
    _check(rounded, "grades.json")
    return json.dumps(rounded, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def read_manifest(path: Path) -> Json:
    """Read and check a ``grades.json``. Raises GradeFileError where it is missing, malformed or newer."""
    manifest: Json = _loaded(path)
    _check(manifest, path)
    return manifest


def read_files(path: Path) -> Json:
    """The ``files`` of a ``grades.json``, of which all but the clips is checked: fast for a long film.

    Raises GradeFileError as ``read_manifest`` does.
    """
    manifest = _loaded(path)
    _check({**manifest, "clips": []} if isinstance(manifest, dict) else manifest, path)
    named: Json = manifest["files"]
    return named


def _loaded(path: Path) -> Any:
    try:
        text = path.read_text(encoding="utf-8")
        loaded = json.loads(text, parse_constant=_refuse_constant)
        if "\\ud" in text.lower():  # half of a sign, which JSON can state and no other file hold
            json.dumps(loaded, ensure_ascii=False).encode("utf-8")
        return loaded
    except OSError as error:
        raise GradeFileError(
            f"cannot read the package's grades: {error.strerror}", where=path, fix="Is this a lutnet package?"
        ) from error
    except (ValueError, RecursionError) as error:
        raise GradeFileError(
            f"grades.json is damaged: {why_malformed(error)}", where=path, fix="Grade again, or restore it."
        ) from error


def _check(manifest: Any, where: object) -> None:
    """Raise GradeFileError, naming the place inside, where ``manifest`` does not fit the schema."""
    version = manifest.get("version") if isinstance(manifest, dict) else None
    if isinstance(version, int) and version > VERSION:
        raise GradeFileError(
            "grades.json is of a newer version",
            value=version,
            allowed=f"up to {VERSION}",
            where=where,
            fix="Update lutnet.",
        )
    if _quick_validator().is_valid(manifest):
        return
    error = jsonschema.exceptions.best_match(_validator().iter_errors(manifest))
    if error is not None:
        raise GradeFileError(
            f"grades.json does not fit its schema at {error.json_path}: {error.message[:300]}", where=where
        )


@cache
def _quick_validator() -> Any:
    """Says yes or no, a hundred times as fast as the one that can say why not."""
    return jsonschema_rs.Draft202012Validator(_schema())


@cache
def _validator() -> Any:
    return jsonschema.Draft202012Validator(_schema())


def _schema() -> Json:
    schema: Json = json.loads(
        files("lutnet.export").joinpath("grades.schema.json").read_text(encoding="utf-8")
    )
    return schema


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number")


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, _DECIMALS) + 0.0  # + 0.0 turns -0.0 into 0.0
    if isinstance(value, Mapping):
        return {key: _rounded(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_rounded(entry) for entry in value]
    return value
