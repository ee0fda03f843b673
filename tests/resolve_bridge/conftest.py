"""A small project in the stand-in, with its package."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from resolve_bridge.apply import Options, apply
from resolve_bridge.package import read_package
from resolve_bridge.plan import Wish
from resolve_bridge.report import Report
from tests.resolve_bridge import documents
from tests.resolve_bridge.standin.build import desk_of, timeline_from_otio
from tests.resolve_bridge.standin.data import Edition, Fault, Item
from tests.resolve_bridge.standin.project import Desk


@dataclass
class Bench:
    """A stand-in with a timeline open, and the package of that timeline."""

    desk: Desk
    package: Path

    def apply(
        self, lut_node: str = "", bake: bool = False, dry_run: bool = False, assume: bool = False
    ) -> Report:
        wish = Wish(lut_node, bake)
        options = Options(wish, assume, dry_run, self.desk.luts.master)
        return apply(self.desk.resolve(), read_package(self.package), options)

    def outcomes(self, **options: Any) -> list[str]:
        """What became of each clip."""
        return [line.outcome for line in self.apply(**options).lines]

    def failing(self, name: str, fault: Fault) -> None:
        """From now on every call of that name has this fault."""
        self.desk.world.faults = lambda index, call: fault if call == name else None

    @property
    def project(self) -> Any:
        """The open project, as a script sees it."""
        return self.desk.resolve().GetProjectManager().GetCurrentProject()

    @property
    def timeline(self) -> Any:
        """The open timeline, as a script sees it."""
        return self.project.GetCurrentTimeline()

    def item(self, name: str) -> Item:
        assert self.desk.open_timeline is not None
        return next(item for item in self.desk.open_timeline.items if item.name == name)

    @property
    def items(self) -> list[Item]:
        assert self.desk.open_timeline is not None
        return self.desk.open_timeline.items


MakeBench = Callable[..., Bench]


@pytest.fixture
def bench(tmp_path: Path) -> MakeBench:
    """Makes a bench of tracks (default: three clips), for an edition and a grader."""

    def make(
        *tracks: list[dict[str, object]],
        edition: Edition = Edition(),  # noqa: B008 - a NamedTuple never changes
        grader: documents.Grader = documents.graded,
        baked: bool = False,
    ) -> Bench:
        if not tracks:
            a, b, c = documents.media(tmp_path / "media", "a.mov", "b.mov", "c.mov")
            tracks = ([documents.clip(a, 48), documents.clip(b, 24, 10), documents.clip(c, 36)],)
        path = documents.timeline(tmp_path / "cut.otio", *tracks)
        desk = desk_of(timeline_from_otio(path), tmp_path / "resolve", edition)
        return Bench(desk, documents.package(path, grader, baked))

    return make
