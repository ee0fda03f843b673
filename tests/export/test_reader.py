from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lutnet.errors import GradeFileError
from lutnet.export.manifest import read_manifest
from lutnet.export.package import MANIFEST
from lutnet.export.reader import read_package
from lutnet.plain import Json
from tests.export.examples import export


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cut.lutnet"


Spoil = Callable[[Path, Json], None]


def spoil_lut(folder: Path, manifest: Json) -> None:
    path = folder / manifest["clips"][0]["lut"]["path"]
    path.write_text(path.read_text().replace("0.5", "0.6", 1))


def link_lut_outside(folder: Path, manifest: Json) -> None:
    path = folder / manifest["clips"][0]["lut"]["path"]
    outside = folder.parent / "outside.cube"
    path.rename(outside)
    path.symlink_to(outside)


def remove_lut(folder: Path, manifest: Json) -> None:
    (folder / manifest["clips"][0]["lut"]["path"]).unlink()


def edit(*keys: str | int, value: object) -> Spoil:
    def edited(folder: Path, manifest: Json) -> None:
        place: Any = manifest
        for key in keys[:-1]:
            place = place[key]
        place[keys[-1]] = value
        (folder / MANIFEST).write_text(json.dumps(manifest))

    return edited


LUT = ("clips", 0, "lut", "path")
SPOILT: dict[str, tuple[Spoil, str]] = {
    "changed LUT": (spoil_lut, "not the one"),
    "LUT that leads out": (link_lut_outside, "outside"),
    "missing LUT": (remove_lut, "missing"),
    "path up": (edit(*LUT, value="luts/../../x.cube"), "does not fit"),
    "absolute path": (edit(*LUT, value="/etc/x.cube"), "does not fit"),
    "Windows path": (edit(*LUT, value="luts\\..\\x.cube"), "does not fit"),
    "otio elsewhere": (edit("files", "otio", value="../cut.otio"), "does not fit"),
    "newer version": (edit("version", value=2), "newer version"),
    "other format": (edit("format", value="x"), "does not fit"),
    "unknown status": (edit("clips", 0, "status", value="fine"), r"clips\[0\]"),
    "negative slope": (edit("clips", 0, "cdl", "slope", value=[-1, 1, 1]), "does not fit"),
    "slope for ever": (
        edit("clips", 0, "cdl", "slope", value=[1e308 * 10, 1, 1]),
        "Infinity is not a number",
    ),
    "power that rounds to 0": (edit("clips", 0, "cdl", "power", value=[1e-9, 1, 1]), "cannot be"),
    "rate of no time": (edit("clips", 0, "record", "rate", value="0"), "does not fit"),
    "divided by zero": (edit("clips", 0, "record", "start", value="1/0"), "does not fit"),
    "half a sign": (edit("clips", 0, "name", value="\ud800"), "surrogates not allowed"),
    "no clips": (edit("clips", value=None), "does not fit"),
}


@pytest.mark.parametrize("variant", SPOILT)
def test_a_spoilt_package_is_one_clear_error(folder: Path, variant: str) -> None:
    spoil, cause = SPOILT[variant]
    export(folder)
    spoil(folder, read_manifest(folder / MANIFEST))
    with pytest.raises(GradeFileError, match=cause):
        read_package(folder)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"x"', "[" * 100_000, "\xff"])
def test_what_is_no_grades_json_is_one_clear_error(folder: Path, text: str) -> None:
    folder.mkdir()
    (folder / MANIFEST).write_bytes(text.encode("latin-1"))
    with pytest.raises(GradeFileError):
        read_package(folder)


def test_a_folder_without_grades_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(GradeFileError, match="Is this a lutnet package"):
        read_package(tmp_path)
