"""Puts lutnet into Resolve's Scripts menu: Workspace > Scripts > lutnet.

    Fusion/Scripts/Utility/lutnet/     Utility shows on every page
        <entry>.py                     one per entry of the menu, a few lines each
        lutnet_bridge.zip              this package: Resolve's Python sees it and nothing else of lutnet's

A zip, because every ``.py`` below the folder would become an entry of the menu, and because lutnet's own
environment holds libraries for another Python than Resolve's.
"""

import io
import zipfile
from pathlib import Path
from typing import Dict, List, NamedTuple, Sequence

from resolve_bridge.errors import BridgeError

ARCHIVE = "lutnet_bridge.zip"

# Entries of the menu, and the action of ``menu`` that each starts.
ENTRIES = {
    "Grade to the current frame.py": "current-frame",
    "Grade to the latest gallery still.py": "gallery-still",
    "Correct without a reference.py": "correct",
    "Apply the last grade again.py": "apply",
    "Revert.py": "revert",
}

# Plain enough for any Python that Resolve may start, Python 2 included: it must be able to say what is wrong.
_SCRIPT = """# Installed by lutnet ("lutnet resolve install"); remove with "lutnet resolve install --uninstall".
import sys

if sys.version_info < (3, 6):
    print("lutnet needs Python 3.6 or later in Resolve; this is " + sys.version)
else:
    sys.path.insert(0, {archive!a})
    from resolve_bridge.menu import start

    start({action!a}, globals(), {lutnet!a}, {lut_node!a})
"""
_FIXED_DATE = (2020, 1, 1, 0, 0, 0)  # the same bytes for the same sources


class Installation(NamedTuple):
    """folder: Resolve's ``Fusion/Scripts``. lutnet: the command that starts lutnet. lut_node: see ``Wish``."""

    folder: Path
    lutnet: Sequence[str]
    lut_node: str = ""

    @property
    def home(self) -> Path:
        return self.folder / "Utility" / "lutnet"

    def files(self) -> Dict[Path, bytes]:
        """Every file of the installation and its content."""
        archive = self.home / ARCHIVE
        files = {archive: _archived(Path(__file__).parent)}
        for name, action in ENTRIES.items():
            values = {"archive": str(archive), "action": action, "lutnet": list(self.lutnet)}
            files[self.home / name] = _SCRIPT.format(lut_node=self.lut_node, **values).encode("ascii")
        return files

    def install(self) -> List[Path]:
        """Write the files; their paths. Raises BridgeError."""
        files = self.files()
        for path, content in files.items():
            _write(path, content)
        return sorted(files)

    def uninstall(self) -> List[Path]:
        """Delete the files that ``install`` writes, and no others; those that were there. Raises BridgeError."""
        there = [path for path in sorted(self.files()) if path.is_file()]
        try:
            for path in there:
                path.unlink()
            if self.home.is_dir() and not any(self.home.iterdir()):
                self.home.rmdir()
        except OSError as error:
            raise BridgeError(f"cannot delete {error.filename}: {error.strerror}") from error
        return there


def _archived(package: Path) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for source in sorted(package.glob("*.py")):
            entry = zipfile.ZipInfo(f"{package.name}/{source.name}", _FIXED_DATE)
            archive.writestr(entry, source.read_bytes())
    return content.getvalue()


def _write(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(content)
        temporary.replace(path)
    except OSError as error:
        raise BridgeError(
            f"cannot write {path}: {error.strerror}", "Name another Scripts folder with --folder."
        ) from error
