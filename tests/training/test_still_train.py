"""The network that tells the look of one still, taught with made-up stills."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from lutnet.grade import LUT3D
from lutnet.refinement.still_network import StillConfig
from lutnet.training import look_course, still_train
from lutnet.training.alone_material import AT_ONCE
from lutnet.training.grade_batch import LUT_GRADE
from lutnet.training.grades import GradeKind
from lutnet.training.photos import PhotoSet
from lutnet.training.still_material import Stills, graded
from lutnet.training.still_train import Looks, scores_of, taught
from tests.training.made_up import BANK, DARK_POOL


@pytest.fixture(scope="module")
def looks(some_stills: Stills) -> Looks:
    return Looks(graded(some_stills), DARK_POOL, BANK)


def of_kind(looks: Looks, kind: GradeKind) -> Tensor:
    return looks.stills.kinds == list(GradeKind).index(kind)


def test_every_kind_of_look_is_drawn_and_is_what_the_bank_is_graded_with(looks: Looks) -> None:
    for kind in GradeKind:
        assert bool(of_kind(looks, kind).any())
    rows = (looks.stills.kinds == LUT_GRADE).nonzero()[:, 0]
    places = torch.arange(5)
    darkened = looks.graded(rows, places)
    torch.testing.assert_close(darkened, (BANK[:5] * 0.5).expand_as(darkened), atol=1e-5, rtol=0)


def test_teaching_lowers_the_error_on_what_was_taught(looks: Looks) -> None:
    config = StillConfig(looks.stills.features.shape[1], "", wide=32, narrow=32, dropout=0.0, members=1)
    before = scores_of(taught(looks, config, seed=1, steps=0), looks)
    after = scores_of(taught(looks, config, seed=1, steps=150), looks)
    for kind in GradeKind:
        assert after[kind]["with"] < 0.8 * before[kind]["with"]
        assert after[kind]["without"] == before[kind]["without"]
    assert after["film look told"]["share"] > 0.9


def test_a_kind_that_was_not_drawn_has_no_score_that_could_mislead(looks: Looks) -> None:
    config = StillConfig(looks.stills.features.shape[1], "", wide=8, narrow=8, members=1)
    some = replace(looks, stills=looks.stills.some(of_kind(looks, GradeKind.CDL)))
    assert set(scores_of(taught(some, config, seed=1, steps=0), some)) == {"CDL", "film look told"}


def test_the_same_seed_teaches_the_same(looks: Looks) -> None:
    config = StillConfig(looks.stills.features.shape[1], "", wide=8, narrow=8, members=2)
    one, other = (taught(looks, config, seed=2, steps=3).state_dict() for _ in range(2))
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_the_command_line_leaves_weights_and_card(
    photos: PhotoSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    luts = [(name, LUT3D(DARK_POOL[0].numpy())) for name in ("dark", "velvia")]
    monkeypatch.setattr(look_course, "load_photos", lambda _: photos)
    monkeypatch.setattr(look_course, "split_by_source", lambda *_: (photos, replace(photos)))
    monkeypatch.setattr(look_course, "read_luts", lambda _: luts)
    monkeypatch.setattr(look_course, "JUDGED", AT_ONCE)
    output = tmp_path / "still.safetensors"
    line = f"--photos p --luts l --blind velvia --stills {AT_ONCE} --steps 2 --seed 3 -o {output}"
    still_train.main(line.split())
    card = json.loads(output.with_suffix(".json").read_text())
    assert card["command"].endswith(
        f"still_train --photos photos/train --luts luts --blind velvia --stills {AT_ONCE} --steps 2 --seed 3"
        " -o still.safetensors"
    )
    assert "film look told" in card["scores"]["held_out"]
    assert output.stat().st_size < 3_000_000
