"""What is graded by itself: clips, or sources."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from lutnet.cli.main import main
from lutnet.frames import read_shot, video
from lutnet.frames.readers import READERS
from lutnet.job import Recipe, jobs_of
from lutnet.plain import shot_from_plain, shot_to_plain
from lutnet.source import Per, open_timeline
from tests.frames.footage import write_numbered
from tests.timeline import build


def cut(folder: Path) -> Path:
    write_numbered(folder / "a.mp4", 60)
    write_numbered(folder / "b.mp4", 60)

    def clip(url: str, start: int, length: int, head: int = 0) -> Any:
        return build.clip(url[0], build.span(head + start, length), url=url, available=build.span(head, 60))

    shown = (
        clip("a.mp4", 0, 5),
        clip("b.mp4", 0, 5),
        clip("a.mp4", 30, 9, head=500),
        clip("a.mp4", 0, 5),
        clip("gone.mov", 0, 9),
    )
    return build.save(build.timeline(build.track(*shown)), folder)


def test_per_source_all_clips_of_a_file_are_graded_by_the_frames_of_the_longest(tmp_path: Path) -> None:
    shots = open_timeline(cut(tmp_path), per=Per.SOURCE).shots
    ranges = [set(read_shot(shot, count=9).indices) for shot in shots[:4]]
    assert all(found <= set(range(30, 39)) for found in (ranges[0], ranges[2], ranges[3]))
    assert ranges[1] <= set(range(5))
    assert [float(shot.source.duration) for shot in shots] == [5, 5, 9, 5, 9], "the cut itself stays"
    assert "offline" in str(shots[4].skipped)


def test_per_clip_every_clip_is_graded_by_its_own_frames(tmp_path: Path) -> None:
    shots = open_timeline(cut(tmp_path)).shots
    assert set(read_shot(shots[0], count=9).indices) <= set(range(5))
    assert set(read_shot(shots[2], count=9).indices) <= set(range(30, 39))


def test_clips_of_the_same_range_of_the_same_file_are_the_same_job(tmp_path: Path) -> None:
    path = cut(tmp_path)
    first, _, other, twin, _ = (job.hash for job in jobs_of(open_timeline(path).shots, Recipe()))
    assert first == twin != other
    spoken = [job.hash for job in jobs_of(open_timeline(path, per=Per.SOURCE).shots, Recipe())]
    assert spoken[0] == spoken[2] == spoken[3], "though the third counts from another start"


@pytest.mark.parametrize(("per", "decoded"), [("clip", 3), ("source", 2)])
def test_what_shares_media_and_range_is_decoded_once(
    tmp_path: Path, per: str, decoded: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def counted(path: Path, *asked: Any) -> Any:
        opened.append(path.name)
        return video.read(path, *asked)

    readers = tuple(replace(each, read=counted) if each.name == "video" else each for each in READERS)
    monkeypatch.setattr("lutnet.frames.readers.READERS", readers)
    assert main(["grade", str(cut(tmp_path)), "--per", per, "--quiet", "--workers", "0"]) == 3
    assert len(opened) == decoded
    clips = json.loads((tmp_path / "cut.lutnet" / "grades.json").read_text())["clips"]
    assert clips[0]["cdl"] == clips[3]["cdl"] and len({clip["id"] for clip in clips}) == 5


def test_what_speaks_for_a_shot_survives_being_written(tmp_path: Path) -> None:
    for shot in open_timeline(cut(tmp_path), per=Per.SOURCE).shots:
        plain = json.loads(json.dumps(shot_to_plain(shot)))
        assert shot_from_plain(plain, shot.warnings) == shot


def test_the_command_gives_one_grade_per_source(tmp_path: Path) -> None:
    path = cut(tmp_path)
    assert main(["grade", str(path), "--per", "source", "--quiet"]) == 3  # one clip is offline
    clips = json.loads((tmp_path / "cut.lutnet" / "grades.json").read_text())["clips"]
    assert clips[0]["cdl"] == clips[2]["cdl"] == clips[3]["cdl"]
    assert Fraction(clips[0]["analysed"]["start"]) == 30
