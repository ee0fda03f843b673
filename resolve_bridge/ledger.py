"""What the bridge did to an item, kept with the item itself: in the custom data of its marker.

So a second run knows what is there, and revert needs neither the package nor a file that could get lost.
"""

import json
import re
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

_KEY = "lutnet"
_VERSION = 1
PREFIX = "lutnet "  # of the names of all versions that the bridge makes

_FROM = ("from ", "from remote ")  # by the type of the version
_NAME = re.compile(re.escape(PREFIX) + r"\S+ \S+ \((from remote |from )(.*)\)")

LOCAL = 0  # the type of a version that belongs to one item, as against remote ones


class VersionName(NamedTuple):
    """A version of an item's grade: its name and its type, local (0) or remote (1)."""

    name: str
    kind: int


class Entry(NamedTuple):
    """clip: its id. grade: hash of what was asked. versions: ours, oldest first, the last one in use.
    base: the user's version that was active. flag: the colour that we added, or "".
    """

    clip: str
    grade: str
    versions: Tuple[str, ...]
    base: VersionName
    flag: str

    @property
    def version(self) -> str:
        return self.versions[-1]

    def text(self) -> str:
        """As custom data of a marker; the same for the same entry."""
        plain = {
            _KEY: _VERSION,
            "clip": self.clip,
            "grade": self.grade,
            "versions": self.versions,
            "base": self.base,
            "flag": self.flag,
        }
        return json.dumps(plain, sort_keys=True, separators=(",", ":"))


def entries_of(markers: Dict[Any, Dict[str, Any]]) -> List[Entry]:
    """The entries among an item's markers (as ``GetMarkers`` gives them), the latest last."""
    found = [_parsed(marker.get("customData")) for marker in markers.values()]
    ours = [entry for entry in found if entry is not None]
    return sorted(ours, key=lambda entry: len(entry.versions))  # each holds those before it


def free_frame(markers: Dict[Any, Any], length: int) -> int:
    """The first frame of the item without a marker: two cannot share one."""
    taken = {int(frame) for frame in markers}
    return next((frame for frame in range(max(length, 1)) if frame not in taken), 0)


def version_name(stamp: str, base: VersionName, taken: List[str]) -> str:
    """A name for our version that is not ``taken``. It says what it was copied from.

    So a run that was cut off before it could set its marker can still be taken back.
    """
    origin = f"({_FROM[base.kind]}{base.name})"
    stamps = [stamp] + [f"{stamp}-{number}" for number in range(2, len(taken) + 3)]
    names = [f"{PREFIX}{each} {origin}" for each in stamps]
    return next(name for name in names if name not in taken)


def entry_from_name(name: VersionName) -> Optional[Entry]:
    """What the name of an active version alone tells: that it is ours, and what it was copied from."""
    found = _NAME.fullmatch(name.name) if name.kind == LOCAL else None
    if found is None:
        return None
    return Entry("", "", (name.name,), VersionName(found.group(2), _FROM.index(found.group(1))), "")


def _parsed(text: Any) -> Optional[Entry]:
    try:
        plain = json.loads(text)
        if plain[_KEY] != _VERSION or not plain["versions"]:
            return None
        name, kind = plain["base"]
        versions = tuple(str(version) for version in plain["versions"])
        return Entry(
            str(plain["clip"]), str(plain["grade"]), versions, VersionName(name, kind), plain["flag"]
        )
    except (TypeError, ValueError, KeyError):
        return None
