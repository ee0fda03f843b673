"""The entries of the Scripts menu, as Resolve starts them: by any Python from 3.6 on, with nothing but globals."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

import resolve_bridge
from resolve_bridge.errors import BridgeError
from resolve_bridge.folders import lut_folder, scripting_modules, scripts_folder
from resolve_bridge.install import ARCHIVE, ENTRIES, Installation
from resolve_bridge.menu import ACTIONS, REPORT, Menu, outside_environment, run_lutnet
from resolve_bridge.report import ACCEPTED
from resolve_bridge.session import open_session
from tests.resolve_bridge import documents
from tests.resolve_bridge.conftest import Bench, MakeBench
from tests.resolve_bridge.standin.colour import Engine, write_still

SOURCES = sorted(Path(resolve_bridge.__file__).parent.glob("*.py"))
ROOT = Path(resolve_bridge.__file__).resolve().parents[1]
OLDEST = (3, 6)

# Plays Resolve: makes the project, then runs an entry of the menu with the globals that Resolve gives it.
PLAY = """
import os, sys
from pathlib import Path
sys.path.insert(0, {root!r})
sys.modules["resolve_bridge"] = None  # the entry must bring its own
from tests.resolve_bridge.standin.build import desk_of, timeline_from_otio
timeline = timeline_from_otio(Path({otio!r}))
timeline.name = "cut"
desk = desk_of(timeline, Path({folder!r}))
del sys.modules["resolve_bridge"]
sys.path.remove({root!r})
for entry in {entries!r}:
    names = {{"resolve": desk.resolve(), "__name__": "__main__"}}
    with open(entry) as file:
        exec(compile(file.read(), entry, "exec"), names)
    print("active:", sorted(item.current[0].split(" ")[0] for item in timeline.items))
