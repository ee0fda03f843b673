"""Re-cuts: what survived keeps its grade, what is new is matched to it."""

from __future__ import annotations

import argparse
import json
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest

from lutnet.cli.colour import colour_of
from lutnet.cli.grade import settings_of
from lutnet.cli.regrade import add_arguments, inherit
from lutnet.colourspace import Says, colour_management
from lutnet.continuity.wishes import SceneWishes
from lutnet.errors import InputError, OutputError
from lutnet.grade import CDL, Grade
from lutnet.recut import Fate, changes
from lutnet.regrade import regrade
from lutnet.result import Status
from lutnet.settings import GradeSettings
from lutnet.shot import FrameRange, Shot
from lutnet.source import open_timeline
from lutnet.store import Decision, Store
from tests.continuity.test_results import cdls, crew, run

SETTINGS = GradeSettings(cdl_only=True)


def shot(name: str, media: str, start: int, length: int = 10) -> Shot:
    used = FrameRange(Fraction(start), Fraction(length), Fraction(24))
    return Shot(name, name, 1, "", used, used, media)


def test_what_became_of_clips_is_told_by_their_frames() -> None:
    old = [shot("a", "one", 0), shot("b", "one", 100), shot("c", "two", 0), shot("d", "two", 50)]
    new = [shot("d", "two", 50), shot("x", "one", 3), shot("y", "two", 20), shot("b", "one", 100, 6)]
    found = changes(old, new)
    assert [(each.fate, each.before) for each in found] == [
        (Fate.KEPT, "d"),
        (Fate.TRIMMED, "a"),
        (Fate.NEW, None),
        (Fate.TRIMMED, "b"),
        (Fate.GONE, None),
    ]
    assert found[-1].shot.id == "c"


def test_a_clip_that_is_used_twice_survives_once() -> None:
    found = changes([shot("a", "one", 0)], [shot("q", "one", 0), shot("a", "one", 0)])
    assert [each.fate for each in found] == [Fate.KEPT, Fate.NEW]


def recut(footage: Path) -> Path:
    """Without the first clip, the second trimmed at its head, the third at its end, the last two swapped."""
    timeline = otio.adapters.read_from_file(str(footage / "timeline.otio"))
    track = timeline.tracks[0]
    del track[0]
    for number, (start, length) in enumerate(((3, -3), (0, -3))):
        used = track[number].source_range
        rate = used.start_time.rate
        track[number].source_range = otio.opentime.TimeRange(
            used.start_time + otio.opentime.RationalTime(start, rate),
            used.duration + otio.opentime.RationalTime(length, rate),
        )
    last = track[-1]
    del track[-1]
    track.insert(len(track) - 1, last)
    path = footage / "new.otio"
    otio.adapters.write_to_file(timeline, str(path))
    return path


def test_survivors_keep_their_grades_and_decisions(footage: Path) -> None:
    first = run(footage)
    changed = Grade(CDL(slope=(1.3, 1.0, 0.8)))
    with Store(footage / "out") as store:
        store.decide(
            Decision(first.clips[1].shot.id, Status.APPROVED, note="good"),
            Decision(first.clips[4].shot.id, Status.CHANGED, changed),
        )
    path = recut(footage)
    done = regrade(open_timeline(path), footage / "out", settings=SETTINGS, engine=crew)
    fates = [change.fate for change in done.changes]
    assert fates == [Fate.TRIMMED] * 2 + [Fate.KEPT] * 8 + [Fate.GONE]
    clips = done.graded.clips
    assert [clip.status for clip in clips[:4]] == [
        Status.APPROVED,
        Status.PROPOSED,
        Status.PROPOSED,
        Status.CHANGED,
    ]
    assert clips[0].grade is not None and clips[0].grade.cdl == cdls(first)[1]
    assert any("trimmed" in warning and "DE" in warning for warning in clips[0].warnings)
    assert clips[3].grade is not None and clips[3].grade.cdl == changed.cdl
    assert cdls(done.graded)[2] == cdls(first)[3]
    assert cdls(done.graded)[4:8] == cdls(first)[5:9]
    with Store(done.graded.folder) as store:
        assert store.decisions()[clips[0].shot.id].note == "good"
    with Store(footage / "out") as store:  # the old package is as it was
        assert len(store.proposed()) == 11


