from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lutnet.errors import OutputError
from lutnet.export.atomic import write_bytes, write_text
from lutnet.export.folder import exchanged, was_interrupted

SEAL = "seal"


def owned(seal: Path) -> set[str]:
    return set(seal.read_text().split()) if seal.exists() else set()


def write(folder: Path, generation: str, names: str = "a b") -> None:
    with exchanged(folder, SEAL, owned) as new:
        for name in names.split():
            (new / name).mkdir()
            write_text(new / name / "file", generation)
        write_text(new / SEAL, names)


def contents(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


OLD = {"a/file": "old", "b/file": "old", SEAL: "a b", "theirs": "kept"}
NEW = {"a/file": "new", "c/file": "new", SEAL: "a c", "theirs": "kept"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "package"
    write(path, "old")
    (path / "theirs").write_text("kept")
    return path


def test_new_contents_replace_the_old_and_leave_what_is_not_theirs(folder: Path) -> None:
    write(folder, "new", "a c")
    assert contents(folder) == NEW
    assert {path.name for path in folder.iterdir()} == {"a", "c", SEAL, "theirs"}


class FailingCalls:
    """Lets the n-th call of a function of ``os`` fail, counting from 0; later ones work."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, name: str, fail_at: int) -> None:
        self.real: Callable[..., object] = getattr(os, name)
        self.fail_at = fail_at
        self.count = 0
        monkeypatch.setattr(os, name, self)

    def __call__(self, *arguments: object, **options: object) -> object:
        self.count += 1
        if self.count == self.fail_at + 1:
            raise OSError(28, "No space left on device")
        return self.real(*arguments, **options)


@pytest.mark.parametrize("name", ["replace", "fsync"])
def test_a_failing_call_leaves_the_old_contents_and_no_litter(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    fail_at = 0
    while True:
        with monkeypatch.context() as patch:
            calls = FailingCalls(patch, name, fail_at)
            try:
                write(folder, "new", "a c")
            except OutputError as error:
                assert "No space left" in str(error)
        if calls.count <= fail_at or contents(folder) == NEW:
            break
        assert contents(folder) == OLD
        assert {path.name for path in folder.iterdir()} == {"a", "b", SEAL, "theirs"}
        fail_at += 1
    assert fail_at >= 5  # each entry and each file had its turn
    assert contents(folder) == NEW


def test_a_failing_first_write_leaves_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    FailingCalls(monkeypatch, "replace", 1)
    with pytest.raises(OutputError):
        write(tmp_path / "deep" / "package", "new")
    assert list(tmp_path.iterdir()) == []


def test_an_exception_of_the_writer_passes_and_leaves_the_old_contents(folder: Path) -> None:
    with pytest.raises(KeyboardInterrupt), exchanged(folder, SEAL, owned) as new:
        write_text(new / SEAL, "x")
        raise KeyboardInterrupt
    assert contents(folder) == OLD


def test_contents_without_a_seal_are_refused(folder: Path) -> None:
    with pytest.raises(OutputError, match="seal"), exchanged(folder, SEAL, owned):
        pass
    assert contents(folder) == OLD


KILLED = """
import os, sys
from pathlib import Path
from tests.export.test_folder import write
left = int(sys.argv[2])
real = os.replace
def replace(source, target):
    global left
    if left == 0:
        os.kill(os.getpid(), 9)
    left -= 1
    real(source, target)
os.replace = replace
write(Path(sys.argv[1]), "new", "a c")
"""


def test_a_killed_writer_is_finished_or_forgotten_by_the_next(folder: Path, tmp_path: Path) -> None:
    for moment in range(100):
        copy = tmp_path / f"copy{moment}"
        shutil.copytree(folder, copy)
        done = subprocess.run([sys.executable, "-c", KILLED, str(copy), str(moment)], check=False)
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL
        # A reader sees the old contents whole, or that writing was interrupted.
        seen = {name: text for name, text in contents(copy).items() if not name.startswith(".lutnet-")}
        assert seen == OLD or was_interrupted(copy, SEAL)
        write(copy, "next", "a")
        assert contents(copy) == {"a/file": "next", SEAL: "a", "theirs": "kept"}
        assert {path.name for path in copy.iterdir()} == {"a", SEAL, "theirs"}
    assert moment >= 8


def test_a_second_writer_is_turned_away_and_the_first_one_finishes(folder: Path) -> None:
    with exchanged(folder, SEAL, owned) as new:
        with pytest.raises(OutputError, match="another lutnet"):
            write(folder, "second")
        (new / "a").mkdir()
        write_text(new / "a" / "file", "new")
        (new / "c").mkdir()
        write_text(new / "c" / "file", "new")
        write_text(new / SEAL, "a c")
    assert contents(folder) == NEW


def test_a_drive_that_cannot_lock_is_written_all_the_same(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fcntl = pytest.importorskip("fcntl")

    def no_locks(handle: int, kind: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", no_locks)
    write(folder, "new", "a c")
    assert contents(folder) == NEW


def test_a_file_keeps_its_content_when_writing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    write_bytes(path, b"old")
    for name in ("fsync", "replace"):
        with monkeypatch.context() as patch:
            FailingCalls(patch, name, 0)
            with pytest.raises(OutputError, match="No space left"):
                write_bytes(path, b"new")
        assert contents(tmp_path) == {"file": "old"}


def test_a_written_file_has_the_rights_that_others_files_have(tmp_path: Path) -> None:
    (tmp_path / "usual").write_text("")
    write_bytes(tmp_path / "ours", b"")
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "usual").stat().st_mode


@pytest.mark.parametrize("place", ["file/package", "file"])
def test_a_file_in_the_way_is_an_output_error(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="cannot write"):
        write(tmp_path / place, "new")
    assert contents(tmp_path) == {"file": "x"}