print("python:", sys.version_info[0], sys.version_info[1])
"""


def python(version: str) -> str | None:
    """An interpreter of this version that is installed here and runs, or None."""
    built = sorted(str(path) for path in Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    for found in (*built, shutil.which(f"python{version}")):
        if found and subprocess.run([found, "-c", ""], capture_output=True, check=False).returncode == 0:
            return found
    return None


PYTHONS = {version: python(version) for version in ("3.6", "3.8", "3.11", "3.13")}


def installed(made: Bench, folder: Path, lutnet: list[str]) -> Path:
    installation = Installation(folder / "Scripts", lutnet)
    installation.install()
    return installation.home


def played(interpreter: str, made: Bench, home: Path, folder: Path, *entries: str) -> str:
    """What the entries say, one after the other, in ``interpreter``."""
    environment = {
        "HOME": str(folder),
        "BMD_RESOLVE_LUT_DIR": str(folder / "play" / "LUT"),
        "PATH": os.environ["PATH"],
    }
    code = PLAY.format(
        root=str(ROOT),
        otio=str(made.package.with_suffix(".otio")),
        folder=str(folder / "play"),
        entries=[str(home / entry) for entry in entries],
    )
    result = subprocess.run(
        [interpreter, "-c", code], capture_output=True, text=True, env=environment, check=False
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_every_source_is_python_3_6_of_the_standard_library(source: Path) -> None:
    tree = ast.parse(source.read_text(), feature_version=OLDEST)
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        tops = {name.split(".")[0] for name in names}
        assert tops <= set(sys.stdlib_module_names) | {"resolve_bridge"}
        assert "dataclasses" not in tops and "__future__" not in tops  # of 3.7


def test_every_source_says_what_it_is_for_and_stays_small() -> None:
    for source in SOURCES:
        assert ast.get_docstring(ast.parse(source.read_text())), source.name
        assert len(source.read_text().splitlines()) <= 250, source.name


@pytest.mark.parametrize("version", PYTHONS)
def test_the_menu_grades_applies_and_reverts_under_old_and_new_pythons(
    bench: MakeBench, tmp_path: Path, version: str
) -> None:
    interpreter = PYTHONS[version]
    if interpreter is None:
        pytest.skip(f"Python {version} is not installed here")
    made = bench()
    package = made.package
    # A stand-in for lutnet as well: it writes the package that the real one wrote before.
    fake = tmp_path / "fake.py"
    fake.write_text(
        "import shutil, sys\n"
        "print('lutnet: graded 1/3 a.mov')\n"
        "assert sys.argv[1:3] == ['resolve', 'grade'] and '--ref' not in sys.argv, sys.argv\n"
        f"shutil.copytree({str(package)!r}, sys.argv[sys.argv.index('-o') + 1])\n"
    )
    home = installed(made, tmp_path, [sys.executable, str(fake)])
    said = played(
        interpreter,
        made,
        home,
        tmp_path,
        "Correct without a reference.py",
        "Apply the last grade again.py",
        "Revert.py",
    )
    assert "lutnet: graded 1/3 a.mov" in said and "lutnet: 3/3 applied c.mov" in said
    assert said.count("active: ['lutnet', 'lutnet', 'lutnet']") == 2
    assert "3 unchanged" in said and "3 reverted" in said
    assert said.count("active: ['Version', 'Version', 'Version']") == 1


def test_the_menu_lets_lutnet_itself_grade_to_the_current_frame(bench: MakeBench, tmp_path: Path) -> None:
    picture = np.random.default_rng(5).uniform(0.2, 0.8, (9, 16, 3)).repeat(20, 0).repeat(20, 1)
    (still,) = documents.media(tmp_path / "media", "still.png")
    write_still(still, picture**2)
    made = bench([documents.clip(still, 48, length=1)])
    made.desk.render = lambda item, file: write_still(file, picture)
    said: list[str] = []
    menu = Menu(
        open_session(made.desk.resolve()),
        [sys.executable, "-m", "lutnet"],
        "",
        tmp_path / "home",
        said.append,
    )
    menu.options = menu.options._replace(lut_folder=made.desk.luts.master)
    ACTIONS["current-frame"](menu)
    assert "lutnet: graded 1/1 still.png" in said
    shown = Engine().render(made.item("still.png"), picture**2, made.desk.luts)
    assert np.abs(shown - picture).mean() < np.abs(picture**2 - picture).mean() / 4
    report = json.loads((menu.folder / REPORT).read_text())
    assert report["counts"] == {ACCEPTED: 1}


def test_an_entry_says_what_goes_wrong_and_never_raises(bench: MakeBench, tmp_path: Path) -> None:
    made = bench()
    home = installed(made, tmp_path, ["/no/such/lutnet"])
    said = played(
        sys.executable,
        made,
        home,
        tmp_path,
        "Correct without a reference.py",
        "Apply the last grade again.py",
    )
    assert "lutnet: error: lutnet cannot be started (/no/such/lutnet" in said
    assert "lutnet: error: cannot read" in said


def test_python_2_is_told_that_it_is_too_old(bench: MakeBench, tmp_path: Path) -> None:
    old = python("2.7")
    if old is None:
        pytest.skip("no Python 2 is installed here")
    home = installed(bench(), tmp_path, ["lutnet"])
    result = subprocess.run([old, str(home / "Revert.py")], capture_output=True, text=True, check=True)
    assert result.stdout.startswith("lutnet needs Python 3.6 or later in Resolve; this is 2.7")


def test_every_entry_has_an_action_and_every_action_an_entry() -> None:
    assert sorted(ENTRIES.values()) == sorted(ACTIONS)


def test_install_writes_only_its_own_files_and_uninstall_removes_only_those(tmp_path: Path) -> None:
    installation = Installation(tmp_path / "Scripts", ["lutnet"])
    written = installation.install()
    assert sorted(path for path in tmp_path.rglob("*") if path.is_file()) == sorted(written)
    first = {path: path.read_bytes() for path in written}
    assert installation.install() == written and {path: path.read_bytes() for path in written} == first
    (installation.home / "mine.py").write_text("print('mine')")
    assert installation.uninstall() == written
    assert [path.name for path in installation.home.iterdir()] == ["mine.py"]
    (installation.home / "mine.py").unlink()
    installation.install()
    installation.uninstall()
    assert not installation.home.exists() and (tmp_path / "Scripts").is_dir()


def test_the_archive_holds_the_bridge_and_nothing_else(tmp_path: Path) -> None:
    installation = Installation(tmp_path, ["lutnet"])
    installation.install()
    with zipfile.ZipFile(installation.home / ARCHIVE) as archive:
        assert sorted(archive.namelist()) == [f"resolve_bridge/{source.name}" for source in SOURCES]


def test_paths_with_any_letter_survive_in_the_entries(tmp_path: Path) -> None:
    installation = Installation(
        tmp_path / 'Jos\u00e9\'s \\ "Scripts"', ["C:\\Jos\u00e9\\python.exe", "-m", "lutnet"], "\u00dcber"
    )
    for content in installation.files().values():
        if content[:2] != b"PK":
            text = content.decode("ascii")
            calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
            start = next(
                call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "start"
            )
            assert ast.literal_eval(start.args[2]) == list(installation.lutnet)
            assert ast.literal_eval(start.args[3]) == "\u00dcber"


def test_a_scripts_folder_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "Scripts").write_text("a file in the way")
    with pytest.raises(BridgeError, match="cannot write"):
        Installation(tmp_path / "Scripts", ["lutnet"]).install()


def test_lutnet_is_started_without_the_environment_of_resolves_python() -> None:
    kept = outside_environment({"PYTHONHOME": "/opt/resolve", "PYTHONPATH": "/x", "PATH": "/bin"})
    assert kept == {"PATH": "/bin", "PYTHONIOENCODING": "utf-8", "PYTHONUNBUFFERED": "1"}


def test_what_lutnet_says_is_passed_on_and_its_failure_is_told() -> None:
    said: list[str] = []
    run_lutnet([sys.executable, "-c", "print('one'); print('tw\u00f6')"], said.append)
    assert said == ["one", "tw\u00f6"]
    run_lutnet([sys.executable, "-c", "raise SystemExit(3)"], said.append)
    with pytest.raises(BridgeError, match="code 2: no such timeline"):
        run_lutnet([sys.executable, "-c", "print('no such timeline'); raise SystemExit(2)"], said.append)


def test_folders_are_those_of_each_system(tmp_path: Path) -> None:
    home = {"HOME": "/h", "APPDATA": "C:\\Users\\x\\AppData\\Roaming"}
    product = "Blackmagic Design/DaVinci Resolve"
    mac = Path(f"/h/Library/Application Support/{product}/Fusion/Scripts")
    assert scripts_folder(home, "darwin") == mac
    assert scripts_folder(home, "linux") == Path("/h/.local/share/DaVinciResolve/Fusion/Scripts")
    assert scripts_folder(home, "win32").parts[-3:] == ("Support", "Fusion", "Scripts")
    assert scripting_modules({}, "darwin") == [
        Path(f"/Library/Application Support/{product}/Developer/Scripting/Modules")
    ]
    assert scripting_modules({"RESOLVE_SCRIPT_API": "/api"}, "linux") == [Path("/api/Modules")]
    assert lut_folder({"BMD_RESOLVE_LUT_DIR": str(tmp_path)}, "linux") == tmp_path
    with pytest.raises(BridgeError, match="--lut-folder"):
        lut_folder({"BMD_RESOLVE_LUT_DIR": str(tmp_path / "none")}, "linux")


def test_a_name_that_the_console_cannot_show_does_not_end_a_run() -> None:
    code = "from resolve_bridge.menu import _say; _say('lutnet: 1/3 applied \\u65e5\\u672c.mov')"
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONPATH": str(ROOT)}
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True
    )
    assert said.stdout == "lutnet: 1/3 applied ??.mov\n"