def test_a_folder_that_holds_a_package_or_none_is_one_error(footage: Path) -> None:
    run(footage)
    path = recut(footage)
    with pytest.raises(InputError, match="no package"):
        regrade(open_timeline(path), footage / "media", settings=SETTINGS, engine=crew)
    with pytest.raises(OutputError, match="already"):
        regrade(open_timeline(path), footage / "out", output=footage / "out", settings=SETTINGS, engine=crew)


def test_a_recut_is_asked_for_what_the_old_package_states(footage: Path) -> None:
    old = run(footage, strength=0.5, scenes=SceneWishes(consistency=0.0)).folder
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    command = [str(footage / "timeline.otio"), "--from", str(old)]
    options = parser.parse_args(command)
    assert inherit(options) == ["--strength 0.5", "--cdl-only"]
    settings = settings_of(options)
    assert settings.strength == 0.5 and settings.cdl_only and not settings.bake
    options = parser.parse_args([*command, "--strength", "1"])
    assert inherit(options) == ["--cdl-only"] and options.strength == 1.0
    manifest = json.loads((old / "grades.json").read_text())
    (old / "grades.json").write_text(json.dumps({**manifest, "reference": "hero.png"}))
    with pytest.raises(InputError, match="does not hold"):
        inherit(parser.parse_args(command))
    (old / "reference.png").write_bytes((footage / "reference.png").read_bytes())
    options = parser.parse_args(command)
    assert inherit(options)[0] == f"--ref {old / 'reference.png'}"


def test_clips_keep_their_spaces_whatever_they_are_called(footage: Path) -> None:
    old = run(footage, strength=0.5, scenes=SceneWishes(consistency=0.0)).folder
    manifest = json.loads((old / "grades.json").read_text())
    names = ["A[12] wide*?", "b=c"]
    for clip, name in zip(manifest["clips"], names, strict=False):
        clip.update(name=name, space="S-Log3 S-Gamut3.Cine")
    (old / "grades.json").write_text(json.dumps(manifest))
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    options = parser.parse_args([str(footage / "timeline.otio"), "--from", str(old)])
    inherit(options)
    colour = colour_management(colour_of(options))
    for name in names:
        assert colour.stated(shot(name, "x.mov", 0), None).space == "S-Log3 S-Gamut3.Cine"
    assert colour.stated(shot("A1 wide", "x.mov", 0), None).says is Says.NOBODY


def test_clips_of_one_name_in_different_spaces_are_told_apart_by_their_files(footage: Path) -> None:
    old = run(footage, strength=0.5, scenes=SceneWishes(consistency=0.0)).folder
    manifest = json.loads((old / "grades.json").read_text())
    sony, canon, plain = manifest["clips"][:3]
    sony.update(name="Wide", media="/cards/A001.mov", space="S-Log3 S-Gamut3.Cine")
    canon.update(name="wide", media="/cards/B001.mov", space="CanonLog2 CinemaGamut D55")
    plain.update(name="Wide", media="/cards/C001.mov")
    (old / "grades.json").write_text(json.dumps(manifest))
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    command = [str(footage / "timeline.otio"), "--from", str(old)]
    options = parser.parse_args(command)
    inherit(options)
    colour = colour_management(colour_of(options))
    for clip in (sony, canon):
        assert colour.stated(shot("Wide", clip["media"], 0), None).space == clip["space"]
    assert colour.stated(shot("Wide", plain["media"], 0), None).says is Says.NOBODY
    canon["media"] = "/other/a001.MOV"
    (old / "grades.json").write_text(json.dumps(manifest))
    with pytest.raises(InputError, match="--clip-space"):
        inherit(parser.parse_args(command))
    options = parser.parse_args([*command, "--clip-space", "A001*=slog3"])
    inherit(options)
    assert options.clip_space == ["A001*=slog3"]


def test_no_configuration_is_read_because_a_package_names_it(footage: Path, tmp_path: Path) -> None:
    old = run(footage, strength=0.5, scenes=SceneWishes(consistency=0.0)).folder
    (tmp_path / "own.ocio").write_text("ocio_profile_version: 2")
    manifest = json.loads((old / "grades.json").read_text())
    manifest["view"] = {"display": "d", "view": "v", "config": str(tmp_path / "own.ocio")}
    (old / "grades.json").write_text(json.dumps(manifest))
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    command = [str(footage / "timeline.otio"), "--from", str(old)]
    with pytest.raises(InputError, match="--ocio FILE"):
        inherit(parser.parse_args(command))
    options = parser.parse_args([*command, "--ocio", str(tmp_path / "own.ocio")])
    inherit(options)
    assert options.ocio == tmp_path / "own.ocio"
