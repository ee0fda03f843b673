"""The house rules that a machine can check."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import lutnet

ROOT = Path(lutnet.__file__).resolve().parent
MODULES = sorted(ROOT.rglob("*.py"))

PUBLIC = {
    "CDL", "LUT3D", "Correction", "Diagnosis", "Fault", "FrameRange", "Frames", "Grade", "GradeSettings",
    "GradedTimeline", "LutnetError", "Shot", "diagnose", "diagnose_scene", "grade_timeline", "match", "read_frames",
    "read_timeline",
}  # fmt: skip

# What a colour tool that reads strangers' files must never call.
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__"}
FORBIDDEN_IMPORTS = {
    "pickle",
    "dill",
    "cloudpickle",
    "shelve",
    "marshal",
    "color_matcher",
    "xml.etree.ElementTree",
}


def test_public_names_are_the_agreed_ones() -> None:
    assert set(lutnet.__all__) == PUBLIC
    assert all(getattr(lutnet, name) is not None for name in PUBLIC)


def test_an_unknown_public_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = lutnet.no_such_name


def loaded_after(statement: str) -> set[str]:
    code = f"import sys\n{statement}\nprint(' '.join(sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(result.stdout.splitlines()[-1].split())


def test_import_and_help_do_not_load_torch() -> None:
    assert "torch" not in loaded_after("import lutnet")
    helped = (
        "from lutnet.cli.main import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit as end:\n    assert end.code == 0"
    )
    assert not {"torch", "numpy", "rich"} & loaded_after(helped)


def test_a_run_that_may_find_all_its_work_done_does_not_load_torch() -> None:
    assert "torch" not in loaded_after("import lutnet.cli.grade")


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_module_calls_nothing_dangerous(module: Path) -> None:
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in FORBIDDEN_CALLS, f"{module}:{node.lineno} calls {node.func.id}"
        if isinstance(node, ast.keyword) and node.arg == "shell":
            pytest.fail(f"{module}:{node.value.lineno} passes shell=")
        names = {alias.name for alias in node.names} if isinstance(node, ast.Import) else set()
        if isinstance(node, ast.ImportFrom) and node.module:
            # The record and the error of the standard parser are harmless, its parsers are not.
            harmless = {alias.name for alias in node.names} <= {"Element", "ParseError"}
            names = set() if harmless else {node.module}
        assert not names & FORBIDDEN_IMPORTS, f"{module} imports {names & FORBIDDEN_IMPORTS}"


def test_only_the_command_line_prints() -> None:
    for module in MODULES:
        if module.parent.name == "cli":
            continue
        calls = [n for n in ast.walk(ast.parse(module.read_text())) if isinstance(n, ast.Call)]
        printing = [c for c in calls if isinstance(c.func, ast.Name) and c.func.id == "print"]
        assert not printing, f"{module} prints at line {printing[0].lineno}"


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_module_says_what_it_is_for_and_stays_small(module: Path) -> None:
    text = module.read_text()
    assert len(text.splitlines()) <= 400
    assert not text.strip() or ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize("package", ["continuity", "diagnosis", "refinement"])
def test_modules_that_threads_load_do_not_wait_for_their_own_package(package: str) -> None:
    """A run loads what scenes need in a thread of its own. There a module that asks the package around it may wait for
    a thread that waits for that module, and Python hands out a half-loaded one."""
    for module in sorted((ROOT / package).glob("*.py")):
        asked = [
            node.lineno
            for node in ast.walk(ast.parse(module.read_text()))
            if isinstance(node, ast.ImportFrom) and node.module == f"lutnet.{package}"
        ]
        assert not asked, f"{module}:{asked[0]} imports from its own package"
