"""The versions of an item's grade: the user's are never written to, and come back whatever happens."""

from functools import partial
from typing import Any, Callable, List, NamedTuple, Optional, Tuple

from resolve_bridge.api import expect, succeed
from resolve_bridge.errors import CallFailed
from resolve_bridge.ledger import LOCAL, Entry, VersionName


class Undo(NamedTuple):
    """What takes an item back: load ``version``, delete our ``versions``, flag, markers with ``texts``."""

    version: VersionName
    versions: Tuple[str, ...]
    texts: Tuple[str, ...] = ()
    flag: str = ""


def undo_of(entries: List[Entry]) -> Optional[Undo]:
    """What takes back all that ``entries`` of one item record; None where there are none."""
    if not entries:
        return None
    last = entries[-1]
    return Undo(last.base, last.versions, tuple(entry.text() for entry in entries), last.flag)


def current_version(handle: Any) -> VersionName:
    answer = expect(dict, handle, "GetCurrentVersion")
    name, kind = answer.get("versionName"), answer.get("versionType")
    if not isinstance(name, str) or not isinstance(kind, (int, float)):
        raise CallFailed("GetCurrentVersion", f"answered {answer!r}")
    return VersionName(name, int(kind))


def local_versions(handle: Any) -> List[str]:
    return [str(name) for name in expect(list, handle, "GetVersionNameList", LOCAL)]


def load(handle: Any, version: VersionName) -> None:
    """Make ``version`` the active one, and make sure that it is. Raises CallFailed."""
    succeed(handle, "LoadVersionByName", version.name, version.kind)
    _require_current(handle, version, "LoadVersionByName")


def add(handle: Any, name: str) -> None:
    """Copy the active version to ``name`` and make that active, and make sure. Raises CallFailed."""
    succeed(handle, "AddVersion", name, LOCAL)
    _require_current(handle, VersionName(name, LOCAL), "AddVersion")


def take_back(handle: Any, undo: Undo) -> List[str]:
    """Do what is left to do of ``undo``, by what the item holds; what could not be done, in words."""
    moved = _problems(lambda: _leave(handle, undo.version, undo.versions))
    # A version that is still active is not deleted: that would choose another for the user. And what records a
    # version stays as long as the version does, so that a later try can finish.
    remaining = moved or _problems(lambda: _delete_versions(handle, undo.versions))
    return remaining or remove_marks(handle, undo.texts, undo.flag)


def remove_marks(handle: Any, texts: Tuple[str, ...], flag: str) -> List[str]:
    """Delete our flag, then our markers, by their custom data; what could not be done, in words."""
    problems = _problems(lambda: _clear_flag(handle, flag))
    for text in texts if not problems else ():
        problems += _problems(partial(_delete_marker, handle, text))
    return problems


def _problems(step: Callable[[], None]) -> List[str]:
    try:
        step()
    except CallFailed as error:
        return [error.what]
    return []


def _require_current(handle: Any, version: VersionName, call: str) -> None:
    found = current_version(handle)
    if found != version:
        raise CallFailed(call, f"said yes, but the version '{found.name}' is active")


def _leave(handle: Any, version: VersionName, ours: Tuple[str, ...]) -> None:
    """Go back to ``version``, unless the user went to another of his own already."""
    found = current_version(handle)
    if found != version and found.kind == LOCAL and found.name in ours:
        load(handle, version)


def _delete_versions(handle: Any, ours: Tuple[str, ...]) -> None:
    for name in ours:
        _remove(handle, "DeleteVersionByName", (name, LOCAL), partial(_is_version, handle, name))


def _is_version(handle: Any, name: str) -> bool:
    return name in local_versions(handle)


def _delete_marker(handle: Any, text: str) -> None:
    _remove(handle, "DeleteMarkerByCustomData", (text,), partial(_is_marked, handle, text))


def _is_marked(handle: Any, text: str) -> bool:
    markers = expect(dict, handle, "GetMarkers")
    return any(marker.get("customData") == text for marker in markers.values())


def _clear_flag(handle: Any, colour: str) -> None:
    if colour:
        _remove(handle, "ClearFlags", (colour,), partial(_is_flagged, handle, colour))


def _is_flagged(handle: Any, colour: str) -> bool:
    return colour in expect(list, handle, "GetFlagList")


def _remove(handle: Any, call: str, arguments: Tuple[Any, ...], still_there: Callable[[], bool]) -> None:
    """A refusal is no failure where there is nothing left to remove. Raises CallFailed."""
    try:
        succeed(handle, call, *arguments)
    except CallFailed:
        if still_there():
            raise
