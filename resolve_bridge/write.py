"""Writes one clip's grade to its item, whole or not at all.

In a new version, which copies the user's: CDL on node 1, LUT where the plan says, read back; then the flag;
last the marker that records it all. A failure anywhere takes the item back to where it was.
"""

from typing import Dict, List, NamedTuple, Optional, Tuple

from resolve_bridge import versions
from resolve_bridge.api import expect, succeed, thing_of
from resolve_bridge.errors import CallFailed
from resolve_bridge.items import Item
from resolve_bridge.ledger import (
    LOCAL,
    Entry,
    VersionName,
    entry_from_name,
    free_frame,
    version_name,
)
from resolve_bridge.match import Pair
from resolve_bridge.package import Cdl
from resolve_bridge.plan import Job, Layout
from resolve_bridge.report import ACCEPTED, FAILED, PLANNED, REVERTED, UNCHANGED, Line

FLAG = "Red"
_COLOURS = {"approved": "Green", "changed": "Green"}  # of markers, by the clip's status
_UNSURE_COLOUR, _PROPOSED_COLOUR = "Yellow", "Cyan"
_MARKER_NAME = "lutnet"


class _Before(NamedTuple):
    """An item before anything is done to it. names: what is known of its local versions, ours in any case."""

    entry: Optional[Entry]
    current: VersionName
    names: List[str]

    def holds(self, grade: str) -> bool:
        """Whether this very grade is there from an earlier run."""
        return self.entry is not None and self.entry.grade == grade and self.entry.version in self.names

    @property
    def base(self) -> VersionName:
        """The user's version: the active one, or the one that was active before ours."""
        ours = (
            self.entry is not None and self.current.kind == LOCAL and self.current.name in self.entry.versions
        )
        return self.entry.base if self.entry is not None and ours else self.current


def write(job: Job, stamp: str) -> Line:
    """Write ``job``'s grade; how it went. ``stamp`` tells this run's versions from earlier ones."""
    try:
        before = _look(job.item)
        if before.entry and before.holds(job.grade):
            return _again(job, before.entry, before.current)
    except CallFailed as error:
        return job.line(FAILED, error.what)
    return _Attempt(job, before, stamp).made()


def forecast(pair: Pair, layout: Layout, grade: str) -> Tuple[str, str]:
    """The outcome that ``write`` would have, as far as it can be foretold without changing anything, and why."""
    try:
        before = _look(pair.item)
        if before.holds(grade):
            return UNCHANGED, ""
        if layout.lut_node == 1 and not layout.named and before.base == before.current:
            _require_free(expect(str, thing_of(pair.item.handle, "GetNodeGraph"), "GetLUT", 1))
    except CallFailed as error:
        return FAILED, error.what
    return PLANNED, ""


def withdraw(item: Item, line: Line) -> Line:
    """Take back what an earlier run did to ``item``; ``line``, saying how that went."""
    undo = versions.undo_of(item.entries)
    left = versions.take_back(item.handle, undo) if undo else []
    if left:
        return line._replace(outcome=FAILED).noting("could not be taken back: " + "; ".join(left))
    return line._replace(outcome=REVERTED)


def _look(item: Item) -> _Before:
    current = versions.current_version(item.handle)
    entry = next(reversed(item.entries), None) or entry_from_name(current)
    names: List[str] = []
    if entry is not None:
        in_use = current == VersionName(entry.version, LOCAL)
        names = list(entry.versions) if in_use else versions.local_versions(item.handle)
    return _Before(entry, current, names)


def _again(job: Job, entry: Entry, current: VersionName) -> Line:
    """The same grade was written before: make sure that it is in use, and change nothing else."""
    handle = job.item.handle
    line = job.line(UNCHANGED, version=entry.version)
    if current != VersionName(entry.version, LOCAL):
        versions.load(handle, VersionName(entry.version, LOCAL))
        line = job.line(ACCEPTED, "its version was there already and is active again", entry.version)
    if job.lut and not _same_path(
        expect(str, thing_of(handle, "GetNodeGraph"), "GetLUT", job.lut_node), job.lut
    ):
        line = line.noting(f"the LUT of node {job.lut_node} was changed by hand since")
    return line


