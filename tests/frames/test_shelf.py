"""Files that stay open: the frames of one opened anew, and no more held than there is room for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lutnet.errors import MediaError
from lutnet.frames import container, keep_open
from lutnet.frames.container import opened
from lutnet.frames.record import Span
from lutnet.frames.shelf import ROOM, SHELF, Identity, Shelf, held_by
from lutnet.frames.video import read
from tests.frames.footage import number_in, write_numbered
from tests.frames.test_sampling import KINDS

SPANS = (Span(30, 54), Span(3, 4), Span(0, 60), Span(58, 60), Span(12, 20), Span(30, 54))
"""Of what a film asks one file for: on, back, to its end, and once more."""


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """A shelf of the test's own, with room."""
    made = Shelf(ROOM)
    monkeypatch.setattr(container, "SHELF", made)
    return made


def seen(path: Path, span: Span) -> list[tuple[int, bytes]]:
    return [(picture.index, picture.pixels.tobytes()) for picture in read(path, span, 3, 64)]


def test_nothing_stays_open_unless_a_process_asks_for_it() -> None:
    assert SHELF.room == 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_stayed_open_gives_the_frames_of_one_opened_anew(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_numbered(tmp_path / kind, 60, **KINDS[kind])
    anew = [seen(path, span) for span in SPANS]
    made = Shelf(ROOM)
    monkeypatch.setattr(container, "SHELF", made)
    assert [seen(path, span) for span in SPANS] == anew
    assert len(made) == (1 if path.suffix in {".mp4", ".mov"} else 0)


def test_a_file_is_opened_once(shelf: Shelf, tmp_path: Path) -> None:
    path = write_numbered(tmp_path / "film.mp4", 30)
    with opened(path) as (first, _):
        pass
    with opened(path) as (second, _):
        assert second is first
        with opened(path) as (another, _):  # whoever has it has it alone
            assert another is not first
    assert len(shelf) == 1


def test_an_exchanged_file_is_another(shelf: Shelf, tmp_path: Path) -> None:
    path = write_numbered(tmp_path / "film.mp4", 30)
    seen(path, Span(0, 30))
    write_numbered(tmp_path / "new.mp4", 60)
    (tmp_path / "new.mp4").rename(path)
    os.utime(path, ns=(1, 1))
    (last,) = read(path, Span(59, 60), 1, 128)
    assert number_in(last.pixels.transpose(2, 0, 1)) == 59


def test_those_used_longest_ago_make_room(shelf: Shelf, tmp_path: Path) -> None:
    paths = [write_numbered(tmp_path / f"{number}.mp4", 5) for number in range(3)]
    with opened(paths[0]) as (_, stream):
        shelf.room = 2 * held_by(stream)
    for path in paths:
        with opened(path):
            pass
    kept = [shelf.take(Identity.of(path)) is not None for path in paths]
    assert kept == [False, True, True]


def test_a_process_keeps_what_it_asks_for_and_never_more_than_there_is_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(SHELF, "room", 0)
    for asked, given in ((2**24, 2**24), (2**40, ROOM)):
        keep_open(asked)
        assert SHELF.room == given


@pytest.mark.parametrize("share", [0.4, 0.8])
def test_a_file_that_ends_too_soon_gives_what_one_opened_anew_does(
    share: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = {"movflags": "faststart"}
    whole = write_numbered(tmp_path / "whole.mp4", 60, options={"g": "12"}, container_options=options)
    path = tmp_path / "cut.mp4"
    path.write_bytes(whole.read_bytes()[: int(share * whole.stat().st_size)])
    anew = [seen(path, span) for span in SPANS]
    monkeypatch.setattr(container, "SHELF", Shelf(ROOM))
    assert [seen(path, span) for span in SPANS] == anew


def test_a_file_that_failed_is_closed(shelf: Shelf, tmp_path: Path) -> None:
    path = write_numbered(tmp_path / "film.mp4", 30)
    with pytest.raises(MediaError), opened(path):
        raise MediaError("a frame cannot be decoded")
    assert len(shelf) == 0
