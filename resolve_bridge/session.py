"""What is open in Resolve: edition, version, project, timeline. Detected, never assumed."""

from contextlib import contextmanager
from fractions import Fraction
from typing import Any, Iterator, List, NamedTuple

from resolve_bridge.api import ask, expect, succeed, thing_of
from resolve_bridge.errors import BridgeError, CallFailed
from resolve_bridge.space import ColourSettings, colour_settings, read_settings

_COLOUR_PAGE = "color"
_RATE_TOLERANCE = Fraction(1, 100)  # "23.976" stands for 24000/1001


class Session(NamedTuple):
    """product: name and version, as Resolve states them."""

    resolve: Any
    project: Any
    timeline: Any
    product: str
    project_name: str
    timeline_name: str
    timeline_id: str

    @property
    def colours(self) -> ColourSettings:
        return colour_settings(self.project, self.timeline)

    def require_answers(self) -> None:
        """Raises BridgeError where Resolve no longer answers: a dialog opened, the timeline was closed."""
        try:
            expect(str, self.timeline, "GetName")
            project = thing_of(thing_of(self.resolve, "GetProjectManager"), "GetCurrentProject")
            name = expect(str, project, "GetName")
            timeline = expect(str, thing_of(project, "GetCurrentTimeline"), "GetUniqueId")
        except CallFailed as error:
            raise BridgeError(
                f"Resolve stopped answering ({error.what})",
                "Close any dialog that is open in Resolve, leave the timeline open, and run this again.",
            ) from error
        if (name, timeline) != (self.project_name, self.timeline_id):
            raise BridgeError(
                "another project or timeline was opened in Resolve", "Open it again and run this again."
            )

    def require_rate(self, rate: Fraction) -> None:
        """Raises BridgeError where the timeline is known to run at another rate than the package's."""
        found = self.rate
        if found and abs(found - rate) > _RATE_TOLERANCE:
            raise BridgeError(
                f"the timeline runs at {float(found):g} frames a second, and the package's at {float(rate):g}",
                "Open the timeline that was graded.",
            )

    @property
    def rate(self) -> Fraction:
        """Frames a second, or 0 where that cannot be read. Resolve says 23.976, or "29.97 DF"."""
        for owner in (self.timeline, self.project):
            words = str(read_settings(owner).get("timelineFrameRate") or "").split()
            try:
                if words:
                    return Fraction(words[0])
            except ValueError:
                continue
        return Fraction(0)


def open_session(resolve: Any) -> Session:
    """The open project and timeline. Raises BridgeError where there is none."""
    try:
        manager = thing_of(resolve, "GetProjectManager")
        project = ask(manager, "GetCurrentProject")
        timeline = ask(project, "GetCurrentTimeline") if project is not None else None
        if timeline is None:
            raise BridgeError("no timeline is open in Resolve", "Open the timeline that was graded.")
        return Session(
            resolve,
            project,
            timeline,
            product(resolve),
            expect(str, project, "GetName"),
            expect(str, timeline, "GetName"),
            expect(str, timeline, "GetUniqueId"),
        )
    except CallFailed as error:
        raise BridgeError(
            f"Resolve does not answer ({error.what})", "Close any dialog that is open in Resolve."
        ) from error


def product(resolve: Any) -> str:
    """``DaVinci Resolve Studio 21.0.2.7``."""
    return "{} {}".format(expect(str, resolve, "GetProductName"), expect(str, resolve, "GetVersionString"))


@contextmanager
def colour_page(resolve: Any, notes: List[str]) -> Iterator[None]:
    """On the Color page, where alone versions can be added; back to the user's page afterwards, or a note."""
    page = ask(resolve, "GetCurrentPage")
    if page != _COLOUR_PAGE:
        _open(resolve, _COLOUR_PAGE)
    try:
        yield
    finally:
        if page and page != _COLOUR_PAGE:
            try:
                _open(resolve, page)
            except CallFailed as error:
                notes.append(f"the {page} page could not be opened again: {error.what}")


def _open(resolve: Any, page: str) -> None:
    succeed(resolve, "OpenPage", page)
    found = ask(resolve, "GetCurrentPage")
    if found != page:
        raise CallFailed("OpenPage", f"said yes, but the page is {found!r}")
