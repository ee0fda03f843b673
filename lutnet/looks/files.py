"""Look files: safetensors, which hold numbers and text and nothing that runs.

The header's metadata holds the look's facts as JSON under ``lutnet.look``: ``format``, ``version``, ``name``,
``caption``, ``space``, ``cdl``, and ``sha256``, a hash of the other facts and all numbers. Tensors:
``lattice [N, N, N, 3]`` float32 (axes r, g, b) and ``domain [2, 3]`` float64, both only where the look has a LUT.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import safetensors
from safetensors.numpy import load, save

from lutnet.errors import GradeFileError, InputError
from lutnet.export.atomic import write_bytes
from lutnet.grade import LUT3D, Grade
from lutnet.looks.record import Look
from lutnet.plain import Json, cdl_from_plain, cdl_to_plain

FORMAT = "lutnet-look"
VERSION = 1
MOST_BYTES = 32 << 20
"""A LUT of 129 points has 26 MB."""

_FACTS, _SEAL = "lutnet.look", "sha256"
_HEAD = 8  # the length of a safetensors header comes first, little endian


def write_look(path: Path, look: Look) -> None:
    """Write ``look`` to ``path``. Raises OutputError; ``path`` then holds what it held before."""
    write_bytes(path, look_bytes(look))


def look_bytes(look: Look) -> bytes:
    """The content of a look file: the same bytes for the same look."""
    facts: Json = {
        "format": FORMAT,
        "version": VERSION,
        "name": look.name,
        "caption": look.caption,
        "space": look.space,
        "cdl": cdl_to_plain(look.grade.cdl),
    }
    lut = look.grade.lut
    tensors: dict[str, Any] = {}
    if lut is not None:
        tensors = {"lattice": np.array(lut.table), "domain": np.array([lut.domain_min, lut.domain_max])}
    sealed = {**facts, _SEAL: _seal(facts, save(tensors))}
    return save(tensors, metadata={_FACTS: json.dumps(sealed, sort_keys=True)})


def read_look(source: Path | bytes, where: object = None) -> Look:
    """Read a look file, or the content of one. where: how errors call it; None is the path.

    Raises GradeFileError where it cannot be read, is damaged, another program's or of a newer lutnet.
    """
    where = source if where is None and isinstance(source, Path) else where
    data = _content(source) if isinstance(source, Path) else source
    try:
        tensors = load(data)
        facts = json.loads(json.loads(data[_HEAD : _end_of_header(data)])["__metadata__"][_FACTS])
    except (safetensors.SafetensorError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise _foreign(where) from error
    _require_ours(facts, where)
    if facts.pop(_SEAL, None) != _seal(facts, data):
        raise GradeFileError(
            "look file is damaged: its numbers are not those that were written",
            where=where,
            fix="Restore it from a copy, or fit it again.",
        )
    try:
        return Look(facts["name"], _grade(facts, tensors), facts["caption"], facts["space"])
    except InputError as error:
        raise GradeFileError(f"look holds a value that cannot be: {error}", where=where) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _foreign(where) from error


def _grade(facts: Json, tensors: dict[str, Any]) -> Grade:
    cdl = cdl_from_plain(facts["cdl"])
    if "lattice" not in tensors:
        return Grade(cdl)
    low, high = np.asarray(tensors["domain"], dtype=np.float64).tolist()
    return Grade(cdl, LUT3D(tensors["lattice"], tuple(low), tuple(high)))


def _require_ours(facts: Any, where: object) -> None:
    if not isinstance(facts, dict) or facts.get("format") != FORMAT:
        raise _foreign(where)
    version = facts.get("version")
    if version != VERSION:
        raise GradeFileError(
            "look file is of another version",
            value=version,
            allowed=str(VERSION),
            where=where,
            fix="Update lutnet, or fit the look again.",
        )


def _foreign(where: object) -> GradeFileError:
    return GradeFileError(
        "not a look file of lutnet", where=where, fix="lutnet look fit makes them; lutnet lut works on LUTs."
    )


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise _foreign(path)
        return path.read_bytes()
    except OSError as error:
        raise GradeFileError("look file cannot be read", value=error.strerror, where=path) from error


def _end_of_header(data: bytes) -> int:
    return _HEAD + int.from_bytes(data[:_HEAD], "little")


def _seal(facts: Json, data: bytes) -> str:
    """Hash of the facts, of how the tensors lie, and of all numbers."""
    header = json.loads(data[_HEAD : _end_of_header(data)])
    shapes = {name: entry for name, entry in header.items() if name != "__metadata__"}
    digest = hashlib.sha256(json.dumps([facts, shapes], sort_keys=True).encode())
    digest.update(data[_end_of_header(data) :])
    return digest.hexdigest()
