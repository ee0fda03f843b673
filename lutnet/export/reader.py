"""Reading a package back: what the bridge, the review and later exports start from."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from lutnet.errors import GradeFileError, InputError
from lutnet.export.cube import read_cube
from lutnet.export.folder import was_interrupted
from lutnet.export.manifest import LutFile, read_manifest
from lutnet.export.package import MANIFEST
from lutnet.export.run import RunSettings, UsedLook, UsedWeights
from lutnet.grade import CDL, Correction, Grade
from lutnet.plain import Json, cdl_from_plain, corrections_from_plain, delta_e_from_plain, shot_from_plain
from lutnet.result import DeltaE, LutPer, Status
from lutnet.shot import Shot, ViewName


@dataclass(frozen=True, slots=True)
class PackagedClip:
    """One clip of a package. ``cdl`` is None for a skipped clip, ``corrections`` where nothing was diagnosed.

    The grade is ``cdl``, then ``lut``: as exported, so a rejected clip has the identity.
    """

    shot: Shot
    status: Status
    corrections: Mapping[str, Correction] | None
    cdl: CDL | None
    lut: LutFile | None
    delta_e: DeltaE | None
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Package:
    """A package that was read, its files checked.

    source: the timeline that was graded; it may have moved since. files: of the graded timeline, the EDLs
    (one per video track) and the contact sheet's pages. clips: in timeline order.
    """

    folder: Path
    name: str
    source: Path
    rate: Fraction
    settings: RunSettings
    otio: Path
    edls: tuple[Path, ...]
    contact_sheet: tuple[Path, ...]
    clips: tuple[PackagedClip, ...]

    def grade(self, clip: PackagedClip) -> Grade | None:
        """The grade of ``clip``, its LUT read from the package; None for a skipped clip."""
        if clip.cdl is None:
            return None
        return Grade(clip.cdl, None if clip.lut is None else read_cube(self.folder / clip.lut.path))


def read_package(folder: Path) -> Package:
    """Read a package and check it: schema, values, every path inside the folder, every LUT's hash.

    Raises GradeFileError, which names the file or clip.
    """
    if was_interrupted(folder, MANIFEST):
        raise GradeFileError(
            "writing the package was interrupted", where=folder, fix="Run the command again."
        )
    manifest = read_manifest(folder / MANIFEST)
    files = manifest["files"]
    try:
        return Package(
            folder=folder,
            name=manifest["timeline"]["name"],
            source=folder / manifest["timeline"]["source"],
            rate=Fraction(manifest["timeline"]["rate"]),
            settings=run_settings(folder, manifest),
            otio=_inside(folder, files["otio"]),
            edls=tuple(_inside(folder, name) for name in files["edl"]),
            contact_sheet=tuple(_inside(folder, name) for name in files["contact_sheet"]),
            clips=tuple(_clip(folder, entry) for entry in manifest["clips"]),
        )
    except InputError as error:
        if isinstance(error, GradeFileError):
            raise
        raise GradeFileError(f"grades.json holds a value that cannot be: {error}", where=folder) from error


def run_settings(folder: Path, manifest: Json) -> RunSettings:
    """What the run was asked for, from the package's manifest, which was checked.

    Raises GradeFileError where its look is not the one that was exported.
    """
    return RunSettings(
        manifest["lutnet"],
        manifest["space"],
        manifest["strength"],
        manifest["reference"],
        manifest["bake"],
        view=ViewName(**manifest["view"]) if "view" in manifest else None,
        weights=UsedWeights(**manifest["weights"]) if "weights" in manifest else None,
        cdl_only=manifest.get("cdl_only", False),
        keep_brightness=manifest.get("keep_brightness", False),
        look=_used_look(folder, manifest["look"]) if "look" in manifest else None,
        balance=manifest.get("balance", 1.0),
        lut_per=LutPer(manifest.get("lut_per", LutPer.CLIP)),
        split=manifest.get("split", False),
    )


def _used_look(folder: Path, entry: Mapping[str, str]) -> UsedLook:
    content = _checked(folder, entry, "look", folder)
    return UsedLook(entry["name"], entry["sha256"], content)


def _clip(folder: Path, entry: Json) -> PackagedClip:
    corrections, cdl, lut, delta_e = (entry[name] for name in ("diagnosis", "cdl", "lut", "delta_e"))
    return PackagedClip(
        shot=shot_from_plain(entry),
        status=Status(entry["status"]),
        corrections=None if corrections is None else corrections_from_plain(corrections),
        cdl=None if cdl is None else cdl_from_plain(cdl),
        lut=None if lut is None else _checked_lut(folder, lut, entry["name"]),
        delta_e=None if delta_e is None else delta_e_from_plain(delta_e),
        warnings=tuple(entry["warnings"]),
    )


def _checked_lut(folder: Path, entry: Mapping[str, str], clip: str) -> LutFile:
    _checked(folder, entry, "LUT", f"clip {clip}")
    return LutFile(entry["path"], entry["sha256"])


def _checked(folder: Path, entry: Mapping[str, str], what: str, where: object) -> bytes:
    """The content of a file of the package, whose hash ``entry`` states."""
    content = _inside(folder, entry["path"]).read_bytes()
    if hashlib.sha256(content).hexdigest() != entry["sha256"]:
        raise GradeFileError(
            f"{what} is not the one that was exported",
            value=entry["path"],
            allowed=f"sha256 {entry['sha256']}",
            where=where,
            fix="It was changed or cut off; export the package again.",
        )
    return content


def _inside(folder: Path, name: str) -> Path:
    """The file ``name`` of the package. The schema bars ``..``; this bars links that lead out."""
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise GradeFileError("file lies outside the package", value=name, where=folder)
    if not path.is_file():
        raise GradeFileError("file of the package is missing", value=name, where=folder)
    return path
