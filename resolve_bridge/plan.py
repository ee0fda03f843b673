"""What is to be written where: CDL on node 1 and LUT on the node the user names, or both baked into one LUT.

Whether a node's LUT comes before or after its primaries is documented nowhere, so a CDL and a LUT never share
a node: where the named node is missing, the LUT holds both and node 1's CDL is the identity. Stills, for
which Resolve refuses CDLs, get the LUT that holds all.
"""

import hashlib
import json
from typing import Any, Dict, NamedTuple, Optional, Tuple

from resolve_bridge.api import expect, thing_of, whole
from resolve_bridge.errors import CallFailed
from resolve_bridge.items import Item
from resolve_bridge.luts import LutShelf
from resolve_bridge.match import Pair
from resolve_bridge.package import IDENTITY, Cdl, Clip
from resolve_bridge.report import Line

_HASH_DIGITS = 10
_SATURATION_NOTE = "saturation {:.2f} is weighted by Resolve's own luma, which is not quite the ASC's"


class Wish(NamedTuple):
    """What the user asked for. lut_node: number or label of the node for LUTs, "" for none.
    bake: always one LUT that holds all.
    """

    lut_node: str = ""
    bake: bool = False


class Layout(NamedTuple):
    """cdl: for node 1. bake: the CDL to be baked into the LUT, or None. lut_node: 0 for no LUT.
    named: the user named that node, so a LUT there may go.
    """

    cdl: Cdl
    bake: Optional[Cdl]
    lut_node: int
    note: str = ""
    named: bool = False

    @property
    def words(self) -> str:
        if not self.lut_node:
            return "CDL on node 1"
        if self.lut_node == 1:
            return "one LUT for all on node 1" if self.bake else "LUT on node 1"
        return f"CDL on node 1, LUT on node {self.lut_node}"


class Job(NamedTuple):
    """One clip's grade on its way.

    lut: path below the master LUT folder, "" for none. grade: hash of what was asked for.
    """

    clip: Clip
    item: Item
    layout: Layout
    lut: str
    grade: str
    notes: Tuple[str, ...] = ()

    @property
    def cdl(self) -> Cdl:
        return self.layout.cdl

    @property
    def lut_node(self) -> int:
        return self.layout.lut_node

    def line(self, outcome: str, reason: str = "", version: str = "") -> Line:
        return Line(
            outcome=outcome,
            name=self.clip.name,
            track=self.clip.track,
            start=self.clip.start,
            what=self.layout.words,
            reason=reason,
            notes=self.notes,
            version=version,
            clip=self.clip.id,
        )


class NodeSearch:
    """Finds the node of a number or label in one item after the other.

    Each label costs a call. So the node that served all clips before is asked first; once that failed, the node
    that served the last graph of as many nodes: a timeline holds few kinds of graphs.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._always = 2  # the most likely one
        self._by_count: Dict[int, int] = {}

    def node(self, handle: Any) -> int:
        """The node; 0 where there is none. Raises CallFailed."""
        graph = thing_of(handle, "GetNodeGraph")
        if self._name.isdigit():
            wanted = int(self._name)
            return wanted if 1 <= wanted <= whole(graph, "GetNumNodes") else 0
        always = self._always
        if always and _label(graph, always) == self._name:
            return always
        count = whole(graph, "GetNumNodes")
        likely = self._by_count.get(count, min(2, count))
        nodes = [likely] + [node for node in range(1, count + 1) if node != likely]
        found = next((node for node in nodes if node != always and _label(graph, node) == self._name), 0)
        self._always = found if not self._by_count else 0
        self._by_count[count] = found or likely
        return found


def plan(pair: Pair, wish: Wish, search: NodeSearch) -> Layout:
    """Where the clip's grade goes. Raises CallFailed."""
    clip = pair.clip
    cdl = clip.cdl or IDENTITY
    if pair.item.still or wish.bake:
        return Layout(IDENTITY, None if clip.lut and cdl == IDENTITY else cdl, 1)
    if clip.lut is None:
        return Layout(cdl, None, 0, _SATURATION_NOTE.format(cdl.saturation) if cdl.saturation != 1.0 else "")
    node = search.node(pair.item.handle) if wish.lut_node else 1
    if node > 1:
        return Layout(cdl, None, node, named=True)
    note = "" if node else f"no node '{wish.lut_node}'"
    return Layout(IDENTITY, None if cdl == IDENTITY else cdl, 1, note, named=bool(wish.lut_node and node))


def job_of(pair: Pair, layout: Layout, wish: Wish, shelf: LutShelf) -> Job:
    """The job, with its LUT put on the shelf. Raises BridgeError where that fails."""
    clip = pair.clip
    lut = shelf.place(clip.name, clip.lut, layout.bake) if layout.lut_node else ""
    notes = pair.notes + ((layout.note,) if layout.note else ())
    return Job(clip, pair.item, layout, lut, grade_hash(clip, wish), notes)


def grade_hash(clip: Clip, wish: Wish) -> str:
    """Changes whenever what is asked for does: values, LUT or place."""
    asked = [clip.cdl, clip.lut.sha256 if clip.lut else "", wish.lut_node, wish.bake]
    return hashlib.sha256(json.dumps(asked).encode("utf-8")).hexdigest()[:_HASH_DIGITS]


def _label(graph: Any, node: int) -> str:
    try:
        return expect(str, graph, "GetNodeLabel", node)
    except CallFailed:  # a node that this graph does not have
        return ""
