"""``lutnet grade`` as a user runs it: exit codes, one clear message, nothing half-written."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import opentimelineio as otio
import pytest

from lutnet.cli.clips import clips_table, found_of, headline, legend
from lutnet.cli.grade import _way_back, told_to
from lutnet.cli.main import EXIT_BAD_INPUT, EXIT_SKIPPED, main
from lutnet.cli.notes import decided, in_need, kept_looks, warnings_of
from lutnet.demo.scenes import SHOTS
from lutnet.pipeline import GradedTimeline
from lutnet.place import Place
from lutnet.result import Basis, ClipResult, DeltaE, Followed, InScene, KeptAs, Status
from lutnet.settings import GradeSettings
from lutnet.store import Decision, Store
from tests.export.examples import some_result


def grade(folder: Path, *options: str) -> int:
    # In this process: the engines have tests of their own, and each worker would load torch once more.
    return main(["grade", str(folder / "timeline.otio"), "--workers", "0", *options])


def manifest(folder: Path) -> dict[str, object]:
    document: dict[str, object] = json.loads((folder / "timeline.lutnet" / "grades.json").read_text())
    return document


def clips(folder: Path) -> list[dict[str, object]]:
    entries: list[dict[str, object]] = manifest(folder)["clips"]  # type: ignore[assignment]
    return entries


def test_grade_writes_a_package_with_every_clip_proposed(
    footage: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert grade(footage, "--ref", str(footage / "reference.png")) == 0
    assert [clip["name"] for clip in clips(footage)] == [shot.name for shot in SHOTS]
    assert {clip["status"] for clip in clips(footage)} == {"proposed"}
    names = {path.name for path in (footage / "timeline.lutnet").iterdir()}
    assert {"timeline.otio", "timeline.edl", "grades.json", "review.png", "cdl", "luts"} <= names
    printed = capsys.readouterr()
    assert all(shot.name in printed.out for shot in SHOTS)
    assert "\r" not in printed.err, "no progress bar when stderr is not a terminal"


def test_the_same_input_gives_the_same_bytes(footage: Path) -> None:
    def package() -> dict[str, bytes]:
        files = (path for path in (footage / "timeline.lutnet").rglob("*") if path.is_file())
        return {str(p.relative_to(footage)): p.read_bytes() for p in files if "sqlite" not in p.name}

    grade(footage, "--ref", "clip:garage wide", "--quiet")
    first = package()
    grade(footage, "--ref", "clip:garage wide", "--quiet")
    assert package() == first


def test_cuts_inside_are_one_warning_with_the_frames_beside_the_clips(tmp_path: Path) -> None:
    results = [some_result(number) for number in range(3)]
    first = [int(result.shot.first_frame) for result in results]
    held = [
        replace(results[0], cuts_inside=(Place(first[0] + 4),)),
        replace(results[1], cuts_inside=(Place(first[1] + 2), Place(first[1] + 7))),
        results[2],
    ]
    told = list(warnings_of(GradedTimeline(tmp_path, tuple(held))))
    one, two, _ = (result.shot.name for result in results)
    assert sum("cut" in line for line in told) == 1
    assert told[-1].startswith("warning: a cut inside: ") and "--split" in told[-1]
    assert told[-1].endswith(f": {one} (frame 5), {two} (frames 3, 8)")


def test_decisions_that_were_kept_are_counted(tmp_path: Path) -> None:
    states = [Status.PROPOSED, Status.APPROVED, Status.REJECTED, Status.APPROVED]
    results = tuple(replace(some_result(number), status=status) for number, status in enumerate(states))
    (line,) = decided(GradedTimeline(tmp_path, results))
    assert line.startswith("Decisions kept: 2 approved, 1 rejected.")
    assert list(decided(GradedTimeline(tmp_path, results[:1]))) == []
    cells = {str(column.header): list(column.cells) for column in clips_table(results).columns}
    assert cells["status"] == ["", "approved", "rejected", "approved"]
    assert "status" not in [str(column.header) for column in clips_table(results[:1]).columns]


def test_a_cdl_that_is_no_use_without_its_lut_is_named_but_not_where_it_is_baked(tmp_path: Path) -> None:
    worse = DeltaE(4.0, 6.5, 0.9, Basis.ALIGNED, 500)
    graded = GradedTimeline(tmp_path, (some_result(0, delta_e=worse), some_result(1)))
    (line,) = in_need(graded, GradeSettings())
    assert line.endswith(f": {graded.clips[0].shot.name}")
    assert list(in_need(graded, GradeSettings(bake=True))) == []


def test_what_follows_the_last_clip_is_said_as_of_unknown_length() -> None:
    heard: list[tuple[str, int, int | None]] = []
    hear = told_to(lambda what, done, total: heard.append((what, done, total)))
    for done in (1, 2):
        hear(some_result(done), done, 2)
    assert heard[0] == (some_result(1).shot.name, 1, 2)
    assert "writing" in heard[1][0] and heard[1][2] is None


def test_a_lut_alone_and_no_lut_cannot_both_be_asked_for(
    footage: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert grade(footage, "--bake", "--cdl-only") == EXIT_BAD_INPUT
    said = capsys.readouterr().err
    assert "--bake" in said and "--cdl-only" in said and said.count("\n") == 1
    assert not (footage / "timeline.lutnet").exists()


def test_strength_zero_writes_identity_cdls_and_no_lut(footage: Path) -> None:
    assert grade(footage, "--ref", str(footage / "reference.png"), "--strength", "0", "--quiet") == 0
    for clip in clips(footage):
        assert clip["lut"] is None
        assert clip["cdl"] == {"slope": [1.0] * 3, "offset": [0.0] * 3, "power": [1.0] * 3, "saturation": 1.0}


def test_json_prints_the_manifest(footage: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert grade(footage, "--json") == 0
    assert json.loads(capsys.readouterr().out) == manifest(footage)


def test_missing_media_is_skipped_and_the_rest_is_graded(
    footage: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (footage / "media" / "1.mp4").unlink()
    (footage / "media" / "2.mp4").write_bytes((footage / "media" / "2.mp4").read_bytes()[:1000])
    (footage / "media" / "3.mp4").write_text("no video")
    assert grade(footage) == EXIT_SKIPPED
    states = [clip["status"] for clip in clips(footage)]
    assert states == ["proposed", "skipped", "skipped", "skipped"] + ["proposed"] * (len(SHOTS) - 4)
    assert capsys.readouterr().out.count("skipped:") == 3


def test_scenes_that_were_left_as_they_are_are_named_with_the_reason(tmp_path: Path) -> None:
    kept = ((1, KeptAs.LOOK), (1, KeptAs.LOOK), (2, KeptAs.SMALL), (3, KeptAs.LOOK), (4, KeptAs.SMALL))
    scenes = [InScene(number, kept=0.9, kept_as=why) for number, why in kept]
    scenes += [
        InScene(5, kept=0.4, kept_as=KeptAs.LOOK),
        InScene(6),
        InScene(7, kept=0.9, kept_as=KeptAs.LOOK),
    ]
    results = [replace(some_result(number), scene=scene) for number, scene in enumerate(scenes)]
    results.append(replace(some_result(9), scene=None))
    results[4] = replace(results[4], status=Status.CHANGED)
    told = list(kept_looks(GradedTimeline(tmp_path, tuple(results))))
    names = [result.shot.name for result in results]
    starts = [
        "What all clips of scene 1 need alike",
        f"What {names[3]}, {names[7]} need",
        f"What {names[2]} needs",
    ]
    assert len(told) == 3
    for start, why in zip(starts, ("look that is meant", "look that is meant", "hardly more"), strict=True):
        assert sum(line.startswith(start + " is") and why in line for line in told) == 1
    assert all("--keep-looks 0" in line for line in told)
    found = [found_of(each).rpartition("; ")[2] for each in results[2:4]]
    assert found == ["left as small", "left as a look"]
    assert not any("left" in found_of(each) for each in results[4:7]), (
        "nobody changed it, or most was corrected"
    )


def test_a_clip_of_which_nothing_was_found_is_not_said_to_need_anything(tmp_path: Path) -> None:
    result = some_result(1)
    assert result.diagnosis is not None
    right = {name: replace(each, level=0.0) for name, each in result.diagnosis.corrections.items()}
    scene = InScene(1, kept=0.9, kept_as=KeptAs.LOOK)
    nothing = replace(result, diagnosis=replace(result.diagnosis, corrections=right), scene=scene)
    assert list(kept_looks(GradedTimeline(tmp_path, (nothing,)))) == []
    assert found_of(nothing) == "leave alone"
    assert found_of(replace(nothing, scene=InScene(1, matched=True))) == "leave alone; matched to its scene"


def test_the_table_says_what_of_the_reference_each_clip_follows() -> None:
    measured = DeltaE(8.2, 1.4, 1.1, Basis.ALIGNED, 5000)
    guess = DeltaE(3.7, 0.8, 0.0, Basis.PREDICTED)
    results = [
        replace(some_result(1), followed=Followed.PIXELS, delta_e=measured),
        replace(some_result(2), followed=Followed.LOOK, delta_e=guess),
        replace(some_result(3), followed=Followed.NOTHING, delta_e=replace(guess, cdl=0.0)),
        ClipResult(some_result(4).shot, Status.SKIPPED),
    ]
    said = headline(results)
    assert said.startswith("3 of 4 clips graded: 1 by pixels") and "1 by its look, 1 not by it" in said
    made = clips_table(results)
    cells = {str(column.header): list(column.cells) for column in made.columns}
    assert cells["off the reference"] == ["8.2, 1.4, 1.1", "", "", ""]
    assert cells["change"] == ["", "3.7 (LUT 0.8)", "3.7", ""]
    assert cells["follows"] == ["its pixels", "its look", "not", ""]
    assert len(list(legend(results))) == 2
    alone = [replace(each, followed=None, delta_e=replace(guess, cdl=0.0)) for each in results[:3]]
    assert headline(alone) == "3 of 3 clips graded"
    headers = [str(column.header) for column in clips_table(alone).columns]
    assert "follows" not in headers and "off the reference" not in headers


def test_warnings_that_differ_in_a_percentage_are_one_line(tmp_path: Path) -> None:
    said = [("a 7% b",), ("a 12% b", "light by 0.5 stop"), ("light by 0.6 stop",), ("no fade_90%.mov",)]
    results = [replace(some_result(number), warnings=told) for number, told in enumerate(said)]
    one, two, three, four = (result.shot.name for result in results)
    assert list(warnings_of(GradedTimeline(tmp_path, tuple(results)))) == [
        f"warning: a 7% to 12% b: {one}, {two}",
        f"warning: light by 0.5 stop: {two}",
        f"warning: light by 0.6 stop: {three}",
        f"warning: no fade_90%.mov: {four}",
    ]


def spoil_json(folder: Path) -> None:
    (folder / "timeline.otio").write_text("{ this is no JSON")


def future_schema(folder: Path) -> None:
    path = folder / "timeline.otio"
    path.write_text(path.read_text().replace('"Clip.2"', '"Clip.99"'))


def no_clips(folder: Path) -> None:
    timeline = otio.schema.Timeline("empty")
    timeline.tracks.append(otio.schema.Track("V1", kind=otio.schema.TrackKind.Video))
    otio.adapters.write_to_file(timeline, str(folder / "timeline.otio"))


def no_video_track(folder: Path) -> None:
    timeline = otio.schema.Timeline("sound only")
    timeline.tracks.append(otio.schema.Track("A1", kind=otio.schema.TrackKind.Audio))
    otio.adapters.write_to_file(timeline, str(folder / "timeline.otio"))


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda folder: (folder / "timeline.otio").unlink(), "not found"),
        (spoil_json, "not a timeline"),
        (future_schema, "newer OpenTimelineIO"),
        (no_clips, "empty"),
        (no_video_track, "no video track"),
    ],
)
def test_a_bad_timeline_is_one_message_and_nothing_is_written(
    footage: Path, spoil: Callable[[Path], None], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(footage)
    assert grade(footage) == EXIT_BAD_INPUT
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("lutnet: error: ") and printed.err.count("\n") == 1
    assert message in printed.err
    assert not (footage / "timeline.lutnet").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--ref", "nowhere.png"], "reference does not exist"),
        (["--ref", "clip:nobody"], "no clip has this name"),
        (["--strength", "nan"], "strength"),
        (["--strength", "-1"], "strength"),
        (["--frames", "0"], "frames"),
    ],
)
def test_a_bad_option_is_one_message_and_nothing_is_written(
    footage: Path, options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert grade(footage, *options) == EXIT_BAD_INPUT
    printed = capsys.readouterr()
    assert message in printed.err and "Traceback" not in printed.err
    assert not (footage / "timeline.lutnet").exists()


@pytest.mark.parametrize("content", [b"", b"text", b"\x89PNG\r\n\x1a\n broken"])
def test_a_reference_that_is_no_image_is_refused(
    footage: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = footage / "bad.png"
    bad.write_bytes(content)
    assert grade(footage, "--ref", str(bad)) == EXIT_BAD_INPUT
    assert "bad.png" in capsys.readouterr().err


def test_an_empty_reference_folder_is_refused(footage: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (footage / "stills").mkdir()
    assert grade(footage, "--ref", str(footage / "stills")) == EXIT_BAD_INPUT
    assert "no image" in capsys.readouterr().err


def test_a_foreign_output_folder_is_left_alone(footage: Path, capsys: pytest.CaptureFixture[str]) -> None:
    foreign = footage / "holiday"
    foreign.mkdir()
    (foreign / "letter.txt").write_text("keep me")
    assert grade(footage, "-o", str(foreign)) == EXIT_BAD_INPUT
    assert [path.name for path in foreign.iterdir()] == ["letter.txt"]
    assert "letter.txt" in capsys.readouterr().err


def test_shots_lists_what_would_be_graded(footage: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (footage / "media" / "1.mp4").unlink()
    assert main(["shots", str(footage / "timeline.otio"), "--json"]) == 0
    shots = json.loads(capsys.readouterr().out)["shots"]
    assert [shot["name"] for shot in shots] == [shot.name for shot in SHOTS]
    assert [shot["state"] for shot in shots[:3]] == ["ready", "skipped", "ready"]
    assert main(["shots", str(footage / "timeline.otio")]) == 0
    assert "offline" in capsys.readouterr().out


def test_where_nothing_is_graded_no_sheet_is_promised(
    footage: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for media in (footage / "media").iterdir():
        media.unlink()
    assert main(["grade", str(footage / "timeline.otio"), "--workers", "0"]) == EXIT_SKIPPED
    said = capsys.readouterr().out
    assert "No clip was graded" in said and "review.png" not in said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a.edl", "source/a.edl"),
        ("a.ALE", "source/a.ALE"),
        ("a.otioz", "a.otio in it"),
        ("a.mov", "a.otio in it"),
        ("a.fcpxml", "No program reads a CDL from .fcpxml"),
        ("a.xml", "a.edl, a.otio or cdl/"),
        ("a.aaf", "No program reads a CDL from .aaf"),
    ],
)
def test_the_way_back_into_the_editors_program_is_said(name: str, said: str) -> None:
    assert said in _way_back(Path(name))


def test_match_writes_the_same_kind_of_package(footage: Path) -> None:
    source, reference = footage / "media" / "0.mp4", footage / "reference.png"
    assert main(["match", str(source), "--ref", str(reference), "--quiet", "--workers", "0"]) == 0
    document = json.loads((footage / "media" / "0.lutnet" / "grades.json").read_text())
    assert [clip["status"] for clip in document["clips"]] == ["proposed"]


def test_diagnose_prints_a_table_and_json(footage: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reference = str(footage / "reference.png")
    assert main(["diagnose", reference]) == 0
    assert "black point" in capsys.readouterr().out
    assert main(["diagnose", reference, "--json"]) == 0
    (entry,) = json.loads(capsys.readouterr().out)
    assert set(entry["corrections"]) >= {"exposure", "saturation"}
    assert 0.0 <= entry["faulty"] <= 1.0


def test_moved_media_is_found_by_root_and_by_map(footage: Path, capsys: pytest.CaptureFixture[str]) -> None:
    moved = footage.parent / "moved"
    (footage / "media").rename(moved)
    for options in (["--media-root", str(moved)], ["--path-map", f"media={moved}"]):
        assert main(["shots", str(footage / "timeline.otio"), "--json", *options]) == 0
        states = {shot["state"] for shot in json.loads(capsys.readouterr().out)["shots"]}
        assert states == {"ready"}


@pytest.mark.parametrize("options", [["--media-root", "nowhere"], ["--path-map", "no-equals-sign"]])
def test_a_bad_media_option_is_one_message(
    footage: Path, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert grade(footage, *options) == EXIT_BAD_INPUT
    assert options[0] in capsys.readouterr().err


def test_decisions_survive_until_they_are_discarded(
    footage: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert grade(footage, "--quiet") == 0
    package = footage / "timeline.lutnet"
    first, second = (str(clip["id"]) for clip in clips(footage)[:2])
    with Store(package) as store:
        store.decide(Decision(first, Status.APPROVED), Decision(second, Status.REJECTED))
    before = (package / "grades.json").read_bytes()
    assert grade(footage, "--strength", "0.5", "--quiet") == EXIT_BAD_INPUT
    printed = capsys.readouterr().err
    assert SHOTS[0].name in printed and "--discard-decisions" in printed
    assert (package / "grades.json").read_bytes() == before
    assert grade(footage, "--quiet") == 0, "the same grades overwrite nothing"
    assert [clip["status"] for clip in clips(footage)[:3]] == ["approved", "rejected", "proposed"]
    assert clips(footage)[1]["cdl"] == {
        "slope": [1.0] * 3,
        "offset": [0.0] * 3,
        "power": [1.0] * 3,
        "saturation": 1.0,
    }
    assert grade(footage, "--strength", "0.5", "--quiet", "--discard-decisions") == 0
    assert {clip["status"] for clip in clips(footage)} == {"proposed"}
