"""TimelineItem, Graph and MediaPoolItem."""

from typing import Any, Dict, List, Optional, Tuple

from tests.resolve_bridge.standin.data import NAMES_OF_COLOURS, Item, Media, Node, Version
from tests.resolve_bridge.standin.luts import LutLibrary
from tests.resolve_bridge.standin.remote import Remote, World

IDENTITY = (1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0)


class TimelineItem(Remote):
    def __init__(self, world: World, item: Item, luts: LutLibrary) -> None:
        super().__init__(world)
        self.item = item
        self._luts = luts

    def stale(self) -> bool:
        return self.item.gone

    def concerns(self) -> Optional[Item]:
        return self.item

    def offers(self, name: str) -> bool:
        return super().offers(name) and (name != "GetType" or self._world.edition.since_21_1)

    def _frames(self, number: int) -> Any:
        return float(number) if self._world.edition.since_21_1 else number

    def GetName(self) -> str:
        return self.item.name

    def GetUniqueId(self) -> str:
        return f"item-{id(self.item)}"

    def GetType(self) -> str:
        return self.item.kind

    def GetStart(self, subframe: bool = False) -> Any:
        return self._frames(self.item.start)

    def GetEnd(self, subframe: bool = False) -> Any:
        return self._frames(self.item.start + self.item.duration)

    def GetDuration(self, subframe: bool = False) -> Any:
        return self._frames(self.item.duration)

    def GetLeftOffset(self, subframe: bool = False) -> Any:
        return self._frames(self.item.offset)

    def GetMediaPoolItem(self) -> Optional["MediaPoolItem"]:
        return MediaPoolItem(self._world, self.item.media, self.item) if self.item.media else None

    def GetClipEnabled(self) -> bool:
        return self.item.enabled

    def GetNodeGraph(self, layer: int = 1) -> Optional["Graph"]:
        return Graph(self._world, self.item, self._luts) if self.item.media else None

    def SetCDL(self, cdl: Any) -> bool:
        """All strings, or numbers as 21.1's stub has them; lists are refused, keyframed nodes swallow it."""
        media = self.item.media
        node = _node_number(cdl.get("NodeIndex"), self.item.nodes) if isinstance(cdl, dict) else None
        values = _primaries(cdl) if node else None
        if media is None or media.kind == "Still" or node is None or values is None:
            return False
        if not self.item.nodes[node - 1].keyframed:
            self.item.nodes[node - 1].primaries = values
        return True

    def AddVersion(self, name: str, kind: int) -> bool:
        key = (name, kind)
        if self._world.page != "color" or self.item.media is None or key in self.item.versions:
            return False
        self.item.versions[key] = self.item.versions[self.item.current].copy()
        self.item.current = key
        return True

    def GetCurrentVersion(self) -> Dict[str, Any]:
        return {"versionName": self.item.current[0], "versionType": self.item.current[1]}

    def GetVersionNameList(self, kind: int) -> List[str]:
        return [name for name, each in self.item.versions if each == kind]

    def LoadVersionByName(self, name: str, kind: int) -> bool:
        if (name, kind) not in self.item.versions:
            return False
        self.item.current = (name, kind)
        return True

    def DeleteVersionByName(self, name: str, kind: int) -> bool:
        if (name, kind) not in self.item.versions or (name, kind) == self.item.current:
            return False
        del self.item.versions[(name, kind)]
        return True

    def AddMarker(self, frame: Any, colour: str, name: str, note: str, duration: int, data: str = "") -> bool:
        if colour not in NAMES_OF_COLOURS or int(frame) in self.item.markers:
            return False
        values = {"color": colour, "duration": duration, "note": note, "name": name, "customData": data}
        self.item.markers[int(frame)] = values
        return True

    def GetMarkers(self) -> Optional[Dict[float, Dict[str, Any]]]:
        if self.item.kind == "transition":
            return None
        return {float(frame): dict(marker) for frame, marker in self.item.markers.items()}

    def DeleteMarkerByCustomData(self, data: str) -> bool:
        for frame, marker in list(self.item.markers.items()):
            if marker["customData"] == data:
                del self.item.markers[frame]
                return True
        return False

    def AddFlag(self, colour: str) -> bool:
        if colour not in NAMES_OF_COLOURS:
            return False
        self.item.flags.append(colour)
        return True

    def GetFlagList(self) -> List[str]:
        return list(self.item.flags)

    def ClearFlags(self, colour: str) -> bool:
        self.item.flags = [flag for flag in self.item.flags if colour not in ("All", flag)]
        return True


class Graph(Remote):
    """The nodes of one version: stale once another is active."""

    def __init__(self, world: World, item: Item, luts: LutLibrary) -> None:
        super().__init__(world)
        self.item = item
        self._version = item.versions[item.current]
        self._luts = luts

    def stale(self) -> bool:
        return self.item.gone or self.item.versions.get(self.item.current) is not self._version

    def concerns(self) -> Optional[Item]:
        return self.item

    def GetNumNodes(self) -> int:
        return len(self._version.nodes)

    def GetNodeLabel(self, number: int) -> Optional[str]:
        node = _node_number(number, self._version.nodes)
        return self._version.nodes[node - 1].label if node else None

    def GetLUT(self, number: int) -> Optional[str]:
        node = _node_number(number, self._version.nodes)
        return self._version.nodes[node - 1].lut if node else None

    def SetLUT(self, number: int, path: str) -> bool:
        node = _node_number(number, self._version.nodes)
        name = "" if path == "" else self._luts.found(path)
        if node is None or name is None:
            return False
        self._version.nodes[node - 1].lut = name
        return True

    def ResetAllGrades(self) -> bool:
        self._version.nodes = Version().nodes
        return True


class MediaPoolItem(Remote):
    def __init__(self, world: World, media: Media, item: Item) -> None:
        super().__init__(world)
        self._media = media
        self._item = item

    def concerns(self) -> Optional[Item]:
        return self._item

    def GetClipProperty(self, key: Optional[str] = None) -> Any:
        media = self._media
        values = {
            "File Path": media.path,
            "Type": media.kind,
            "Online Status": "Online" if media.online else "Offline",
            "Input LUT": media.input_lut,
            "FPS": 24.0,
        }
        return values if key is None else values.get(key, "")


def _node_number(number: Any, nodes: List[Node]) -> Optional[int]:
    try:
        node = int(number)
    except (TypeError, ValueError):
        return None
    return node if 1 <= node <= len(nodes) else None


def _primaries(cdl: Dict[str, Any]) -> Optional[Tuple[float, ...]]:
    try:
        triples = [tuple(float(word) for word in cdl[key].split(" ")) for key in ("Slope", "Offset", "Power")]
        if any(len(triple) != 3 for triple in triples):
            return None
        return triples[0] + triples[1] + triples[2] + (float(cdl["Saturation"]),)
    except (KeyError, ValueError, AttributeError):
        return None
