"""Puts LUT files where Resolve finds them: below the master folder, under names that change with the content.

Resolve caches LUTs by path, so a changed LUT must be a new path; the hash in the name sees to that.
"""

import hashlib
import os
import re
from pathlib import Path
from typing import NamedTuple, Optional

from resolve_bridge.cube import bake, parse_cube
from resolve_bridge.errors import BridgeError
from resolve_bridge.package import IDENTITY, Cdl, Lut, lut_content

_HASH_DIGITS = 10
_BAKE_VERSION = "1"


class LutShelf(NamedTuple):
    """A package's folder below the master LUT folder ``root``."""

    root: Path
    folder: str

    def place(self, name: str, lut: Optional[Lut], cdl: Optional[Cdl]) -> str:
        """Put ``lut`` there, or with ``cdl`` the bake of both; its path below the root, with ``/``.

        name: the clip's, for people.

        Raises BridgeError where the LUT is damaged or the folder cannot be written.
        """
        relative = f"{self.folder}/{_file_name(name, lut, cdl)}"
        target = self.root / relative
        if lut is not None and cdl is None:
            content = lut_content(lut)
            if not target.is_file() or target.read_bytes() != content:
                _write(target, content)
        elif not target.is_file():
            cube = parse_cube(lut_content(lut), str(lut.path)) if lut else None
            _write(target, bake(cdl or IDENTITY, cube, "lutnet: CDL and LUT of one clip, apply alone"))
        return relative


def shelf(root: Path, timeline: str) -> LutShelf:
    return LutShelf(root, "lutnet/" + folder_name(timeline, "timeline"))


def _file_name(name: str, lut: Optional[Lut], cdl: Optional[Cdl]) -> str:
    digest = lut.sha256 if lut else ""
    if cdl is not None:
        mixed = "\n".join((_BAKE_VERSION, digest, repr(cdl)))
        digest = hashlib.sha256(mixed.encode("ascii")).hexdigest()
    elif lut is not None:
        name = lut.path.stem.rpartition("_")[0] or name  # of the scene, where its clips share the LUT
    return "{}{}_{}.cube".format(plain_name(name, "clip"), "_baked" if cdl else "", digest[:_HASH_DIGITS])


def plain_name(name: str, fallback: str) -> str:
    """``name`` in signs that every file system and Resolve take."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", name).strip("._-")[:40] or fallback


def folder_name(name: str, fallback: str) -> str:
    """As ``plain_name``, and another for every other name: what was left out is told apart by a hash."""
    plain = plain_name(name, fallback)
    if plain == name:
        return plain
    return "{}-{}".format(plain, hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:6])


def _write(target: Path, content: bytes) -> None:
    temporary = target.with_name(f".{target.stem}.{os.getpid()}.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(content)
        temporary.replace(target)
    except OSError as error:
        if temporary.exists():
            temporary.unlink()
        raise BridgeError(
            f"cannot write the LUT {target}: {error.strerror}",
            "Make the folder 'lutnet' in Resolve's LUT folder and allow yourself to write in it.",
        ) from error
