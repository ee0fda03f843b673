"""Nothing in the product runs what a file says: no pickle, no shell, no unpacking of paths that nobody checked."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import lutnet

ROOT = Path(lutnet.__file__).resolve().parents[1]
MODULES = sorted(path for part in ("lutnet", "resolve_bridge") for path in (ROOT / part).rglob("*.py"))
CHECKS_PATHS = {"lutnet/timeline/bundle.py"}
"""Where archives are unpacked, one member at a time, each path looked at (tests/timeline has the attacks)."""

NEVER = {
    "extractall", "unpack_archive",  # paths that lead out
    "system", "popen", "getoutput", "getstatusoutput", "create_subprocess_shell", "spawnl", "spawnlp",  # a shell
    "mktemp", "full_load", "unsafe_load", "read_pickle", "find_class",
}  # fmt: skip
SAFE_WHERE = {
    ("torch", "load"): ("weights_only", True),
    ("np", "load"): ("allow_pickle", False),
    ("np", "save"): ("allow_pickle", False),
}
STARTS_A_PROGRAM = {"run", "Popen", "call", "check_call", "check_output"}


def faults(source: str, *, may_unpack: bool = False) -> Iterator[str]:
    """What is wrong with a module, by line."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        name, owner = node.func.attr, ast.unparse(node.func.value)
        given = {word.arg: word.value for word in node.keywords}
        if name in NEVER and owner != "platform":
            yield f"{node.lineno}: {owner}.{name}"
        if name == "extract" and not may_unpack:
            yield f"{node.lineno}: unpacks what nobody checked"
        if owner == "yaml" and name == "load":
            yield f"{node.lineno}: yaml.load"
        if (owner, name) in SAFE_WHERE:
            word, value = SAFE_WHERE[owner, name]
            found = given.get(word)
            if not (isinstance(found, ast.Constant) and found.value is value):
                yield f"{node.lineno}: {owner}.{name} without {word}={value}"
        if owner == "subprocess" and name in STARTS_A_PROGRAM:
            words = node.args[0] if node.args else given.get("args")
            if isinstance(words, ast.Constant | ast.JoinedStr | ast.BinOp) or "shell" in given:
                yield f"{node.lineno}: a command as a string"


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_does_what_a_file_says(module: Path) -> None:
    name = module.relative_to(ROOT).as_posix()
    assert not list(faults(module.read_text(encoding="utf-8"), may_unpack=name in CHECKS_PATHS))


@pytest.mark.parametrize(
    "bad",
    [
        "archive.extractall(folder)",
        "archive.extract(member, folder)",
        "torch.load(path)",
        "torch.load(path, weights_only=False)",
        "np.load(path)",
        "np.load(path, allow_pickle=True)",
        "os.system('rm ' + name)",
        "subprocess.run('ls ' + name)",
        "subprocess.run(f'ls {name}')",
        "subprocess.Popen(['ls', name], shell=False)",
        "yaml.load(text)",
        "shutil.unpack_archive(path)",
    ],
)
def test_the_check_sees_what_it_is_for(bad: str) -> None:
    assert list(faults(bad))


def test_the_linter_looks_for_the_rest() -> None:
    """Ruff's S rules (flake8-bandit) are on for the product, and every exception says why."""
    ruff = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["lint"]
    assert "S" in ruff["select"]
    assert not [rule for rule in ruff["ignore"] if rule.startswith("S") and not rule.startswith("SIM")]
    spared = [
        name
        for name, rules in ruff["per-file-ignores"].items()
        if any(rule.startswith("S") for rule in rules)
    ]
    assert not [
        name for name in spared if name.startswith(("lutnet", "resolve_bridge/*", "resolve_bridge/**"))
    ]
    for module in MODULES:
        for line in module.read_text(encoding="utf-8").splitlines():
            if re.search(r"# noqa\b", line):
                assert re.search(r"# noqa: [A-Z]+\d+", line), f"{module}: everything is let through: {line}"
                assert not re.search(r"# noqa: S\d+\s*$", line), f"{module}: without a reason: {line}"
