"""Protocols G, U-ref and stability: their splits, classes and scores, on material made here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from skimage import data

from lutnet.cli.main import main
from lutnet.diagnosis.heads import CLEAN, FAULTS
from lutnet.grade import Fault
from lutnet.training.scoring import confusion
from lutnet.training.seen_scenes import (
    FRAMES,
    GAP,
    Samples,
    _near,
    block_split,
    learned,
    paper_classes,
    random_split,
    samples,
)
from lutnet.training.spoil import PAPER_CLASSES
from lutnet.training.with_reference import score_beside


def test_the_papers_classes_are_those_that_detune_writes() -> None:
    named = {(name, round(level * 3)) for name, level in (FAULTS[n] for n in paper_classes().tolist())}
    assert named == {(name, round(level / 33)) for name, level in PAPER_CLASSES}
    assert len(named) == 24


def test_a_random_split_is_two_thirds_and_a_sixth_and_never_overlaps() -> None:
    train, test = random_split(16_200, 3)
    assert int(train.sum()) == 10_800 and int(test.sum()) == 2_700
    assert not bool((train & test).any())
    assert not torch.equal(train, next(iter(random_split(16_200, 4))))


def test_a_block_is_far_from_what_is_trained_on() -> None:
    frame = torch.arange(FRAMES)
    train, test = block_split(frame)
    assert int(test.sum()) == FRAMES // 3
    assert min(abs(int(a) - int(b)) for a in frame[train] for b in frame[test]) == GAP


def test_neighbours_are_one_level_of_the_same_correction_apart() -> None:
    number = {fault: n for n, fault in enumerate(FAULTS)}
    tint = [number[("tint", level)] for level in (-1 / 3, 1 / 3, 2 / 3, 1.0)]
    clean, other = CLEAN, number[("contrast", 2 / 3)]
    pairs = [
        (tint[1], tint[2]),
        (tint[1], tint[3]),
        (tint[0], tint[1]),
        (tint[2], other),
        (clean, tint[1]),
        (clean, clean),
    ]
    answers, truths = torch.tensor(pairs).T
    assert _near(answers, truths).tolist() == [True, False, False, False, False, True]


def test_the_small_network_learns_what_can_be_told_and_not_what_cannot() -> None:
    draw = torch.Generator().manual_seed(0)
    classes = torch.arange(8).repeat(90)
    features = torch.nn.functional.one_hot(classes, 20).float() + 0.1 * torch.randn(720, 20, generator=draw)
    data = Samples(features, classes, torch.zeros(720, dtype=torch.long))
    train, test = random_split(720, 1)
    assert learned(data, train, test, 1).exact >= 118
    noise = Samples(torch.randn(720, 20, generator=draw), classes, data.frame)
    assert learned(noise, train, test, 1).exact < 40


def test_samples_hold_every_frame_with_every_fault() -> None:
    clip = (
        torch.from_numpy(np.asarray(data.astronaut())[::4, ::4])
        .movedim(-1, 0)
        .unsqueeze(0)
        .repeat(2, 1, 1, 1)
    )
    made = samples([clip], paper_classes(), trunk=False)
    assert len(made.features) == 48 and made.frame.tolist() == [0] * 24 + [1] * 24
    assert not torch.equal(made.features[0], made.features[1])
    assert torch.equal(made.features[0], made.features[24])


def test_u_ref_names_faults_beside_another_view(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("astronaut", "coffee", "chelsea"):
        Image.fromarray(np.asarray(getattr(data, name)())).save(tmp_path / f"{name}.png")
    result = score_beside(tmp_path, 3, seed=2)
    assert result.frames == 9
    assert result.score.exact >= 8 / 9
    assert main(["evaluate", str(tmp_path), "--protocol", "U-ref", "--classes", "1"]) == 0
    assert "U-ref" in capsys.readouterr().out


def test_a_confusion_table_counts_by_correction() -> None:
    tint, grain = Fault("tint", 1.0), Fault("contrast", 1.0)
    table = confusion([tint, Fault("tint", -1.0), None, grain], [tint, tint, tint, None])
    assert table["tint"] == {"tint": 2 / 3, "clean": 1 / 3}
    assert table["clean"] == {"contrast": 1.0}


def test_protocol_g_needs_fifteen_clips(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(tmp_path), "--protocol", "G"]) == 2
    assert "too few clips" in capsys.readouterr().err
