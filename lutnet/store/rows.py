"""Results and grades as columns of the store: JSON text, and LUTs as compressed bytes.

A result that is read holds no LUT's table: it is fetched when asked for, and never kept, so that a film of
1,500 shots costs no more memory than one of 15.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from lutnet.errors import GradeFileError
from lutnet.grade import LUT3D, Diagnosis, Grade
from lutnet.plain import (
    Json,
    cdl_from_plain,
    cdl_to_plain,
    corrections_from_plain,
    corrections_to_plain,
    cut_from_plain,
    cut_to_plain,
    delta_e_from_plain,
    delta_e_to_plain,
    doubt_from_plain,
    doubt_to_plain,
    fault_from_plain,
    fault_to_plain,
    light_from_plain,
    light_to_plain,
    place_from_plain,
    place_to_plain,
    scene_from_plain,
    scene_to_plain,
    shared_from_plain,
    shared_to_plain,
    shot_from_plain,
    shot_to_plain,
    skin_from_plain,
    skin_to_plain,
)
from lutnet.result import ClipResult, Followed, Status

_HEADER = struct.Struct("<I6d")  # points per side, domain minimum and maximum
_FLOAT_BYTES = 4
_FAST = 1

Fetch = Callable[[], bytes | None]
"""Reads a LUT's column when it is called."""

ResultColumns = tuple[str, bytes | None, bytes | None]
GradeColumns = tuple[str | None, bytes | None]


class _StoredLUT(LUT3D):
    """A LUT whose table is read from the store whenever it is asked for."""

    def __init__(self, facts: Mapping[str, Any], fetch: Fetch) -> None:
        red, green, blue = facts["domain_min"]
        object.__setattr__(self, "domain_min", (red, green, blue))
        red, green, blue = facts["domain_max"]
        object.__setattr__(self, "domain_max", (red, green, blue))
        object.__setattr__(self, "_facts", facts)
        object.__setattr__(self, "_fetch", fetch)

    @property
    def table(self) -> npt.NDArray[np.float32]:  # type: ignore[override]
        return self._checked(self.__dict__["_fetch"]()).table

    def packed(self) -> bytes:
        """The column itself, checked: packing the table once more would cost five times as much."""
        data: bytes = self.__dict__["_fetch"]()
        self._checked(data)
        return data

    def _checked(self, data: bytes | None) -> LUT3D:
        lut = _lut_from_bytes(data)
        if lut is None or lut.digest != self.digest:
            raise GradeFileError(
                "a LUT was replaced in the package's state after it was listed", fix="Read the package again."
            )
        return lut

    @property
    def size(self) -> int:
        return int(self.__dict__["_facts"]["size"])

    @property
    def digest(self) -> str:
        return str(self.__dict__["_facts"]["digest"])


def set_aside(grade: Grade, fetch: Fetch) -> Grade:
    """``grade`` without its LUT's table, which ``fetch`` will give."""
    facts = _lut_facts(grade.lut)
    return grade if facts is None else Grade(grade.cdl, _StoredLUT(facts, fetch))


def result_to_text(result: ClipResult) -> str:
    """A result as JSON: all but the tables of its LUTs."""
    diagnosis = result.diagnosis
    plain = {
        "shot": {**shot_to_plain(result.shot), "warnings": list(result.shot.warnings)},
        "status": result.status.value,
        "diagnosis": None if diagnosis is None else _diagnosis_to_plain(diagnosis),
        "cdl": None if result.grade is None else cdl_to_plain(result.grade.cdl),
        "lut": None if result.grade is None else _lut_facts(result.grade.lut),
        "delta_e": None if result.delta_e is None else delta_e_to_plain(result.delta_e),
        "skin": None if result.skin is None else skin_to_plain(result.skin),
        "warnings": list(result.warnings),
        "scene": None if result.scene is None else scene_to_plain(result.scene),
        "cut": None if result.cut is None else cut_to_plain(result.cut),
        "light": None if result.light is None else light_to_plain(result.light),
        "shared": None if result.shared is None else shared_to_plain(result.shared),
        "doubt": None if result.doubt is None else doubt_to_plain(result.doubt),
        "cuts_inside": [place_to_plain(place) for place in result.cuts_inside],
        "followed": None if result.followed is None else result.followed.value,
    }
    return json.dumps(plain, allow_nan=False)


def result_to_row(result: ClipResult) -> ResultColumns:
    """JSON, LUT of the grade, LUT of the diagnosis."""
    diagnosis = result.diagnosis
    return (
        result_to_text(result),
        None if result.grade is None else lut_to_bytes(result.grade.lut),
        None if diagnosis is None else lut_to_bytes(diagnosis.grade.lut),
    )


