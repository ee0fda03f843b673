"""What the entries of Resolve's Scripts menu do. They speak in Resolve's console (Workspace > Console)."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence

from resolve_bridge.apply import Options, apply
from resolve_bridge.connect import connect_inside
from resolve_bridge.errors import BridgeError
from resolve_bridge.export import export_current_frame, export_latest_still, export_timeline
from resolve_bridge.luts import folder_name, plain_name
from resolve_bridge.package import read_package
from resolve_bridge.plan import Wish
from resolve_bridge.report import Report
from resolve_bridge.revert import revert
from resolve_bridge.session import Session, open_session

REPORT = "resolve_report.json"
_SOME_SKIPPED = 3  # lutnet's exit code when it graded all but some clips
_NO_CONSOLE_WINDOW = 0x08000000 if os.name == "nt" else 0

Say = Callable[[str], None]
Reference = Callable[[Any, Path], Path]


class Menu:
    """One entry of the menu at work. home: the folder for what passes between Resolve and lutnet."""

    def __init__(self, session: Session, lutnet: Sequence[str], lut_node: str, home: Path, say: Say) -> None:
        self.session = session
        self.lutnet = list(lutnet)
        self.options = Options(Wish(lut_node))
        self.say = say
        self.folder = home.joinpath(
            folder_name(session.project_name, "project"), folder_name(session.timeline_name, "timeline")
        )

    def grade(self, reference: Optional[Reference] = None) -> None:
        """Export the timeline and the reference, let lutnet grade, and apply what it found."""
        self.folder.mkdir(parents=True, exist_ok=True)
        timeline = export_timeline(self.session.resolve, self.session.timeline, self.folder)
        self.say(f"lutnet: timeline exported to {timeline}")
        command = [*self.lutnet, "resolve", "grade", str(timeline), "-o", str(self._package)]
        if reference is not None:
            command += ["--ref", str(reference(self.session.project, self.folder))]
        run_lutnet(command, self.say)
        self.apply()

    def apply(self) -> None:
        """Apply the package of the last grading."""
        package = read_package(self._package)
        self._tell(apply(self.session.resolve, package, self.options, self._progress))

    def revert(self) -> None:
        self._tell(revert(self.session.resolve))

    @property
    def _package(self) -> Path:
        return self.folder / f"{plain_name(self.session.timeline_name, 'timeline')}.lutnet"

    def _progress(self, what: str, done: int, total: int) -> None:
        self.say(f"lutnet: {done}/{total} {what}")

    def _tell(self, report: Report) -> None:
        self.say(report.to_text())
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / REPORT).write_text(report.to_json(), encoding="utf-8")
        self.say(f"lutnet: report in {self.folder / REPORT}")


ACTIONS: Dict[str, Callable[[Menu], None]] = {
    "current-frame": lambda menu: menu.grade(export_current_frame),
    "gallery-still": lambda menu: menu.grade(export_latest_still),
    "correct": lambda menu: menu.grade(),
    "apply": lambda menu: menu.apply(),
    "revert": lambda menu: menu.revert(),
}


def start(action: str, names: Dict[str, Any], lutnet: Sequence[str], lut_node: str = "") -> None:
    """Do ``action`` in the Resolve of a script's globals ``names``; whatever goes wrong is said, not raised."""
    try:
        session = open_session(connect_inside(names))
        _say(f"lutnet: {session.product}, {session.project_name} / {session.timeline_name}")
        ACTIONS[action](Menu(session, lutnet, lut_node, Path.home() / "lutnet", _say))
    except (BridgeError, OSError) as error:
        _say(f"lutnet: error: {error}")


def run_lutnet(command: Sequence[str], say: Say) -> None:
    """Run lutnet, passing on what it says line by line. Raises BridgeError where it fails."""
    last: List[str] = []
    try:
        with subprocess.Popen(  # noqa: S603 - a list, no shell; the command is the one that was installed
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            env=outside_environment(os.environ),
            creationflags=_NO_CONSOLE_WINDOW,
        ) as process:
            for line in process.stdout or ():
                last = [*last[-4:], line.rstrip()]
                say(line.rstrip())
    except OSError as error:
        raise BridgeError(
            f"lutnet cannot be started ({command[0]}: {error.strerror})", "Run lutnet resolve install again."
        ) from error
    if process.returncode not in (0, _SOME_SKIPPED):
        raise BridgeError(f"lutnet ended with code {process.returncode}: " + " ".join(last))


def outside_environment(environ: Mapping[str, str]) -> Dict[str, str]:
    """The environment without what Resolve sets for its own Python: it would break another one."""
    kept = {name: value for name, value in environ.items() if not name.startswith("PYTHON")}
    return dict(kept, PYTHONIOENCODING="utf-8", PYTHONUNBUFFERED="1")


def _say(text: str) -> None:
    """Print in whatever letters the console has: a name it cannot show must not end a run half-way."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    print(text.encode(encoding, "replace").decode(encoding), flush=True)
