"""What would come out the same is taken over; what anybody touched is made anew."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from lutnet.export.ledger import Ledger
from lutnet.export.package import write_package
from lutnet.export.run import RunSettings
from lutnet.result import ClipResult
from tests.export.examples import SETTINGS, some_grade, some_results, source_timeline


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def inodes(folder: Path) -> dict[str, int]:
    return {str(path.relative_to(folder)): path.stat().st_ino for path in folder.rglob("*") if path.is_file()}


class Film:
    """A package that is written again and again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.noted = ""

    def write(self, results: list[ClipResult], settings: RunSettings = SETTINGS, maker: str = "") -> None:
        ledger = Ledger(self.folder, self.noted, maker)
        source = source_timeline(self.folder.parent / "cut.otio", results)
        write_package(self.folder, results, source, settings, ledger=ledger)
        self.noted = ledger.to_text()


@pytest.fixture
def film(tmp_path: Path) -> Film:
    film = Film(tmp_path / "cut.lutnet")
    film.write(some_results())
    return film


def test_an_unchanged_package_is_the_same_files(film: Film) -> None:
    before = inodes(film.folder)
    film.write(some_results())
    assert inodes(film.folder) == before
    assert Ledger(film.folder, film.noted).is_intact()


def test_one_changed_clip_makes_its_own_files_anew(film: Film, tmp_path: Path) -> None:
    before = inodes(film.folder)
    changed = some_results()
    changed[0] = replace(changed[0], grade=some_grade(9))
    film.write(changed)
    after = inodes(film.folder)
    fresh = {name.split("/")[0] for name, inode in after.items() if before.get(name) != inode}
    assert fresh == {"cdl", "luts", "cut.otio", "cut.edl", "grades.json"}
    assert sum(before.get(name) == inode for name, inode in after.items()) >= 4
    other = Film(tmp_path / "other" / "cut.lutnet")
    other.folder.parent.mkdir()
    other.write(changed)
    assert contents(other.folder) == contents(film.folder)


def rewrite(path: Path) -> None:
    path.write_bytes(path.read_bytes()[::-1])
    os.utime(path, ns=(1, 1))


@pytest.mark.parametrize("spoil", [Path.unlink, rewrite])
def test_what_was_touched_is_made_anew(film: Film, spoil: Callable[[Path], None]) -> None:
    before = contents(film.folder)
    for name in ("luts", "cdl"):
        spoil(next((film.folder / name).iterdir()))
    assert not Ledger(film.folder, film.noted).is_intact()
    film.write(some_results())
    assert contents(film.folder) == before


def test_another_program_or_version_makes_all_anew(film: Film) -> None:
    before = inodes(film.folder)
    film.write(some_results(), maker="another")
    assert not set(before.values()) & set(inodes(film.folder).values())
    cube = next((film.folder / "luts").iterdir()).name
    film.write(some_results(), replace(SETTINGS, version="9.9.9"), maker="another")
    assert cube not in {path.name for path in (film.folder / "luts").iterdir()}


def test_where_links_are_not_to_be_had_files_are_copied(film: Film, monkeypatch: pytest.MonkeyPatch) -> None:
    before = contents(film.folder)

    def refuse(*_: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr(os, "link", refuse)
    film.write(some_results())
    assert contents(film.folder) == before
    assert Ledger(film.folder, film.noted).is_intact()
