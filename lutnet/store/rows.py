"""Results and grades as columns of the store: JSON text, and LUTs as compressed bytes."""

from __future__ import annotations

import json
import struct
import zlib

import numpy as np

from lutnet.grade import LUT3D, Diagnosis, Grade
from lutnet.plain import (
    Json,
    cdl_from_plain,
    cdl_to_plain,
    corrections_from_plain,
    corrections_to_plain,
    delta_e_from_plain,
    delta_e_to_plain,
    fault_from_plain,
    fault_to_plain,
    shot_from_plain,
    shot_to_plain,
)
from lutnet.result import ClipResult, Status

_HEADER = struct.Struct("<I6d")  # points per side, domain minimum and maximum
_FLOAT_BYTES = 4
_FAST = 1

ResultColumns = tuple[str, bytes | None, bytes | None]
GradeColumns = tuple[str | None, bytes | None]


def result_to_row(result: ClipResult) -> ResultColumns:
    """JSON, LUT of the grade, LUT of the diagnosis."""
    diagnosis = result.diagnosis
    plain = {
        "shot": {**shot_to_plain(result.shot), "warnings": list(result.shot.warnings)},
        "status": result.status.value,
        "diagnosis": None if diagnosis is None else _diagnosis_to_plain(diagnosis),
        "cdl": None if result.grade is None else cdl_to_plain(result.grade.cdl),
        "delta_e": None if result.delta_e is None else delta_e_to_plain(result.delta_e),
        "warnings": list(result.warnings),
    }
    return (
        json.dumps(plain, allow_nan=False),
        None if result.grade is None else _lut_to_bytes(result.grade.lut),
        None if diagnosis is None else _lut_to_bytes(diagnosis.grade.lut),
    )


def result_from_row(text: str, lut: bytes | None, diagnosis_lut: bytes | None) -> ClipResult:
    plain = json.loads(text)
    diagnosis, cdl, delta_e = plain["diagnosis"], plain["cdl"], plain["delta_e"]
    return ClipResult(
        shot=shot_from_plain(plain["shot"], plain["shot"]["warnings"]),
        status=Status(plain["status"]),
        diagnosis=None if diagnosis is None else _diagnosis_from_plain(diagnosis, diagnosis_lut),
        grade=None if cdl is None else Grade(cdl_from_plain(cdl), _lut_from_bytes(lut)),
        delta_e=None if delta_e is None else delta_e_from_plain(delta_e),
        warnings=tuple(plain["warnings"]),
    )


def grade_to_row(grade: Grade | None) -> GradeColumns:
    """JSON of the CDL, LUT."""
    if grade is None:
        return None, None
    return json.dumps(cdl_to_plain(grade.cdl)), _lut_to_bytes(grade.lut)


def grade_from_row(cdl: str | None, lut: bytes | None) -> Grade | None:
    return None if cdl is None else Grade(cdl_from_plain(json.loads(cdl)), _lut_from_bytes(lut))


def _diagnosis_to_plain(diagnosis: Diagnosis) -> Json:
    return {
        "corrections": corrections_to_plain(diagnosis.corrections),
        "fault": None if diagnosis.fault is None else fault_to_plain(diagnosis.fault),
        "cdl": cdl_to_plain(diagnosis.grade.cdl),
        "warnings": list(diagnosis.warnings),
    }


def _diagnosis_from_plain(plain: Json, lut: bytes | None) -> Diagnosis:
    return Diagnosis(
        corrections=corrections_from_plain(plain["corrections"]),
        fault=None if plain["fault"] is None else fault_from_plain(plain["fault"]),
        grade=Grade(cdl_from_plain(plain["cdl"]), _lut_from_bytes(lut)),
        warnings=tuple(plain["warnings"]),
    )


def _lut_to_bytes(lut: LUT3D | None) -> bytes | None:
    if lut is None:
        return None
    # The four bytes of a float in planes of their own: neighbours share the upper ones, and pack well.
    planes = lut.table.astype("<f4").view(np.uint8).reshape(-1, _FLOAT_BYTES).T
    return _HEADER.pack(lut.size, *lut.domain_min, *lut.domain_max) + zlib.compress(planes.tobytes(), _FAST)


def _lut_from_bytes(data: bytes | None) -> LUT3D | None:
    if data is None:
        return None
    size, *domain = _HEADER.unpack_from(data)
    planes = np.frombuffer(zlib.decompress(data[_HEADER.size :]), np.uint8).reshape(_FLOAT_BYTES, -1)
    table = np.ascontiguousarray(planes.T).view("<f4").reshape(size, size, size, 3)
    low, high = domain[:3], domain[3:]
    return LUT3D(table, (low[0], low[1], low[2]), (high[0], high[1], high[2]))
