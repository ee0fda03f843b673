"""``lutnet resolve`` as a person runs it, and the way to Resolve from outside."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from lutnet.cli.main import main
from resolve_bridge.connect import connect, connect_inside
from resolve_bridge.errors import BridgeError
from tests.resolve_bridge.conftest import Bench, MakeBench
from tests.resolve_bridge.standin.data import Edition, snapshot


@pytest.fixture
def scripting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """Resolve's scripting module where ``RESOLVE_SCRIPT_API`` says; tests set its ``scriptapp``."""
    modules = tmp_path / "api" / "Modules"
    modules.mkdir(parents=True)
    (modules / "DaVinciResolveScript.py").write_text("def scriptapp(name):\n    return None\n")
    monkeypatch.setenv("RESOLVE_SCRIPT_API", str(tmp_path / "api"))
    monkeypatch.setattr(sys, "path", list(sys.path))
    with pytest.raises(BridgeError, match="does not let other programs in"):
        connect()
    yield sys.modules["DaVinciResolveScript"]
    del sys.modules["DaVinciResolveScript"]


@pytest.fixture
def open_bench(bench: MakeBench, scripting: Any, monkeypatch: pytest.MonkeyPatch) -> Bench:
    made = bench()
    scripting.scriptapp = lambda name: made.desk.scriptapp()
    monkeypatch.setenv("BMD_RESOLVE_LUT_DIR", str(made.desk.luts.master))
    return made


def test_apply_and_revert_from_outside(open_bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    before = snapshot(open_bench.desk.open_timeline)
    assert main(["resolve", "apply", str(open_bench.package), "--dry-run"]) == 0
    assert "3 would be written" in capsys.readouterr().out
    assert snapshot(open_bench.desk.open_timeline) == before
    assert main(["resolve", "apply", str(open_bench.package), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["product"] == "DaVinci Resolve Studio 21.0.2.7"
    assert report["counts"] == {"accepted, unverified": 3}
    assert [line["clip"] for line in report["lines"]] == [
        clip["id"] for clip in json.loads((open_bench.package / "grades.json").read_text())["clips"]
    ]
    assert main(["resolve", "revert"]) == 0
    assert "3 reverted" in capsys.readouterr().out
    assert snapshot(open_bench.desk.open_timeline) == before


def test_a_proof_that_cannot_be_had_does_not_hide_what_was_done(
    open_bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    open_bench.desk.settings.update(colorScienceMode="acescct")
    words = [
        "resolve",
        "apply",
        str(open_bench.package),
        "--assume-space",
        "--prove",
        str(tmp_path / "stills"),
    ]
    assert main(words) == 0
    out = capsys.readouterr().out
    assert "3 accepted, unverified" in out and "note: no proof: stills cannot prove" in out


def test_a_clip_that_fails_makes_the_exit_code_3(
    open_bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    open_bench.item("a.mov").duration = 40
    assert main(["resolve", "apply", str(open_bench.package)]) == 3
    out = capsys.readouterr().out
    assert "failed" in out and "was it trimmed?" in out and "2 accepted, unverified" in out


def test_what_keeps_all_from_being_done_is_one_line_and_exit_code_2(
    open_bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["resolve", "apply", str(tmp_path / "none")]) == 2
    open_bench.desk.open_timeline = None
    assert main(["resolve", "apply", str(open_bench.package)]) == 2
    errors = capsys.readouterr().err.splitlines()
    assert len(errors) == 2 and "no timeline is open" in errors[1]


def test_the_free_edition_is_told_its_own_ways(
    bench: MakeBench, scripting: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    made = bench(edition=Edition((21, 0, 0), studio=False))
    scripting.scriptapp = lambda name: made.desk.scriptapp()
    assert main(["resolve", "apply", str(made.package)]) == 2
    error = capsys.readouterr().err
    assert "free edition" in error and "EDL" in error and "Scripts menu" in error


def test_no_scripting_module_is_one_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESOLVE_SCRIPT_API", str(tmp_path))
    with pytest.raises(BridgeError, match="RESOLVE_SCRIPT_API"):
        connect()


def test_inside_resolve_any_of_its_globals_leads_to_it(bench: MakeBench) -> None:
    desk = bench().desk

    class App:
        def GetResolve(self) -> object:
            return desk.resolve()

    class Bmd:
        def scriptapp(self, name: str) -> object:
            return desk.resolve() if name == "Resolve" else None

    for names in ({"resolve": desk.resolve()}, {"resolve": None, "app": App()}, {"bmd": Bmd(), "app": None}):
        assert connect_inside(names).GetProductName() == "DaVinci Resolve Studio"


def test_install_lists_writes_and_removes_the_menus_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = ["--folder", str(tmp_path / "Scripts")]
    assert main(["resolve", "install", "--dry-run", *folder]) == 0
    listed = [
        line.split(" ", 2)[2]
        for line in capsys.readouterr().out.splitlines()
        if line.startswith("would write")
    ]
    assert listed and not (tmp_path / "Scripts").exists()
    assert main(["resolve", "install", "--lut-node", "look", *folder]) == 0
    assert sorted(str(path) for path in tmp_path.rglob("*") if path.is_file()) == sorted(listed)
    script = next(path for path in listed if path.endswith("Revert.py"))
    assert repr([sys.executable, "-m", "lutnet"]) in Path(script).read_text()
    assert "'look'" in Path(script).read_text()
    assert main(["resolve", "install", "--uninstall", "--dry-run", *folder]) == 0
    assert Path(script).is_file()
    assert main(["resolve", "install", "--uninstall", *folder]) == 0
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
