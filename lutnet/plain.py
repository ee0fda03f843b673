"""Records as plain JSON values and back: one form for ``grades.json``, the store and jobs.

Rational numbers are text (``"24000/1001"``), so that no frame is lost; a LUT is never part of it. The readers
take what the writers made or what a schema has checked; records validate their own values (InputError).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from fractions import Fraction
from typing import Any

from lutnet.grade import CDL, Correction, Fault
from lutnet.place import Place
from lutnet.result import Basis, Cut, DeltaE, InScene, Jump, KeptAs, LightChange, SharedLut, SkinTurn
from lutnet.shot import FrameRange, LogDoubt, Shot

Json = dict[str, Any]


def why_malformed(error: Exception) -> str:
    """Why what was read is not the JSON that it should be: no parser's own words, which say what it expected."""
    if isinstance(error, json.JSONDecodeError):
        return f"no JSON from line {error.lineno}, column {error.colno} on"
    if isinstance(error, UnicodeDecodeError):
        return "no text"
    if isinstance(error, KeyError):
        return f"{error.args[0]!r} is missing"
    if isinstance(error, RecursionError):
        return "nested too deeply"
    return "its values are of another kind" if isinstance(error, TypeError) else " ".join(str(error).split())


def shot_to_plain(shot: Shot) -> Json:
    return {
        "id": shot.id,
        "name": shot.name,
        "track": shot.track,
        "track_name": shot.track_name,
        "record": range_to_plain(shot.record),
        "source": range_to_plain(shot.source),
        "media": shot.media,
        "media_start": str(shot.media_start),
        "skipped": shot.skipped,
        **({} if shot.space is None else {"space": shot.space}),
        **({"timecoded": True} if shot.timecoded else {}),
        **({} if shot.analysed is None else {"analysed": range_to_plain(shot.analysed)}),
    }


def shot_from_plain(plain: Mapping[str, Any], warnings: Sequence[str] = ()) -> Shot:
    return Shot(
        id=plain["id"],
        name=plain["name"],
        track=plain["track"],
        track_name=plain["track_name"],
        record=range_from_plain(plain["record"]),
        source=range_from_plain(plain["source"]),
        media=plain["media"],
        media_start=Fraction(plain["media_start"]),
        skipped=plain["skipped"],
        warnings=tuple(warnings),
        space=plain.get("space"),
        timecoded=plain.get("timecoded", False),
        analysed=range_from_plain(plain["analysed"]) if "analysed" in plain else None,
    )


def range_to_plain(frames: FrameRange) -> Json:
    return {"start": str(frames.start), "duration": str(frames.duration), "rate": str(frames.rate)}


def range_from_plain(plain: Mapping[str, str]) -> FrameRange:
    return FrameRange(*(Fraction(plain[name]) for name in ("start", "duration", "rate")))


def cdl_to_plain(cdl: CDL) -> Json:
    return {
        "slope": list(cdl.slope),
        "offset": list(cdl.offset),
        "power": list(cdl.power),
        "saturation": cdl.saturation,
    }


def cdl_from_plain(plain: Mapping[str, Any]) -> CDL:
    return CDL(plain["slope"], plain["offset"], plain["power"], plain["saturation"])


def corrections_to_plain(corrections: Mapping[str, Correction]) -> Json:
    return {
        name: {
            "level": float(correction.level),
            "value": float(correction.value),
            "unit": correction.unit,
            "confidence": float(correction.confidence),
            "probabilities": [float(probability) for probability in correction.probabilities],
        }
        for name, correction in corrections.items()
    }


def corrections_from_plain(plain: Mapping[str, Mapping[str, Any]]) -> dict[str, Correction]:
    return {
        name: Correction(
            level=entry["level"],
            value=entry["value"],
            unit=entry["unit"],
            confidence=entry["confidence"],
            probabilities=tuple(entry["probabilities"]),
        )
        for name, entry in plain.items()
    }


def fault_to_plain(fault: Fault) -> Json:
    return {"name": fault.name, "level": float(fault.level)}


def fault_from_plain(plain: Mapping[str, Any]) -> Fault:
    return Fault(plain["name"], plain["level"])


def delta_e_to_plain(delta_e: DeltaE) -> Json:
    return {
        "before": float(delta_e.before),
        "cdl": float(delta_e.cdl),
        "cdl_lut": float(delta_e.cdl_lut),
        "basis": delta_e.basis.value,
        "pixels": delta_e.pixels,
    }


def delta_e_from_plain(plain: Mapping[str, Any]) -> DeltaE:
    return DeltaE(plain["before"], plain["cdl"], plain["cdl_lut"], Basis(plain["basis"]), plain["pixels"])


def scene_to_plain(scene: InScene) -> Json:
    return {
        "number": scene.number,
        "hero": scene.hero,
        "linked": scene.linked,
        "matched": scene.matched,
        "kept": scene.kept,
        "kept_as": None if scene.kept_as is None else scene.kept_as.value,
    }


def scene_from_plain(plain: Mapping[str, Any]) -> InScene:
    kept, kept_as = plain.get("kept", 0.0), plain.get("kept_as")  # packages of before have none
    return InScene(
        plain["number"],
        plain["hero"],
        plain["linked"],
        plain["matched"],
        kept,
        None if kept_as is None else KeptAs(kept_as),
    )


def cut_to_plain(cut: Cut) -> Json:
    return asdict(cut)


def cut_from_plain(plain: Mapping[str, Any]) -> Cut:
    return Cut(plain["previous"], Jump(**plain["before"]), Jump(**plain["after"]))


def skin_to_plain(skin: SkinTurn) -> Json:
    return {"median": float(skin.median), "most": float(skin.most)}


def skin_from_plain(plain: Mapping[str, Any]) -> SkinTurn:
    return SkinTurn(plain["median"], plain["most"])


def shared_to_plain(shared: SharedLut) -> Json:
    return {
        "scene": shared.scene,
        "digest": shared.digest,
        "cost": float(shared.cost),
        "cost_95": float(shared.cost_95),
    }


def shared_from_plain(plain: Mapping[str, Any]) -> SharedLut:
    return SharedLut(plain["scene"], plain["digest"], plain["cost"], plain["cost_95"])


def doubt_to_plain(doubt: LogDoubt) -> Json:
    return {
        "score": float(doubt.score),
        "looks": doubt.looks,
        "may": doubt.may,
        "taken_for": doubt.taken_for,
    }


def doubt_from_plain(plain: Mapping[str, Any]) -> LogDoubt:
    return LogDoubt(plain["score"], plain["looks"], plain["may"], plain["taken_for"])


def place_to_plain(place: Place) -> Json:
    return {"frame": place.frame, **({} if place.into is None else {"into": float(place.into)})}


def place_from_plain(plain: Mapping[str, Any]) -> Place:
    return Place(plain["frame"], plain.get("into"))


def light_to_plain(light: LightChange) -> Json:
    return {
        "stops": float(light.stops),
        "frame": light.frame,
        "before": float(light.before),
        "after": float(light.after),
        "halves": [cdl_to_plain(cdl) for cdl in light.halves],
        **({} if light.into is None else {"into": float(light.into)}),
    }


def light_from_plain(plain: Mapping[str, Any]) -> LightChange:
    halves = tuple(cdl_from_plain(cdl) for cdl in plain["halves"])
    return LightChange(
        plain["stops"], plain["frame"], plain["before"], plain["after"], halves, plain.get("into")
    )
