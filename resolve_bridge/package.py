"""Reads a package's ``grades.json``, as far as the bridge needs it. No path of it may leave the package."""

import hashlib
import json
import math
import re
from fractions import Fraction
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from resolve_bridge.errors import BridgeError
from resolve_bridge.findings import SURE, in_words, notable

FORMAT = "lutnet-grades"
VERSION = 1
_LUT_PATH = re.compile(r"luts/[A-Za-z0-9_][A-Za-z0-9._-]*\.cube")
_MAX_BYTES = 1 << 28

Triple = Tuple[float, float, float]


class Cdl(NamedTuple):
    slope: Triple
    offset: Triple
    power: Triple
    saturation: float


IDENTITY = Cdl((1.0, 1.0, 1.0), (0.0, 0.0, 0.0), (1.0, 1.0, 1.0), 1.0)


class Lut(NamedTuple):
    """A LUT of the package: its file, and the SHA-256 that the file must have."""

    path: Path
    sha256: str


class Clip(NamedTuple):
    """One clip of the package. ``start`` and ``duration`` are record frames, timeline start included.

    first_frame: the first used frame, counted from the head of the media; None where it is retimed.
    skipped: why lutnet did not grade it. findings: the diagnosis in words. unsure: of one finding at least.
    """

    id: str
    name: str
    track: int
    start: int
    duration: int
    media: Optional[str]
    first_frame: Optional[Fraction]
    status: str
    skipped: Optional[str]
    cdl: Optional[Cdl]
    lut: Optional[Lut]
    findings: str
    unsure: bool


class Package(NamedTuple):
    """A package: its folder, the timeline's name and rate, the grading space, and the clips.

    converted: names of the clips that came into the grading space from another one.
    """

    folder: Path
    timeline: str
    rate: Fraction
    space: str
    clips: List[Clip]
    converted: Tuple[str, ...] = ()


def read_package(folder: Path) -> Package:
    """Read ``grades.json`` of ``folder`` (or the file itself). Raises BridgeError where it cannot be used."""
    path = folder / "grades.json" if folder.is_dir() else folder
    document = _document(path)
    try:
        return Package(
            folder=path.parent,
            timeline=str(document["timeline"]["name"]),
            rate=Fraction(document["timeline"]["rate"]),
            space=str(document["space"]),
            clips=[_clip(entry, path.parent) for entry in document["clips"]],
            converted=tuple(
                str(entry["name"])
                for entry in document["clips"]
                if entry.get("space", document["space"]) != document["space"]
            ),
        )
    except (KeyError, TypeError, ValueError, AttributeError, ZeroDivisionError) as error:
        raise BridgeError(f"{path} is malformed ({type(error).__name__}: {error})") from error


def lut_content(lut: Lut) -> bytes:
    """The LUT's bytes, checked against its hash. Raises BridgeError."""
    try:
        content = lut.path.read_bytes()
    except OSError as error:
        raise BridgeError(f"cannot read {lut.path}: {error.strerror}") from error
    if hashlib.sha256(content).hexdigest() != lut.sha256:
        raise BridgeError(
            f"{lut.path} is not the LUT that grades.json names: its SHA-256 differs",
            "Write the package again.",
        )
    return content


def _document(path: Path) -> Dict[str, Any]:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise BridgeError(f"{path} is too large for a grades.json")
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BridgeError(
            f"cannot read {path}: {error.strerror}", "Name the folder that lutnet grade wrote."
        ) from error
    except (ValueError, RecursionError) as error:
        raise BridgeError(f"{path} is no JSON: {error}") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise BridgeError(f"{path} is not lutnet's grades.json")
    if document.get("version") != VERSION:
        raise BridgeError(
            "{} is of version {!r}, and this bridge reads {}".format(path, document.get("version"), VERSION),
            "Run lutnet resolve install again after updating lutnet.",
        )
    return document


def _clip(entry: Dict[str, Any], folder: Path) -> Clip:
    record, source = entry["record"], entry["source"]
    found = notable(entry["diagnosis"] or {})
    return Clip(
        id=str(entry["id"]),
        name=str(entry["name"]),
        track=int(entry["track"]),
        start=_whole(record["start"]),
        duration=_whole(record["duration"]),
        media=None if entry["media"] is None else str(entry["media"]),
        first_frame=_first_frame(record, source, Fraction(entry["media_start"])),
        status=str(entry["status"]),
        skipped=_skipped(entry),
        cdl=None if entry["cdl"] is None else _cdl(entry["cdl"]),
        lut=None if entry["lut"] is None else _lut(entry["lut"], folder),
        findings=in_words(found),
        unsure=any(correction["confidence"] < SURE for _, correction in found),
    )


def _skipped(entry: Dict[str, Any]) -> Optional[str]:
    """Why the clip was not graded. What only decoding found is among its warnings."""
    if entry["status"] != "skipped":
        return None
    return str(entry["skipped"] or "; ".join(entry["warnings"]) or "no reason was given")


def _whole(text: str) -> int:
    return round(Fraction(text))


def _first_frame(record: Dict[str, str], source: Dict[str, str], media_start: Fraction) -> Optional[Fraction]:
    plain = all(Fraction(record[name]) == Fraction(source[name]) for name in ("duration", "rate"))
    return Fraction(source["start"]) - media_start if plain else None


def _cdl(entry: Dict[str, Any]) -> Cdl:
    slope, offset, power = (_triple(entry[name]) for name in ("slope", "offset", "power"))
    cdl = Cdl(slope, offset, power, float(entry["saturation"]))
    numbers = cdl.slope + cdl.offset + cdl.power + (cdl.saturation,)
    if not all(math.isfinite(number) for number in numbers) or min((*cdl.slope, cdl.saturation)) < 0:
        raise ValueError(f"a CDL is out of range: {cdl}")
    if min(cdl.power) <= 0:
        raise ValueError(f"a CDL's power is not positive: {cdl}")
    return cdl


def _triple(values: List[float]) -> Triple:
    red, green, blue = values
    return (float(red), float(green), float(blue))


def _lut(entry: Dict[str, str], folder: Path) -> Lut:
    name = entry["path"]
    if not _LUT_PATH.fullmatch(name):
        raise ValueError(f"a LUT's path leaves the package: {name!r}")
    path = (folder / name).resolve()
    if folder.resolve() not in path.parents:  # a symbolic link may lead out as well
        raise ValueError(f"a LUT's path leaves the package: {name!r}")
    return Lut(path, entry["sha256"])
