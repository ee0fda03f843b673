"""What the stand-in's project holds, apart from the objects that calls answer."""

from typing import Any, Dict, List, NamedTuple, Optional, Set, Tuple

Numbers = Tuple[float, ...]


class Edition(NamedTuple):
    """A Resolve that can be bought: its version and whether it is the Studio."""

    version: Tuple[int, int, int] = (21, 0, 2)
    studio: bool = True

    @property
    def name(self) -> str:
        return "DaVinci Resolve Studio" if self.studio else "DaVinci Resolve"

    @property
    def since_21_1(self) -> bool:
        return self.version >= (21, 1, 0)

    @property
    def lets_others_in(self) -> bool:
        return self.studio

    @property
    def runs_menu_scripts(self) -> bool:
        return self.studio or not self.since_21_1


STUDIO = Edition()


class Media:
    def __init__(self, path: str, kind: str = "Video", online: bool = True) -> None:
        self.path = path
        self.kind = kind
        self.online = online
        self.input_lut = ""


class Node:
    """``primaries``: slope, offset, power (three each), saturation. ``keyframed``: swallows CDLs."""

    def __init__(self, label: str = "") -> None:
        self.label = label
        self.lut = ""
        self.primaries: Numbers = (1, 1, 1, 0, 0, 0, 1, 1, 1, 1)
        self.keyframed = False

    def copy(self) -> "Node":
        made = Node(self.label)
        made.__dict__.update(self.__dict__)
        return made


class Version:
    def __init__(self, nodes: Optional[List[Node]] = None) -> None:
        self.nodes = nodes or [Node()]

    def copy(self) -> "Version":
        return Version([node.copy() for node in self.nodes])


class Item:
    """A clip, or with no media a title, or a transition. ``kind`` as 21.1's ``GetType`` says it."""

    def __init__(
        self, name: str, start: int, duration: int, media: Optional[Media], kind: str = "video"
    ) -> None:
        self.name = name
        self.start = start
        self.duration = duration
        self.media = media
        self.kind = kind
        self.offset = 0
        self.enabled = True
        self.versions: Dict[Tuple[str, int], Version] = {("Version 1", 0): Version()}
        self.current = ("Version 1", 0)
        self.markers: Dict[int, Dict[str, Any]] = {}
        self.flags: List[str] = []
        self.gone = False

    @property
    def nodes(self) -> List[Node]:
        return self.versions[self.current].nodes


class Timeline:
    def __init__(self, name: str, start: int, rate: float, tracks: List[List[Item]]) -> None:
        self.name = name
        self.start = start
        self.rate = rate
        self.tracks = tracks
        self.timecode = "01:00:00:00"
        self.settings: Dict[str, Any] = {"useCustomSettings": "0"}
        self.gone = False
        self.otio = "{}"

    @property
    def items(self) -> List[Item]:
        return [item for track in self.tracks for item in track]


class Fault(NamedTuple):
    """A call that goes wrong. ``answer``: what it says; or ``raises``. ``does_it``: it is done all the same."""

    answer: Any = None
    raises: Optional[BaseException] = None
    does_it: bool = False


class Call(NamedTuple):
    """A call as it was made; ``item``: the timeline item that it concerns, if any."""

    name: str
    item: Optional[Item]
    arguments: Tuple[Any, ...]


def snapshot(timeline: Optional[Timeline]) -> Dict[str, Any]:
    """All that a user could see of the timeline's items, as plain values that can be compared."""
    return {
        f"{track}:{item.start}" + item.name: {
            "current": item.current,
            "versions": {
                key: [dict(node.__dict__) for node in each.nodes] for key, each in item.versions.items()
            },
            "markers": {frame: dict(marker) for frame, marker in item.markers.items()},
            "flags": list(item.flags),
            "enabled": item.enabled,
        }
        for track, items in enumerate(timeline.tracks if timeline else [])
        for item in items
    }


# fmt: off
NAMES_OF_COLOURS: Set[str] = {
    "Blue", "Cyan", "Green", "Yellow", "Red", "Pink", "Purple", "Fuchsia", "Rose", "Lavender", "Sky", "Mint", "Lemon",
    "Sand", "Cocoa", "Cream",
}
# fmt: on
