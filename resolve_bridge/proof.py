"""Evidence that a grade landed, from pixels: a still with the grade, and one of the same frame with none.

Nothing else can tell whether a CDL took: there is no call that reads one back, and a node with keyframes swallows
it while Resolve says yes. The stills are compared by lutnet; here they are only taken.
"""

from pathlib import Path
from typing import Any, List, NamedTuple

from resolve_bridge import versions
from resolve_bridge.api import ask, expect, succeed, thing_of, whole
from resolve_bridge.errors import BridgeError, CallFailed
from resolve_bridge.items import read_items
from resolve_bridge.ledger import LOCAL, VersionName, version_name
from resolve_bridge.match import Pair, match
from resolve_bridge.package import Package
from resolve_bridge.session import Session, colour_page, open_session
from resolve_bridge.timecode import timecode

_STAMP = "proof of"


class Evidence(NamedTuple):
    """Two stills of one frame of a clip, without any grade and with lutnet's; or why there are none."""

    clip: str
    plain: Path
    graded: Path
    missing: str = ""


def gather(resolve: Any, package: Package, folder: Path) -> List[Evidence]:
    """Take the stills of every clip that carries a grade of lutnet. Raises BridgeError.

    The project is left as it was, the playhead included.
    """
    session = open_session(resolve)
    if not session.colours.shows_nodes:
        raise BridgeError(
            f"stills cannot prove a grade here: they come behind the output transform of {session.colours.words}"
        )
    folder.mkdir(parents=True, exist_ok=True)
    notes: List[str] = []
    try:
        pairs = match(package.clips, read_items(session.timeline)).pairs
        playhead = expect(str, session.timeline, "GetCurrentTimecode")
        try:
            with colour_page(resolve, notes):
                found = [_evidence(session, pair, folder) for pair in pairs]
        finally:  # after an interrupt as well
            ask(session.timeline, "SetCurrentTimecode", playhead)
    except CallFailed as error:
        raise BridgeError(f"the stills cannot be taken: {error.what}") from error
    return found


def _evidence(session: Session, pair: Pair, folder: Path) -> Evidence:
    evidence = Evidence(
        pair.clip.id, folder / f"{pair.clip.id}_plain.png", folder / f"{pair.clip.id}_graded.png"
    )
    try:
        ours = _active_version(pair)
        _require_only_ours(pair)
        _show(session, pair)
        _take(session.project, evidence.graded)
        _take_plain(session.project, pair.item.handle, ours, evidence.plain)
    except CallFailed as error:
        return evidence._replace(missing=error.what)
    return evidence


def _active_version(pair: Pair) -> VersionName:
    handle = pair.item.handle
    entries = pair.item.entries
    current = versions.current_version(handle)
    if not entries or current != VersionName(entries[-1].version, LOCAL):
        raise CallFailed("GetCurrentVersion", "names no version of lutnet's")
    return current


def _require_only_ours(pair: Pair) -> None:
    """With nodes of the user behind ours, what the grade should give cannot be foretold."""
    graph = thing_of(pair.item.handle, "GetNodeGraph")
    count = whole(graph, "GetNumNodes")
    ours = {1} | {node for node in range(1, count + 1) if "lutnet/" in str(ask(graph, "GetLUT", node))}
    if len(ours) < count:
        raise CallFailed("GetNumNodes", f"counts {count} nodes, and those of your own act as well")


def _show(session: Session, pair: Pair) -> None:
    """Put the playhead in the middle of the item, and make sure that the item is what the viewer shows."""
    item, rate = pair.item, session.rate
    if not rate:
        raise CallFailed("GetSetting", "does not tell the timeline's rate")
    drop = ";" in expect(str, session.timeline, "GetStartTimecode")
    middle = timecode(item.start + item.duration // 2, rate, drop)
    succeed(session.timeline, "SetCurrentTimecode", middle)
    shown = thing_of(session.timeline, "GetCurrentVideoItem")
    if whole(shown, "GetStart") != item.start or ask(shown, "GetUniqueId") != ask(item.handle, "GetUniqueId"):
        raise CallFailed("GetCurrentVideoItem", f"shows another item at {middle}: this one is covered")


def _take_plain(project: Any, handle: Any, ours: VersionName, path: Path) -> None:
    """The still of the same frame in a version without any grade, which is gone afterwards."""
    name = version_name(_STAMP, ours, versions.local_versions(handle))
    try:
        versions.add(handle, name)
        succeed(thing_of(handle, "GetNodeGraph"), "ResetAllGrades")
        _take(project, path)
    finally:
        left = versions.take_back(handle, versions.Undo(ours, (name,)))
    if left:
        raise CallFailed("DeleteVersionByName", "; ".join(left))


def _take(project: Any, path: Path) -> None:
    if path.exists():
        path.unlink()
    succeed(project, "ExportCurrentFrameAsStill", str(path))
    if not path.is_file():
        raise CallFailed("ExportCurrentFrameAsStill", f"said yes, but there is no {path}")
