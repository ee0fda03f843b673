"""What is fuzzed."""

from __future__ import annotations

import json
import random
import re
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

import atheris

from benchmarks.fuzz.trial_server import TrialServer
from lutnet.certificate import certify_subject, contents, read_subject, subject, trial
from lutnet.errors import LutnetError
from lutnet.export.carriers import CARRIERS, delivery_of
from lutnet.export.carriers.record import CDL_ONLY
from lutnet.export.cdl_xml import read_cc
from lutnet.export.cube_reader import read_cube_file
from lutnet.export.hald_reader import read_hald
from lutnet.export.package import MANIFEST
from lutnet.export.reader import read_package
from lutnet.grade import LUT3D, Grade
from lutnet.ops.lut3d import identity_lattice
from tests.export.examples import export, skipped_result, some_cdl, some_result, some_shot

_CERTIFIED_OF = 8
_RATIONAL = re.compile(r"-?[0-9]+(/[0-9]+)?")
_RATIONALS = (
    "0", "1", "-1", "1/3", "1/100000", "-7/2", "9" * 80, f"-{'9' * 79}", f"1/{'9' * 70}", "30000/1001", "24000/1001",
    "60000/1001", "25", "86400",
)  # fmt: skip
_TEXTS = (
    "", " ", "0", "../x", "a/b.cube", "\x00", "\t\n", "x" * 255, "<&>\"'", "é\u0661", "\u2028", "CON", "approved",
    "rejected", "skipped", "predicted", "cut.otio", "ASC_SOP (1 1 1)(0 0 0)(1 1 1)",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """suffixes: of the files that ``read`` takes; where there are several, an input's first byte chooses.

    mutate: makes an input into another, where bytes at random would never get past the first look.
    """

    suffixes: tuple[str, ...]
    read: Callable[[Path], object]
    mutate: Callable[[bytes, int, int], bytes] | None = None

    @property
    def is_chosen(self) -> bool:
        return len(self.suffixes) > 1


def look_at(path: Path) -> None:
    """All that lutnet itself asks of a file before OpenColorIO may try it."""
    for question in (
        contents.require_suffix,
        contents.require_plain_numbers,
        contents.assumed_depth,
        contents.require_self_contained,
    ):
        with suppress(LutnetError):
            question(path)


def check(path: Path) -> None:
    """What ``lutnet check`` does; the slow half, the findings, of some files only, always of the same."""
    _make_subjects_cheap(path.parent)
    read = read_subject(path)
    if crc32(path.read_bytes()) % _CERTIFIED_OF == 0:
        certify_subject(read)


@cache
def _make_subjects_cheap(folder: Path) -> None:
    trial.attempt = TrialServer(folder / "warnings").attempt
    subject.SAMPLES = 5


def export_again(path: Path) -> None:
    """What ``lutnet export`` does with a package whose ``grades.json`` is the file: its CDLs and lists."""
    folder, _ = _package()
    (folder / MANIFEST).write_bytes(path.read_bytes())
    delivery = delivery_of(read_package(folder))
    for carrier in CARRIERS.values():
        if carrier.holds == CDL_ONLY:
            list(carrier.files(delivery))


@cache
def _package() -> tuple[Path, bytes]:
    """A sound package, and its ``grades.json`` as it was at first."""
    folder = Path(tempfile.mkdtemp()) / "cut.lutnet"
    small = Grade(some_cdl(1), LUT3D(identity_lattice(2).numpy()))
    plain = some_result(2, Grade(some_cdl(2)), shot=some_shot(2, track=2), diagnosis=None)
    export(folder, [some_result(0, small), skipped_result(1), plain])
    manifest = json.loads((folder / MANIFEST).read_bytes())
    diagnosis = manifest["clips"][0]["diagnosis"]
    for name in list(diagnosis)[1:]:
        del diagnosis[name]  # or most of what is mutated were probabilities
    return folder, json.dumps(manifest).encode()


def mutate_json(data: bytes, longest: int, seed: int) -> bytes:
    """A few values of a document replaced by others of their kind, or, less often, by anything."""
    draw = random.Random(seed)  # noqa: S311
    if draw.random() < 0.03:
        return bytes(atheris.Mutate(data, longest))
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        document = json.loads(_package()[1])
    for _ in range(draw.randint(1, 3)):
        places = list(_places(document))
        if places:
            holder, key = draw.choice(places)
            change = _bend if draw.random() < 0.85 else _break
            change(holder, key, places, draw)
    changed = json.dumps(document).encode()
    return changed if len(changed) <= longest else data[:longest]


def _bend(holder: Any, key: Any, places: Sequence[tuple[Any, Any]], draw: random.Random) -> None:
    """Another value of the same kind."""
    value = holder[key]
    if isinstance(value, bool) or value is None:
        holder[key] = draw.choice((None, True, False))
    elif isinstance(value, (int, float)):
        holder[key] = draw.choice((0, 1, -value, value * 1e6, value / 1e6, draw.gauss(0, 3), 1e308))
    elif isinstance(value, list):
        holder[key] = value + value[:1] if draw.random() < 0.5 else value[1:]
    elif isinstance(value, str) and _RATIONAL.fullmatch(value):
        holder[key] = draw.choice(_RATIONALS)
    elif isinstance(value, str):
        alike = [other[name] for other, name in places if name == key and isinstance(other[name], str)]
        holder[key] = draw.choice((*_TEXTS, *alike))


def _break(holder: Any, key: Any, places: Sequence[tuple[Any, Any]], draw: random.Random) -> None:
    """Any value, none, or one that was elsewhere."""
    other, name = draw.choice(places)
    match draw.randrange(4):
        case 0:
            holder[key] = draw.choice((None, True, -1, 10**40, "", "../x", "\ud800", [], {}, [0, 0, 0]))
        case 1:
            holder[key] = json.loads(json.dumps(other[name]))
        case 2:
            del holder[key]
        case _ if isinstance(holder, dict):
            holder[draw.choice(("space", "analysed", "timecoded", "view", "weights", "cdl_only"))] = (
                json.loads(json.dumps(other[name]))
            )


def _places(node: Any) -> list[tuple[Any, Any]]:
    """Every holder and key of a document."""
    found: list[tuple[Any, Any]] = []
    waiting = [node]
    while waiting:
        holder = waiting.pop()
        if isinstance(holder, (dict, list)):
            keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
            found += [(holder, key) for key in keys]
            waiting += [holder[key] for key in keys]
    return found


TARGETS = {
    "cube": Target((".cube",), read_cube_file),
    "cdl": Target((".cc",), read_cc),
    "hald": Target((".png",), read_hald),
    "package": Target((".json",), export_again, mutate_json),
    "contents": Target((".3dl", ".csp", ".clf"), look_at),
    "subject": Target(
        (".cube", ".cc", ".ccc", ".cdl", ".clf", ".ctf", ".3dl", ".csp", ".spi3d", ".spi1d", ".itx", ".look",
         ".vf", ".m3d", ".png"),
        check,
    ),
}  # fmt: skip
