"""Items are matched by place, length and media, on real Resolve documents too; in doubt, not at all."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lutnet.result import ClipResult, Status
from lutnet.shot import Shot
from resolve_bridge.items import read_items
from resolve_bridge.match import Matching, match
from resolve_bridge.media_path import Likeness, likeness
from resolve_bridge.package import read_package
from resolve_bridge.report import ACCEPTED, FAILED, LEFT
from tests.resolve_bridge import documents
from tests.resolve_bridge.conftest import Bench, MakeBench
from tests.resolve_bridge.standin.build import desk_of, timeline_from_otio
from tests.resolve_bridge.standin.data import Item

REAL = ["otio/effects.otio", "resolve_shaped/resolve_shaped.otio"]


def rehomed(source: Path, folder: Path) -> Path:
    """The document with its media as empty files in ``folder``; what was offline stays offline."""
    document = json.loads(source.read_text())

    def visit(node: Any) -> None:
        if isinstance(node, dict):
            url = node.get("target_url")
            if url:
                path = folder / "media" / url.replace("\\", "/").replace(":", "").lstrip("/")
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch()
                node["target_url"] = str(path)
        for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            visit(child)

    visit(document)
    path = folder / source.name
    path.write_text(json.dumps(document))
    return path


@pytest.fixture(params=REAL)
def real(request: pytest.FixtureRequest, shared: Path, tmp_path: Path) -> Bench:
    path = rehomed(shared / "interop" / request.param, tmp_path)
    return Bench(desk_of(timeline_from_otio(path), tmp_path / "resolve"), documents.package(path))


def matching_of(made: Bench) -> Matching:
    clips = [clip for clip in read_package(made.package).clips if clip.skipped is None]
    return match(clips, read_items(made.timeline))


def test_every_gradable_item_of_a_real_timeline_is_matched_and_none_wrongly(real: Bench) -> None:
    found = matching_of(real)
    # The stand-in reads the document by itself, so its items are the truth: online, enabled, of media.
    gradable = {
        (number, item.start)
        for number, track in enumerate(real.desk.open_timeline.tracks if real.desk.open_timeline else [], 1)
        for item in track
        if item.media and item.media.path and item.media.online and item.enabled
    }
    assert gradable
    assert {(pair.item.track, pair.item.start) for pair in found.pairs} == gradable
    assert all(likeness(pair.clip.media or "", pair.item.path) is Likeness.SAME for pair in found.pairs)


def test_on_a_real_timeline_what_cannot_be_graded_is_left_and_named(real: Bench) -> None:
    report = real.apply()
    outcomes = {line.name: (line.outcome, line.reason) for line in report.lines}
    assert {line.outcome for line in report.lines} <= {ACCEPTED, LEFT, FAILED}
    reasons = {other["name"]: other["reason"] for other in report.others}
    if "offline.mov" in outcomes:
        assert outcomes["offline.mov"][0] == LEFT and "offline" in outcomes["offline.mov"][1]
        assert outcomes["disabled.mov"] == (LEFT, "not graded: the clip is disabled")
        assert "transition" in reasons["Cross Dissolve"] and "title" in reasons["Text+"]
        assert outcomes["C003.mov"][0] == FAILED and "compound" in outcomes["C003.mov"][1]
    else:
        assert "transition" in reasons["Cross Fade 0 dB"]
        assert outcomes["_bar.png"] == (LEFT, "not graded: the clip is disabled")
        assert [line.outcome for line in report.lines].count(ACCEPTED) == 14
    touched = {item.name for item in real.items if len(item.versions) > 1}
    assert touched == {line.name for line in report.lines if line.outcome == ACCEPTED}


def swap(made: Bench, first: str, second: str) -> None:
    one, other = made.item(first), made.item(second)
    one.media, other.media = other.media, one.media


def reason(made: Bench, name: str) -> str:
    line = next(line for line in made.apply().lines if line.name == name)
    assert line.outcome == FAILED
    assert made.item(name).current == ("Version 1", 0)
    return line.reason


def test_an_item_of_another_file_is_not_matched(bench: MakeBench, tmp_path: Path) -> None:
    a, b = documents.media(tmp_path / "media", "a.mov", "b.mov")
    made = bench([documents.clip(a, 48), documents.clip(b, 48)])
    swap(made, "a.mov", "b.mov")
    assert reason(made, "a.mov") == "another file lies there: b.mov"


def test_two_parts_of_one_file_that_changed_places_are_not_matched(bench: MakeBench, tmp_path: Path) -> None:
    (long,) = documents.media(tmp_path / "media", "long.mov")
    made = bench([documents.clip(long, 48, 0), documents.clip(long, 48, 200)])
    first, second = made.items
    first.offset, second.offset = second.offset, first.offset
    report = made.apply()
    assert [line.outcome for line in report.lines] == [FAILED] * 2
    assert "re-cut" in report.lines[0].reason


def test_a_trimmed_or_moved_item_is_not_matched(bench: MakeBench) -> None:
    made = bench()
    made.item("a.mov").duration = 40
    made.item("b.mov").start += 1
    assert "40 frames long, not 48" in reason(made, "a.mov")
    assert "no item begins at frame 86448 of V1" in reason(made, "b.mov")


def test_a_clip_inside_a_compound_clip_does_not_grade_the_compound(bench: MakeBench, tmp_path: Path) -> None:
    (a,) = documents.media(tmp_path / "media", "a.mov")
    nest = documents.item(
        "Stack.1", "Compound", 0, 48, children=[documents.track(1, [documents.clip(a, 48)])]
    )
    made = bench([nest])
    report = made.apply()
    assert [line.outcome for line in report.lines] == [FAILED]
    assert "compound" in report.lines[0].reason
    assert made.item("Compound").current == ("Version 1", 0)


def test_an_item_that_was_disabled_since_is_graded_for_when_it_is_enabled(bench: MakeBench) -> None:
    made = bench()
    made.item("a.mov").enabled = False
    assert made.apply().lines[0].outcome == ACCEPTED
    assert not made.item("a.mov").enabled


def test_a_transition_that_covers_a_clip_wholly_does_not_hide_it(bench: MakeBench) -> None:
    made = bench()
    first = made.item("a.mov")
    assert made.desk.open_timeline is not None
    cover = Item("Cross Dissolve", first.start, first.duration, None, "transition")
    for place in (0, 2):
        made.desk.open_timeline.tracks[0].insert(place, cover)
        assert made.apply().lines[0].outcome != FAILED
        made.desk.open_timeline.tracks[0].remove(cover)


def test_two_files_of_one_name_that_changed_places_are_not_matched(bench: MakeBench, tmp_path: Path) -> None:
    (one,) = documents.media(tmp_path / "day 1", "clip.mov")
    (two,) = documents.media(tmp_path / "day 2", "clip.mov")
    made = bench([documents.clip(one, 48), documents.clip(two, 48)])
    first, second = made.items
    first.media, second.media = second.media, first.media
    report = made.apply()
    assert [line.outcome for line in report.lines] == [FAILED] * 2
    assert "another file of the same name lies there" in report.lines[0].reason


def test_a_rejected_clip_that_changed_places_is_a_rival_still(bench: MakeBench, tmp_path: Path) -> None:
    def grader(number: int, shot: Shot) -> ClipResult:
        result = documents.graded(number, shot)
        return result if number == 0 else replace(result, status=Status.REJECTED)

    (long,) = documents.media(tmp_path / "media", "long.mov")
    made = bench([documents.clip(long, 48, 0), documents.clip(long, 48, 200)], grader=grader)
    first, second = made.items
    first.offset, second.offset = second.offset, first.offset
    assert [line.outcome for line in made.apply().lines] == [FAILED, LEFT]


def test_items_of_clips_without_a_grade_are_not_called_strangers(bench: MakeBench) -> None:
    made = bench(grader=lambda n, s: replace(documents.graded(n, s), status=Status.REJECTED))
    assert made.apply().others == ()


def test_media_that_went_offline_or_moved_is_graded_with_a_note(bench: MakeBench) -> None:
    made = bench()
    for name in ("a.mov", "b.mov"):
        media = made.item(name).media
        assert media is not None
        media.online = name != "a.mov"
        media.path = media.path if name == "a.mov" else "D:\\elsewhere\\b.mov"
    report = made.apply()
    assert [line.outcome for line in report.lines] == [ACCEPTED] * 3
    assert report.lines[0].notes == ("its media is offline in Resolve",)
    assert "another folder" in report.lines[1].notes[0]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("/m/a.mov", "/m/a.mov", Likeness.SAME),
        ("C:\\m\\a.mov", "C:/m/a.mov", Likeness.SAME),
        ("/m/caf\u00e9.mov", "/m/cafe\u0301.mov", Likeness.SAME),
        ("/m/plate.%04d.exr", "/m/plate.[1001-1100].exr", Likeness.SAME),
        ("/m/plate.[1001-1100].exr", "/m/plate.[1001-1200].exr", Likeness.SAME),
        ("/mnt/m/a.mov", "Z:\\m\\a.mov", Likeness.MOVED),
        ("/m/a.mov", "/m/A.mov", Likeness.OTHER),
        ("/m/a.mov", "/m/ba.mov", Likeness.OTHER),
        ("", "/m/a.mov", Likeness.OTHER),
    ],
)
def test_paths_of_other_systems_are_recognised(one: str, other: str, expected: Likeness) -> None:
    assert likeness(one, other) is expected
