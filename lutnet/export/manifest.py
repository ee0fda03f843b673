"""``grades.json``: the versioned contract between lutnet, the review and the Resolve bridge.

``grades.schema.json`` beside this file is its published JSON schema; nothing is written or read that does
not fit. Times are rational numbers as text (``"24000/1001"``), so that no frame is lost. ``docs/grades.md``
explains.
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

from lutnet.errors import GradeFileError
from lutnet.grade import CDL, Diagnosis
from lutnet.result import ClipResult, DeltaE
from lutnet.shot import FrameRange

FORMAT = "lutnet-grades"
VERSION = 1
_DECIMALS = 6

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class LutFile:
    """A LUT of the package: ``path`` relative to it, with ``/``; ``sha256`` of the file, hexadecimal."""

    path: str
    sha256: str


def clip_entry(result: ClipResult, cdl: CDL | None, lut: LutFile | None) -> Json:
    """One entry of ``clips``: ``cdl`` and ``lut`` as the carriers state them, None for a clip not graded."""
    shot = result.shot
    return {
        "id": shot.id,
        "name": shot.name,
        "track": shot.track,
        "track_name": shot.track_name,
        "record": _range_entry(shot.record),
        "source": _range_entry(shot.source),
        "media": shot.media,
        "media_start": str(shot.media_start),
        "skipped": shot.skipped,
        "diagnosis": None if result.diagnosis is None else _diagnosis_entry(result.diagnosis),
        "cdl": None if cdl is None else cdl_entry(cdl),
        "lut": None if lut is None else {"path": lut.path, "sha256": lut.sha256},
        "delta_e": None if result.delta_e is None else _delta_e_entry(result.delta_e),
        "warnings": list(dict.fromkeys((*shot.warnings, *result.warnings))),
        "status": result.status.value,
    }


def cdl_entry(cdl: CDL) -> Json:
    return {
        "slope": list(cdl.slope),
        "offset": list(cdl.offset),
        "power": list(cdl.power),
        "saturation": cdl.saturation,
    }


def manifest_text(manifest: Mapping[str, Any]) -> str:
    """``manifest`` as the content of ``grades.json``: the same bytes for the same values.

    Raises GradeFileError where it does not fit the schema.
    """
    check(manifest, "grades.json")
    return json.dumps(manifest, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def read_manifest(path: Path) -> Json:
    """Read and check a ``grades.json``. Raises GradeFileError where it is missing, malformed or newer."""
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"), parse_constant=_refuse_constant)
    except OSError as error:
        raise GradeFileError(f"cannot read the package's grades: {error.strerror}", where=path) from error
    except (ValueError, RecursionError) as error:
        raise GradeFileError(f"grades.json is no JSON: {error}", where=path) from error
    check(manifest, path)
    checked: Json = manifest
    return checked


def check(manifest: Any, where: object) -> None:
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
    error = jsonschema.exceptions.best_match(_validator().iter_errors(manifest))
    if error is not None:
        raise GradeFileError(
            f"grades.json does not fit its schema at {error.json_path}: {error.message[:300]}", where=where
        )


@cache
def _validator() -> Any:
    schema = json.loads(files("lutnet.export").joinpath("grades.schema.json").read_text(encoding="utf-8"))
    return jsonschema.Draft202012Validator(schema)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number")


def _range_entry(frames: FrameRange) -> Json:
    return {"start": str(frames.start), "duration": str(frames.duration), "rate": str(frames.rate)}


def _diagnosis_entry(diagnosis: Diagnosis) -> Json:
    return {
        name: {
            "level": _number(correction.level),
            "value": _number(correction.value),
            "unit": correction.unit,
            "confidence": _number(correction.confidence),
            "probabilities": [_number(probability) for probability in correction.probabilities],
        }
        for name, correction in diagnosis.corrections.items()
    }


def _delta_e_entry(delta_e: DeltaE) -> Json:
    return {
        "before": _number(delta_e.before),
        "cdl": _number(delta_e.cdl),
        "cdl_lut": _number(delta_e.cdl_lut),
        "basis": delta_e.basis.value,
        "pixels": delta_e.pixels,
    }


def _number(value: float) -> float:
    return round(float(value), _DECIMALS) + 0.0