def result_from_row(text: str, lut: Fetch, diagnosis_lut: Fetch) -> ClipResult:
    plain = json.loads(text)
    diagnosis, cdl, delta_e = plain["diagnosis"], plain["cdl"], plain["delta_e"]
    return ClipResult(
        shot=shot_from_plain(plain["shot"], plain["shot"]["warnings"]),
        status=Status(plain["status"]),
        diagnosis=None if diagnosis is None else _diagnosis_from_plain(diagnosis, diagnosis_lut),
        grade=None if cdl is None else Grade(cdl_from_plain(cdl), _lut_of_row(plain, lut)),
        delta_e=None if delta_e is None else delta_e_from_plain(delta_e),
        warnings=tuple(plain["warnings"]),
        scene=scene_from_plain(plain["scene"]) if plain.get("scene") else None,
        cut=cut_from_plain(plain["cut"]) if plain.get("cut") else None,
        skin=skin_from_plain(plain["skin"]) if plain.get("skin") else None,  # older rows have none
        light=light_from_plain(plain["light"]) if plain.get("light") else None,
        shared=shared_from_plain(plain["shared"]) if plain.get("shared") else None,
        doubt=doubt_from_plain(plain["doubt"]) if plain.get("doubt") else None,
        cuts_inside=tuple(place_from_plain(place) for place in plain.get("cuts_inside", ())),
        followed=Followed(plain["followed"]) if plain.get("followed") else None,
    )


def grade_to_row(grade: Grade | None) -> GradeColumns:
    """JSON of the CDL, LUT."""
    if grade is None:
        return None, None
    return json.dumps(cdl_to_plain(grade.cdl)), lut_to_bytes(grade.lut)


def grade_from_row(cdl: str | None, lut: bytes | None) -> Grade | None:
    return None if cdl is None else Grade(cdl_from_plain(json.loads(cdl)), _lut_from_bytes(lut))


def _diagnosis_to_plain(diagnosis: Diagnosis) -> Json:
    return {
        "corrections": corrections_to_plain(diagnosis.corrections),
        "fault": None if diagnosis.fault is None else fault_to_plain(diagnosis.fault),
        "cdl": cdl_to_plain(diagnosis.grade.cdl),
        "lut": _lut_facts(diagnosis.grade.lut),
        "warnings": list(diagnosis.warnings),
        "faulty": diagnosis.faulty,
    }


def _diagnosis_from_plain(plain: Json, lut: Fetch) -> Diagnosis:
    return Diagnosis(
        corrections=corrections_from_plain(plain["corrections"]),
        fault=None if plain["fault"] is None else fault_from_plain(plain["fault"]),
        grade=Grade(cdl_from_plain(plain["cdl"]), _lut_of_row(plain, lut)),
        warnings=tuple(plain["warnings"]),
        faulty=plain.get("faulty"),  # older rows have none
    )


def _lut_facts(lut: LUT3D | None) -> Json | None:
    if lut is None:
        return None
    return {
        "digest": lut.digest,
        "size": lut.size,
        "domain_min": list(lut.domain_min),
        "domain_max": list(lut.domain_max),
    }


def _lut_of_row(plain: Json, fetch: Fetch) -> LUT3D | None:
    if "lut" not in plain:  # a row of the store's first version
        return _lut_from_bytes(fetch())
    facts = plain["lut"]
    return None if facts is None else _StoredLUT(facts, fetch)


def lut_to_bytes(lut: LUT3D | None) -> bytes | None:
    if lut is None:
        return None
    if isinstance(lut, _StoredLUT):
        return lut.packed()
    # The four bytes of a float in planes of their own: neighbours share the upper ones, and pack well.
    planes = lut.table.astype("<f4").view(np.uint8).reshape(-1, _FLOAT_BYTES).T
    return _HEADER.pack(lut.size, *lut.domain_min, *lut.domain_max) + zlib.compress(planes.tobytes(), _FAST)


@lru_cache(maxsize=16)  # a grade that was copied to a thousand clips is one LUT in memory
def _lut_from_bytes(data: bytes | None) -> LUT3D | None:
    if data is None:
        return None
    size, *domain = _HEADER.unpack_from(data)
    planes = np.frombuffer(zlib.decompress(data[_HEADER.size :]), np.uint8).reshape(_FLOAT_BYTES, -1)
    table = np.ascontiguousarray(planes.T).view("<f4").reshape(size, size, size, 3)
    low, high = domain[:3], domain[3:]
    return LUT3D(table, (low[0], low[1], low[2]), (high[0], high[1], high[2]))
