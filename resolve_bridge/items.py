"""The items of a timeline's video tracks, and which of them can take a grade at all.

``GetItemListInTrack`` lists transitions, titles and compound clips among the clips.
"""

from typing import Any, Dict, List, NamedTuple, Tuple

from resolve_bridge.api import ask, expect, whole
from resolve_bridge.errors import CallFailed
from resolve_bridge.ledger import Entry, entries_of

GRADABLE = ""
Markers = Dict[Any, Dict[str, Any]]


class Item(NamedTuple):
    """An item of the timeline, as its calls answered.

    start, duration: record frames, timeline start included. path: its media's; "" for none.
    still: a single picture, for which Resolve refuses CDLs.
    obstacle: why no clip of a package can be matched to it, or GRADABLE. readable: all its calls answered.
    markers: as ``GetMarkers`` gives them; asked once a run. notes: what a colourist should know of it.
    """

    handle: Any
    track: int
    start: int
    duration: int
    path: str
    still: bool
    obstacle: str
    readable: bool
    markers: Markers
    notes: Tuple[str, ...]

    @property
    def entries(self) -> List[Entry]:
        """What the bridge did to it, the latest last."""
        return entries_of(self.markers)

    @property
    def name(self) -> str:
        """Its name in Resolve, or "" where that cannot be had."""
        try:
            return expect(str, self.handle, "GetName")
        except CallFailed:
            return ""


def read_items(timeline: Any) -> List[Item]:
    """All items of all video tracks. Raises CallFailed where the tracks cannot be read."""
    tracks = range(1, _track_count(timeline) + 1)
    return [
        read_item(handle, track)
        for track in tracks
        for handle in expect(list, timeline, "GetItemListInTrack", "video", track)
    ]


def _track_count(timeline: Any) -> int:
    return whole(timeline, "GetTrackCount", "video")


def read_item(handle: Any, track: int) -> Item:
    """One item; where a call fails, an item that cannot be matched, and why."""
    start, duration, path, kind, obstacle, readable = -1, 0, "", "", GRADABLE, True
    notes: Tuple[str, ...] = ()
    markers: Markers = {}
    try:
        start, duration = whole(handle, "GetStart"), whole(handle, "GetDuration")
        media = ask(handle, "GetMediaPoolItem")
        if media is None:
            markers = ask(handle, "GetMarkers") or {}  # a transition may have no answer
            obstacle = "a transition, title or generator: it has no media"
        else:
            properties = expect(dict, media, "GetClipProperty")
            path, kind = (str(properties.get(key) or "") for key in ("File Path", "Type"))
            notes = _notes(properties)
            obstacle = GRADABLE if path else "a {} without a file of its own".format(kind.lower() or "clip")
            markers = expect(dict, handle, "GetMarkers")
    except CallFailed as error:
        obstacle, readable = f"it cannot be read: {error}", False
    still = kind == "Still"
    return Item(handle, track, start, duration, path, still, obstacle, readable, markers, notes)


def _notes(properties: Dict[str, Any]) -> Tuple[str, ...]:
    offline = "offline" in str(properties.get("Online Status") or "").lower()
    lut = properties.get("Input LUT")
    notes = ["its media is offline in Resolve"] if offline else []
    return tuple(notes + ([f"its media has the input LUT {lut}, which lutnet did not see"] if lut else []))
