"""Log footage that nobody declared: refused with the reason, and nothing else is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from skimage import data

from lutnet.cli.main import EXIT_BAD_INPUT, EXIT_SKIPPED, main
from lutnet.colourspace.log_look import log_look, score_of
from lutnet.errors import MediaError
from lutnet.frames import read_frames
from lutnet.ops.detune import detune
from tests.colourspace.recorded import Colours, scene, through_view, write_deep, write_timeline


def score(picture: Colours) -> float:
    return score_of(torch.from_numpy(picture).movedim(-1, 0).unsqueeze(0))


def photographs(folder: Path, count: int) -> list[Colours]:
    paths = sorted(folder.glob("*.jpg"))
    chosen = paths[:: len(paths) // count][:count]
    return [np.asarray(Image.open(path).convert("RGB"), np.float32) / np.float32(255) for path in chosen]


def in_log(picture: Colours, space: str) -> Colours:
    return through_view(space, picture, inverse=True).clip(0, 1).astype(np.float32)


def test_photographs_are_no_log_and_their_log_recordings_mostly_are(shared: Path) -> None:
    pictures = photographs(shared / "photos" / "test", 40)
    limit = log_look().refuse
    assert not any(score(picture) > limit for picture in pictures)
    recorded = [score(in_log(picture, "S-Log3 S-Gamut3.Cine")) > limit for picture in pictures]
    assert sum(recorded) > len(pictures) / 2


@pytest.mark.parametrize("count", [3, 1])
def test_no_clip_of_real_footage_is_taken_for_log(shared: Path, count: int) -> None:
    """One frame of smoke looks more like log than most log does: of a single frame, more is asked."""
    refused = []
    for path in sorted((shared / "footage").iterdir()):
        try:
            frames = read_frames(path, count=count)
        except MediaError:
            continue
        if log_look().refused(frames.pixels):
            refused.append(path.name)
    assert not refused


def test_one_frame_that_looks_like_log_is_told_and_several_are_refused() -> None:
    recorded = torch.from_numpy(in_log(scene(), "S-Log3 S-Gamut3.Cine")).movedim(-1, 0).unsqueeze(0)
    look = log_look()
    assert look.refuse < score_of(recorded) < look.refuse_one
    assert look.suspected(recorded) and not look.refused(recorded)
    assert look.refused(recorded.expand(2, -1, -1, -1))


def test_a_grey_picture_has_a_score() -> None:
    for level in (0.0, 0.5, 1.0):
        assert np.isfinite(score(np.full((20, 30, 3), level, np.float32)))


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """A timeline of one scene twice: as a display shows it, and in S-Log3 that nobody declared."""
    recorded = in_log(scene(), "S-Log3 S-Gamut3.Cine")
    assert score(recorded) > log_look().refuse and score(scene()) < log_look().suspect
    media = {"video": tmp_path / "video.mkv", "log": tmp_path / "log.mkv"}
    for name, picture in (("video", scene()), ("log", recorded)):
        write_deep(media[name], picture)
    return write_timeline(tmp_path / "cut.otio", media)


def grade(film: Path, *options: str) -> tuple[int, list[dict[str, Any]]]:
    code = main(["grade", str(film), "--quiet", *options])
    return code, json.loads((film.parent / "cut.lutnet" / "grades.json").read_text())["clips"]


def test_undeclared_log_is_skipped_with_the_reason_and_the_rest_is_graded(film: Path) -> None:
    code, (video, log) = grade(film)
    assert code == EXIT_SKIPPED
    assert video["status"] == "proposed" and log["status"] == "skipped"
    assert "looks like log footage" in str(log["skipped"]) and "--clip-space" in str(log["skipped"])


def test_a_flat_fault_beside_ordinary_clips_of_its_scene_is_graded_and_told(tmp_path: Path) -> None:
    """By itself it is taken for log; a clip of the same place says otherwise, with scenes solved together or not."""
    ordinary = data.chelsea()[::2, ::2] / np.float32(255)
    amounts = torch.tensor([-0.09, -0.26, -0.13, -0.58, 0.42, -0.12, -0.49])
    flat = detune(torch.from_numpy(ordinary), amounts).numpy()
    assert score(flat) > log_look().refuse and score(ordinary) < log_look().suspect
    media = {name: tmp_path / f"{name}.mkv" for name in ("ordinary", "flat")}
    for name, picture in (("ordinary", ordinary), ("flat", flat)):
        write_deep(media[name], picture)
    together = write_timeline(tmp_path / "cut.otio", media)
    for options in ([], ["--consistency", "0"]):
        code, (_, clip) = grade(together, *options)
        assert code == 0 and clip["status"] == "proposed"
        assert any("as flat as log footage" in text for text in clip["warnings"])
    alone = write_timeline(tmp_path / "cut.otio", {"flat": media["flat"]})
    code, (clip,) = grade(alone, "--discard-decisions")
    assert code == EXIT_SKIPPED and "looks like log footage" in str(clip["skipped"])


@pytest.mark.parametrize("options", [["--assume-space"], ["--clip-space", "log*=S-Log3"]])
def test_what_the_user_says_counts(film: Path, options: list[str]) -> None:
    code, clips = grade(film, *options)
    assert code == 0
    assert {clip["status"] for clip in clips} == {"proposed"}


def test_a_reference_in_log_is_one_clear_error(film: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["grade", str(film), "--ref", str(film.parent / "log.mkv")]) == EXIT_BAD_INPUT
    assert "looks like log footage" in capsys.readouterr().err
    assert not (film.parent / "cut.lutnet").exists()


def test_a_reference_still_that_may_be_log_is_told(film: Path) -> None:
    still = film.parent / "look.png"
    recorded = in_log(scene(), "S-Log3 S-Gamut3.Cine")
    Image.fromarray(np.rint(recorded * 255).astype(np.uint8)).save(still)
    _, (video, _) = grade(film, "--ref", str(still))
    assert any(text.startswith("the reference may be log footage") for text in video["warnings"])


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("size", [1, 40])
def test_one_flat_colour_is_not_taken_for_log(size: int) -> None:
    brown = torch.tensor([0.42, 0.37, 0.31]).view(1, 3, 1, 1).expand(1, 3, size, size)
    doubt = log_look().judged(brown, "")
    assert not doubt.looks and not doubt.may
