"""URLs as programs write them, to files that exist."""

from __future__ import annotations

from pathlib import Path

import pytest

from lutnet.timeline.media import MediaLocator, media_name, written_paths


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("/media/a.mov", "/media/a.mov"),
        ("file:///media/a%20b.mov", "/media/a b.mov"),
        ("file://localhost/media/a.mov", "/media/a.mov"),
        ("file:/media/a.mov", "/media/a.mov"),
        ("FILE:///media/a.mov", "/media/a.mov"),
        ("file:///C:/media/a.mov", "C:/media/a.mov"),
        ("file://localhost/D%3a/media/a.mov", "D:/media/a.mov"),
        ("file://C:/media/a.mov", "C:/media/a.mov"),
        ("file://server/share/a.mov", "//server/share/a.mov"),
        ("C:\\media\\a.mov", "C:\\media\\a.mov"),
        ("file:a%23b.mov", "a#b.mov"),
        ("clips/a.mov", "clips/a.mov"),
    ],
)
def test_urls_become_the_paths_they_mean(url: str, path: str) -> None:
    assert written_paths(url)[0] == path


@pytest.mark.parametrize("url", ["http://example.com/a.mov", "s3://bucket/a.mov", ""])
def test_what_is_no_file_has_no_path(url: str) -> None:
    assert written_paths(url) == ()


@pytest.mark.parametrize(
    "url", ["/x/é clip.mov", "file:///x/%C3%A9%20clip.mov", "C:\\x\\é clip.mov", "\\\\nas\\x\\é clip.mov"]
)
def test_the_name_is_the_same_on_every_system(url: str) -> None:
    assert media_name(url) == "é clip.mov"


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("a b.mov", "a b.mov"),
        ("a b.mov", "a%20b.mov"),
        ("100%25.mov", "100%25.mov"),
        ("sub/a.mov", "sub/a.mov"),
        ("sub/a.mov", "sub\\a.mov"),
        ("sub/a.mov", "./sub/../sub/a.mov"),
        ("é#?.mov", "é#?.mov"),
    ],
)
def test_relative_media_is_looked_for_beside_the_timeline(tmp_path: Path, name: str, url: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.touch()
    found = MediaLocator(tmp_path).locate(url)
    assert found is not None
    assert found.samefile(path)


def test_an_absolute_url_is_found_anywhere(tmp_path: Path) -> None:
    (tmp_path / "a b.mov").touch()
    locator = MediaLocator(Path("/"))
    assert locator.locate((tmp_path / "a b.mov").as_uri()) == tmp_path / "a b.mov"
    assert locator.locate(str(tmp_path / "a b.mov")) == tmp_path / "a b.mov"


@pytest.mark.parametrize("url", ["", "gone.mov", ".", "a\0b.mov", "x" * 5000, "http://a/b.mov"])
def test_what_is_not_there_is_not_found(tmp_path: Path, url: str) -> None:
    assert MediaLocator(tmp_path).locate(url) is None


@pytest.mark.parametrize(
    "url", ["/old/day1/a.mov", "C:\\old\\day1\\a.mov", "file:///old/day1/a.mov", "file:///C:/old/day1/a.mov"]
)
@pytest.mark.parametrize("relink", ["root", "deep root", "renamed"])
def test_moved_media_is_relinked(tmp_path: Path, url: str, relink: str) -> None:
    path = tmp_path / "day1" / "a.mov"
    path.parent.mkdir()
    path.touch()
    locator = {
        "root": MediaLocator(Path("/"), roots=(tmp_path,)),
        "deep root": MediaLocator(Path("/"), roots=(tmp_path / "none", tmp_path / "day1")),
        "renamed": MediaLocator(Path("/"), renamed=(("/old", tmp_path), ("C:\\old\\", tmp_path))),
    }[relink]
    assert locator.locate(url) == path


def test_a_renamed_folder_is_a_whole_name(tmp_path: Path) -> None:
    (tmp_path / "er.mov").touch()
    assert MediaLocator(Path("/"), renamed=(("/old", tmp_path),)).locate("/older.mov") is None


def test_media_roots_never_lead_outside(tmp_path: Path) -> None:
    (tmp_path / "secret.mov").touch()
    (tmp_path / "root").mkdir()
    assert MediaLocator(Path("/"), roots=(tmp_path / "root",)).locate("x/../../secret.mov") is None


@pytest.mark.parametrize("url", ["/old/day1/a.mov", "C:\\old\\DAY1\\A.MOV", "file:///old/day1/a.mov"])
def test_media_is_found_anywhere_below_a_root(tmp_path: Path, url: str) -> None:
    """In the folder most like its own: cameras write the same names again."""
    for folder in ("show/reels/day1/cards", "show/reels/day1", "show/reels/day2"):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / folder / "a.mov").touch()
    locator = MediaLocator(Path("/"), roots=(tmp_path,))
    assert locator.locate(url) is None
    assert locator.below(url) == (tmp_path / "show/reels/day1/a.mov",)


def test_of_equals_below_a_root_none_is_chosen(tmp_path: Path) -> None:
    for folder in ("x/one", "x/two"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "a.mov").touch()
    locator = MediaLocator(Path("/"), roots=(tmp_path,))
    assert locator.below("/old/a.mov") == (tmp_path / "x/one/a.mov", tmp_path / "x/two/a.mov")
    assert locator.below("/old/one/a.mov") == (tmp_path / "x/one/a.mov",)
    assert locator.below("/old/b.mov") == () == MediaLocator(tmp_path).below("/old/a.mov")


def test_an_image_sequence_is_found_below_a_root(tmp_path: Path) -> None:
    folder = tmp_path / "vfx" / "sh010"
    folder.mkdir(parents=True)
    for frame in (1001, 1002):
        (folder / f"plate.{frame}.dpx").touch()
    locator = MediaLocator(Path("/"), roots=(tmp_path,))
    assert locator.below("/old/plate.[1001-1002].dpx") == (folder / "plate.[1001-1002].dpx",)
