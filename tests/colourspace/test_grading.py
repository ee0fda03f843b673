"""Grading in log spaces: the same picture comes out, and other programs apply what was written the same way."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import PyOpenColorIO as ocio
import pytest
import torch
from PIL import Image

from lutnet import GradedTimeline, GradeSettings, grade_timeline
from lutnet.cli.main import EXIT_BAD_INPUT, main
from lutnet.colourspace import ColourSettings, colour_management
from lutnet.diagnosis import diagnose
from lutnet.grade import Grade
from lutnet.ops.detune import detune
from lutnet.ops.difference import delta_e_rgb
from lutnet.shot import Frames
from tests.colourspace.recorded import REC709, Colours, scene, through_view, write_deep, write_timeline

LOGS = ("ARRI LogC3 (EI800)", "S-Log3 S-Gamut3.Cine", "ACEScct", "Apple Log")
FAULTS = {"dark": (-0.5, 0, 0, 0, 0, 0, 0), "warm": (0, 0.6, 0.3, -0.4, 0, 0, 0.3)}
SAME = 1.0
"""Mean DE between a scene graded in Rec.709 and in a log space."""


def spoiled(name: str) -> Colours:
    amounts = torch.tensor(FAULTS[name], dtype=torch.float32)
    return detune(torch.from_numpy(scene()), amounts).clamp(0, 1).numpy()


def seen(grade: Grade, name: str, space: str) -> Colours:
    """What people see of the graded clip, by OpenColorIO."""
    if space == REC709:
        return grade.apply_colours(torch.from_numpy(spoiled(name))).numpy()
    recorded = through_view(space, spoiled(name), inverse=True).clip(0, 1)
    return through_view(space, grade.apply_colours(torch.from_numpy(recorded)).numpy()).clip(0, 1)


def graded_in(space: str, folder: Path) -> GradedTimeline:
    media = {}
    for name in FAULTS:
        picture = spoiled(name) if space == REC709 else through_view(space, spoiled(name), inverse=True)
        media[name] = write_deep(folder / f"{name}.mkv", picture)
    reference = folder / "reference.png"
    Image.fromarray(np.rint(scene() * 255).astype(np.uint8)).save(reference)
    timeline = write_timeline(folder / "cut.otio", media)
    return grade_timeline(timeline, reference, settings=GradeSettings(colour=ColourSettings(space)))


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, GradedTimeline]:
    return {space: graded_in(space, tmp_path_factory.mktemp("film")) for space in (REC709, *LOGS)}


def manifest(run: GradedTimeline) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((run.folder / "grades.json").read_text())
    return document


@pytest.mark.parametrize("space", LOGS)
def test_a_scene_looks_the_same_graded_in_log_as_in_rec709(
    graded: dict[str, GradedTimeline], space: str
) -> None:
    for in_log, in_video in zip(graded[space].clips, graded[REC709].clips, strict=True):
        assert in_log.grade is not None and in_video.grade is not None
        name = in_log.shot.name
        ours, theirs = (
            torch.from_numpy(seen(grade, name, where))
            for grade, where in ((in_log.grade, space), (in_video.grade, REC709))
        )
        before = float(delta_e_rgb(torch.from_numpy(spoiled(name)), theirs).mean())
        assert before > 3, "the grade has something to do"
        assert float(delta_e_rgb(ours, theirs).mean()) < SAME, (space, name)


@pytest.mark.parametrize("declared", [False, True])
def test_what_log_cuts_off_is_told_from_what_is_nearly_white(declared: bool) -> None:
    """Apple Log ends where people see 0.995: overexposed, its whites are as much cut off as those of video."""
    over = (1.8 * torch.from_numpy(scene())).clamp(0, 1)
    assert (over == 1.0).all(-1).float().mean() > 0.05
    log = torch.from_numpy(through_view("Apple Log", over.numpy(), inverse=True).clip(0, 1))

    def frames(picture: torch.Tensor, space: str = REC709) -> Frames:
        return Frames(picture.movedim(-1, 0).unsqueeze(0).contiguous(), space=space)

    if declared:  # a clip in Apple Log, graded in Rec.709
        seen = colour_management(ColourSettings()).seen_clip(frames(log, "Apple Log"))
    else:
        seen = colour_management(ColourSettings("Apple Log")).seen_clip(frames(log))
    assert seen.white == pytest.approx(0.995, abs=1e-3)
    levels = [
        torch.tensor([each.level for each in diagnose(shot).corrections.values()])
        for shot in (frames(over), seen, replace(seen, white=1.0))
    ]
    assert (levels[1] - levels[0]).abs().max() < 0.5 * (levels[2] - levels[0]).abs().max()


@pytest.mark.parametrize("space", LOGS)
def test_opencolorio_applies_the_exported_grade_as_we_do(
    graded: dict[str, GradedTimeline], space: str
) -> None:
    colours = np.random.default_rng(0).random((20_000, 3)).astype(np.float32)
    run = graded[space]
    entries = {entry["id"]: entry for entry in manifest(run)["clips"]}
    for clip, stem in zip(run.clips, FAULTS, strict=True):
        assert clip.grade is not None
        chain: list[Any] = [ocio.FileTransform(str(run.folder / "cdl" / f"{stem}.cc"))]
        chain[0].setCDLStyle(ocio.CDL_ASC)
        lut = entries[clip.shot.id]["lut"]
        if lut:
            chain.append(
                ocio.FileTransform(str(run.folder / lut["path"]), interpolation=ocio.INTERP_TETRAHEDRAL)
            )
        processor = ocio.Config.CreateRaw().getProcessor(ocio.GroupTransform(chain))
        theirs = colours.copy()
        processor.getOptimizedCPUProcessor(ocio.OPTIMIZATION_LOSSLESS).applyRGB(theirs)
        ours = clip.grade.apply_colours(torch.from_numpy(colours)).numpy()
        assert np.abs(ours - theirs).max() <= 1e-4


@pytest.mark.parametrize("space", LOGS)
def test_highlights_that_no_view_shows_keep_their_order(
    graded: dict[str, GradedTimeline], space: str
) -> None:
    ramp = torch.linspace(0.05, 0.9, 400).unsqueeze(-1).expand(-1, 3)
    for clip in graded[space].clips:
        assert clip.grade is not None
        unclipped = clip.grade.cdl.apply(ramp, clamp=False).amax(-1) < 1.0
        steps = clip.grade.apply_colours(ramp)[unclipped].diff(dim=0)
        assert steps.min() > 0


def test_the_package_says_in_which_space_and_through_which_view(graded: dict[str, GradedTimeline]) -> None:
    document = manifest(graded["ACEScct"])
    assert document["space"] == "ACEScct"
    assert document["view"] == {
        "display": REC709,
        "view": "ACES 1.0 - SDR Video",
        "config": "studio-config-v2.2.0_aces-v1.3_ocio-v2.4",
    }
    assert "view" not in manifest(graded[REC709])


def test_the_reported_differences_are_those_that_are_seen(graded: dict[str, GradedTimeline]) -> None:
    target = torch.from_numpy(scene())
    for clip in graded["S-Log3 S-Gamut3.Cine"].clips:
        assert clip.grade is not None and clip.delta_e is not None
        shown = torch.from_numpy(seen(clip.grade, clip.shot.name, "S-Log3 S-Gamut3.Cine"))
        assert clip.delta_e.cdl_lut == pytest.approx(float(delta_e_rgb(shown, target).mean()), abs=0.5)
        assert clip.delta_e.cdl_lut < 0.5 * clip.delta_e.before


def test_the_contact_sheet_shows_what_people_see(graded: dict[str, GradedTimeline]) -> None:
    in_video, in_log = (
        np.asarray(Image.open(graded[space].folder / "review.png").convert("RGB"), np.float32)
        for space in (REC709, "ACEScct")
    )
    assert in_video.shape == in_log.shape
    assert np.abs(in_video - in_log).mean() < 4  # log as it is recorded would differ by about 50


def test_strength_zero_is_the_identity_in_any_space(tmp_path: Path) -> None:
    write_deep(tmp_path / "a.mkv", through_view("ACEScct", spoiled("dark"), inverse=True))
    timeline = write_timeline(tmp_path / "cut.otio", {"a": tmp_path / "a.mkv"})
    assert main(["grade", str(timeline), "--space", "ACEScct", "--strength", "0", "--quiet"]) == 0
    (entry,) = json.loads((tmp_path / "cut.lutnet" / "grades.json").read_text())["clips"]
    assert entry["cdl"]["slope"] == [1.0] * 3 and entry["lut"] is None


@pytest.mark.parametrize("how", ["pattern", "metadata"])
def test_clips_come_into_the_grading_space_from_what_they_are_in(tmp_path: Path, how: str) -> None:
    """A clip recorded in S-Log3 and graded in ACEScct gets the grade of the same scene recorded in ACEScct."""
    for name, space in (("sony", "S-Log3 S-Gamut3.Cine"), ("aces", "ACEScct")):
        write_deep(tmp_path / f"{name}.mkv", through_view(space, spoiled("warm"), inverse=True))
    metadata = {"sony": {"lutnet": {"clip_space": "S-Log3"}}} if how == "metadata" else {}
    media = {"sony": tmp_path / "sony.mkv", "aces": tmp_path / "aces.mkv"}
    timeline = write_timeline(tmp_path / "cut.otio", media, metadata)
    patterns = (("SONY*", "slog3"),) if how == "pattern" else ()
    colour = ColourSettings("ACEScct", clip_spaces=patterns)
    run = grade_timeline(timeline, settings=GradeSettings(colour=colour))
    sony, aces = (clip.grade for clip in run.clips)
    assert sony is not None and aces is not None
    ramp = torch.linspace(0.1, 0.7, 50).unsqueeze(-1).expand(-1, 3)
    assert (sony.apply_colours(ramp) - aces.apply_colours(ramp)).abs().max() < 0.01
    assert [entry.get("space") for entry in manifest(run)["clips"]] == ["S-Log3 S-Gamut3.Cine", None]


def test_shots_lists_each_clips_space_and_who_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ("a001", "b001", "c001", "d001")
    for name in names:
        (tmp_path / f"{name}.mkv").touch()
    metadata = {
        "b001": {"lutnet": {"clip_space": "Apple Log"}},
        "c001": {"ayon": {"ayon.source.colorspace": "matte_paint"}},
    }
    media = {name: tmp_path / f"{name}.mkv" for name in names}
    timeline = write_timeline(tmp_path / "cut.otio", media, metadata)
    assert main(["shots", str(timeline), "--json", "--clip-space", "A0*=slog3"]) == 0
    shots = json.loads(capsys.readouterr().out)["shots"]
    assert [(shot["space"], shot["space_said_by"]) for shot in shots] == [
        ("S-Log3 S-Gamut3.Cine", "pattern"),
        ("Apple Log", "metadata"),
        (REC709, "default"),
        (REC709, "default"),
    ]
    assert [len(shot["warnings"]) for shot in shots] == [0, 0, 1, 0]
    assert main(["shots", str(timeline), "--clip-space", "A0*=slog3"]) == 0
    table = " ".join(capsys.readouterr().out.split())
    for said in ("(pattern)", "Apple Log (metadata)", "'matte_paint' is unknown", "as it is", REC709):
        assert said in table
    assert main(["shots", str(timeline), "--clip-space", "A0*=slog9"]) == EXIT_BAD_INPUT
    assert "S-Log3 S-Gamut3.Cine" in capsys.readouterr().err
    assert main(["shots", str(timeline), "--clip-space", "A0*=slog3", "--clip-space", "x*.MKV=slog3"]) == 0
    assert (
        capsys.readouterr().err
        == "warning: --clip-space 'x*.MKV' fits no clip and no media of this timeline\n"
    )


def test_a_log_clip_in_a_rec709_timeline_comes_through_the_view(tmp_path: Path) -> None:
    write_deep(tmp_path / "log.mkv", through_view("ACEScct", spoiled("dark"), inverse=True))
    write_deep(tmp_path / "video.mkv", spoiled("dark"))
    media = {"log": tmp_path / "log.mkv", "video": tmp_path / "video.mkv"}
    colour = ColourSettings(clip_spaces=(("log*", "ACEScct"),))
    run = grade_timeline(write_timeline(tmp_path / "cut.otio", media), settings=GradeSettings(colour=colour))
    in_log, in_video = (clip.grade for clip in run.clips)
    assert in_log is not None and in_video is not None
    assert np.allclose(in_log.cdl.slope, in_video.cdl.slope, atol=0.02)


def test_a_name_that_metadata_has_and_nobody_knows_is_told_and_not_followed(tmp_path: Path) -> None:
    write_deep(tmp_path / "a.mkv", spoiled("dark"))
    metadata = {"a": {"ayon": {"ayon.source.colorspace": "matte_paint"}}}
    run = grade_timeline(write_timeline(tmp_path / "cut.otio", {"a": tmp_path / "a.mkv"}, metadata))
    assert any("matte_paint" in warning for warning in run.clips[0].shot.warnings)
    assert run.clips[0].grade is not None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--space", "S-Log4"], "Did you mean S-Log3 S-Gamut3.Cine"),
        (["--space", "ACEScg"], "linear light.*ACEScct"),
        (["--clip-space", "nonsense"], "PATTERN=NAME"),
        (["--clip-space", "*=Slog"], "Did you mean"),
        (["--display", "sRGB"], "is that of a display"),
        (["--space", "ACEScct", "--view", "ACES 2"], "is unknown"),
        (["--ocio", "missing.ocio"], "missing.ocio"),
    ],
)
def test_a_bad_name_is_one_message_and_nothing_is_written(
    footage: Path, options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    import re

    assert main(["grade", str(footage / "timeline.otio"), *options]) == EXIT_BAD_INPUT
    printed = capsys.readouterr()
    assert printed.err.count("\n") == 1 and re.search(message, printed.err), printed.err
    assert not (footage / "timeline.lutnet").exists()
