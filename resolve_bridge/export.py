"""What lutnet needs out of Resolve: the timeline as a file, and a frame or a gallery still as the reference."""

import json
import tempfile
from pathlib import Path
from typing import Any, List

from resolve_bridge.api import expect, succeed, thing_of
from resolve_bridge.errors import BridgeError, CallFailed
from resolve_bridge.luts import plain_name

# The constants of Resolve's exports that lutnet reads, the fullest first, and the suffix of each.
FORMATS = (("EXPORT_OTIO", ".otio"), ("EXPORT_FCP_7_XML", ".xml"))
_STILL = "png"


def export_timeline(resolve: Any, timeline: Any, folder: Path) -> Path:
    """The timeline as OTIO, or where that fails as Final Cut 7 XML. Raises BridgeError where both fail.

    A True is not believed: the file must be there and hold what it should.
    """
    tried: List[str] = []
    name = plain_name(expect(str, timeline, "GetName"), "timeline")
    for constant, suffix in FORMATS:
        path = folder / (name + suffix)
        if path.exists():
            path.unlink()
        try:
            kind, subtype = _constant(resolve, constant), _constant(resolve, "EXPORT_NONE")
            succeed(timeline, "Export", str(path), kind, subtype)
            _require_timeline(path)
            return path
        except CallFailed as error:
            tried.append(f"{constant}: {error.what}")
    raise BridgeError(
        "Resolve did not export the timeline ({})".format("; ".join(tried)),
        "Use File > Export > Timeline (OTIO) and run lutnet grade on that file.",
    )


def export_current_frame(project: Any, folder: Path) -> Path:
    """The frame under the playhead, as the viewer shows it. Raises BridgeError."""
    path = folder / f"current frame.{_STILL}"
    if path.exists():
        path.unlink()
    try:
        succeed(project, "ExportCurrentFrameAsStill", str(path))
    except CallFailed as error:
        raise BridgeError(f"the current frame cannot be exported: {error.what}") from error
    if not path.is_file():
        raise BridgeError(f"Resolve says that it exported the current frame, but there is no {path}")
    return path


def export_latest_still(project: Any, folder: Path) -> Path:
    """The last still of the gallery's current album. Raises BridgeError.

    Which still is selected cannot be asked for.
    """
    try:
        album = thing_of(thing_of(project, "GetGallery"), "GetCurrentStillAlbum")
        stills = expect(list, album, "GetStills")
        if not stills:
            raise BridgeError(
                "the gallery's current album holds no still", "Grab one, or open another album."
            )
        empty = Path(tempfile.mkdtemp(prefix="still-", dir=str(folder)))
        succeed(album, "ExportStills", [stills[-1]], str(empty), "reference", _STILL)
    except CallFailed as error:
        raise BridgeError(
            f"the gallery still cannot be exported: {error.what}",
            "Open the Gallery panel on the Color page: Resolve exports stills only while it shows.",
        ) from error
    found = sorted(empty.glob(f"*.{_STILL}"))  # Resolve chooses the name and adds a .drx
    if not found:
        raise BridgeError(f"Resolve says that it exported the still, but there is none in {empty}")
    return found[0]


def _constant(resolve: Any, name: str) -> float:
    """A constant of the live object. They are floats; a name that Resolve lacks is None."""
    value = getattr(resolve, name, None)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise CallFailed(name, f"is {value!r}: this Resolve has no such export")
    return value


def _require_timeline(path: Path) -> None:
    try:
        text = path.read_text(encoding="utf-8")
        good = "OTIO_SCHEMA" in json.loads(text) if path.suffix == ".otio" else "<xmeml" in text
    except (OSError, ValueError, TypeError) as error:
        raise CallFailed("Export", f"said yes, but wrote no timeline ({error})") from error
    if not good:
        raise CallFailed("Export", f"said yes, but {path.name} holds no timeline")
