"""Shots grouped by what they show, whatever was done to their colours."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch
from skimage import data
from sklearn.metrics import adjusted_rand_score
from torch import Tensor

from lutnet.cli.main import EXIT_SKIPPED, main
from lutnet.continuity.scenes import scenes_of
from lutnet.ops.detune import detune
from lutnet.shot import Frames
from lutnet.timeline import read_timeline

PLACES = (data.astronaut, data.coffee, data.chelsea, data.rocket)
TAKES = 3


def views(place: Tensor) -> list[Tensor]:
    """Three overlapping parts of a picture ``[H, W, 3]``, as cameras that moved a little see it."""
    height, width = place.shape[0] * 7 // 8, place.shape[1] * 7 // 8
    return [place[k * 6 : k * 6 + height, k * 10 : k * 10 + width] for k in range(TAKES)]


@pytest.fixture(scope="module")
def interleaved() -> tuple[list[Frames], list[int]]:
    """Every place once, then again, each shot with a fault of its own; and the truth."""
    draw = torch.Generator().manual_seed(3)
    places = [views(torch.from_numpy(load()[::2, ::2].copy()).float() / 255.0) for load in PLACES]
    shots, truth = [], []
    for take in range(TAKES):
        for number, place in enumerate(places):
            amounts = torch.rand(7, generator=draw) - 0.5
            shots.append(Frames(detune(place[take], amounts).movedim(-1, 0)[None]))
            truth.append(number + 1)
    return shots, truth


def test_detuned_interleaved_shots_are_grouped_by_place(interleaved):
    shots, truth = interleaved
    assert scenes_of(shots) == truth


def test_the_order_of_shots_does_not_change_the_groups(interleaved):
    shots, truth = interleaved
    assert adjusted_rand_score(scenes_of(shots[::-1]), truth[::-1]) == 1.0


def test_shots_that_do_not_move_are_linked_as_well():
    """First and last picture are the same: each feature has a double in its own shot."""
    from skimage import data

    place = torch.from_numpy(data.chelsea()[::2, ::2].copy()).movedim(-1, 0).float() / 255.0
    still = [Frames(part.expand(2, -1, -1, -1)) for part in (place[:, 2:, 3:], place[:, :-2, :-3])]
    assert scenes_of(still) == [1, 1]


def test_flat_and_black_shots_stand_alone(interleaved):
    shots, _ = interleaved
    black = Frames(torch.zeros(1, 3, 48, 64))
    assert scenes_of([black, shots[0], black, shots[len(PLACES)]]) == [1, 2, 3, 2]


def test_no_shots_have_no_scenes():
    assert scenes_of([]) == []


def test_the_command_lists_scenes_and_says_what_it_skipped(
    footage: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second, third = sorted((footage / "media").iterdir())[:3]
    shutil.copy(first, third)
    second.unlink()
    assert main(["scenes", str(footage / "timeline.otio"), "--json"]) == EXIT_SKIPPED
    document = json.loads(capsys.readouterr().out)
    assert [entry["reason"] for entry in document["skipped"]] == ["its media is offline: 1.mp4"]
    scene_of = {shot["name"]: entry["scene"] for entry in document["scenes"] for shot in entry["shots"]}
    names = [shot.name for shot in read_timeline(footage / "timeline.otio").shots]
    assert set(scene_of) == {*names} - {names[1]}
    assert scene_of[names[0]] == scene_of[names[2]]  # copies of one file
    assert main(["scenes", str(footage / "timeline.otio")]) == EXIT_SKIPPED
    assert "scenes" in capsys.readouterr().out