class _Attempt:
    """One item's change, and how to take it back."""

    def __init__(self, job: Job, before: _Before, stamp: str) -> None:
        self.job = job
        self.handle = job.item.handle
        self.before = before
        self.old = before.entry
        self.name = version_name(stamp, before.base, before.names)
        self.flag = self.old.flag if self.old and job.clip.unsure else ""
        self.notes: Tuple[str, ...] = ()

    def made(self) -> Line:
        problem, left = "never begun", []
        try:
            self._write()
            problem = ""
        except CallFailed as error:
            problem = error.what
        finally:
            if problem:  # after an interrupt as well: the item must be whole before anything else happens
                left = versions.take_back(self.handle, self._undo())
        if problem:
            line = self.job.line(FAILED, problem)
            return line.noting("could not be taken back: " + "; ".join(left)) if left else line
        self._tidy()
        return self.job.line(ACCEPTED, version=self.name).noting(*self.notes)

    def _undo(self) -> versions.Undo:
        added = "" if self.old and self.old.flag == self.flag else self.flag
        return versions.Undo(self.before.current, (self.name,), (self._entry().text(),), added)

    def _entry(self) -> Entry:
        earlier = self.old.versions if self.old else ()
        return Entry(self.job.clip.id, self.job.grade, (*earlier, self.name), self.before.base, self.flag)

    def _write(self) -> None:
        if self.before.base != self.before.current:
            versions.load(self.handle, self.before.base)
        versions.add(self.handle, self.name)
        self._write_grade()
        if self.job.clip.unsure and not self.flag:
            self._add_flag()
        self._add_marker()

    def _write_grade(self) -> None:
        job, graph = self.job, thing_of(self.handle, "GetNodeGraph")
        own_lut = "" if self._told_before else expect(str, graph, "GetLUT", 1)
        if own_lut and job.lut_node != 1:
            note = "node 1 also holds the LUT {}; whether before or after the CDL is not known"
            self.notes += (note.format(own_lut),)
        elif not job.layout.named:
            _require_free(own_lut)
        self._set_cdl()
        if job.lut:
            succeed(graph, "SetLUT", job.lut_node, job.lut)
            found = expect(str, graph, "GetLUT", job.lut_node)
            if not _same_path(found, job.lut):
                raise CallFailed("SetLUT", f"said yes, but the node holds {found!r}")

    @property
    def _told_before(self) -> bool:
        """Whether the LUT of the user's that node 1 may hold matters no more than when this base was graded first."""
        old = self.old
        return old is not None and old.grade != "" and old.base == self.before.base and self.job.lut_node != 1

    def _set_cdl(self) -> None:
        try:
            succeed(self.handle, "SetCDL", cdl_argument(self.job.cdl))
        except CallFailed:
            if not self.job.item.still:
                raise
            # The LUT holds all of a still's grade: the CDL only had to clear node 1.
            self.notes += ("a still takes no CDL: what node 1 holds of your own stays in effect",)

    def _add_flag(self) -> None:
        """A flag is a courtesy: without it the grade stands, and the report says so."""
        try:
            if FLAG in expect(list, self.handle, "GetFlagList"):
                return
            self.flag = FLAG
            succeed(self.handle, "AddFlag", FLAG)
        except CallFailed as error:
            self.notes += ("not flagged: " + error.what,)

    def _add_marker(self) -> None:
        clip = self.job.clip
        colour = _UNSURE_COLOUR if clip.unsure else _COLOURS.get(clip.status, _PROPOSED_COLOUR)
        frame = free_frame(self.job.item.markers, clip.duration)
        text = self._entry().text()
        succeed(self.handle, "AddMarker", frame, colour, _MARKER_NAME, clip.findings, 1, text)

    def _tidy(self) -> None:
        """Remove the marker and the flag of an earlier grade. The new one stands in any case."""
        if self.old is None:
            return
        stale = self.old.flag if not self.job.clip.unsure else ""
        left = versions.remove_marks(self.handle, (self.old.text(),), stale)
        self.notes += tuple("the earlier mark remains: " + problem for problem in left)


def _require_free(own_lut: str) -> None:
    if own_lut:
        why = f"was not asked: node 1 holds the LUT {own_lut}; name the node for lutnet's with --lut-node"
        raise CallFailed("SetLUT", why)


def cdl_argument(cdl: Cdl, node: int = 1) -> Dict[str, str]:
    """What ``SetCDL`` takes in every version: five keys, all strings, no exponents."""
    triples = {"Slope": cdl.slope, "Offset": cdl.offset, "Power": cdl.power}
    argument = {key: " ".join(f"{value:.6f}" for value in values) for key, values in triples.items()}
    return dict(argument, NodeIndex=str(node), Saturation=f"{cdl.saturation:.6f}")


def _same_path(one: str, other: str) -> bool:
    return one.replace("\\", "/") == other.replace("\\", "/")
