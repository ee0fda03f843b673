"""Stills made up of photographs in sets under one known grade, and what the diagnosis makes of them."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from lutnet.diagnosis.model import DiagnosisModel
from lutnet.diagnosis.predict import views_of
from lutnet.refinement.still_evidence import evidence_of_references
from lutnet.shot import Frames
from lutnet.training import still_material
from lutnet.training.alone_material import AT_ONCE
from lutnet.training.grade_batch import NOTHING
from lutnet.training.photos import PhotoSet
from lutnet.training.still_material import COLOURS, SET_SIZE, Stills, graded, make_up, reduced
from tests.training.made_up import DARK_POOL as POOL


def test_a_set_has_one_grade_and_its_own_number(some_stills: Stills) -> None:
    assert len(some_stills) > 0.9 * AT_ONCE * 6
    assert some_stills.colours.shape[1:] == (COLOURS, 3)
    for number in some_stills.sets.unique().tolist():
        rows = (some_stills.sets == number).nonzero()[:, 0]
        assert 1 <= len(rows) <= SET_SIZE
        assert int(rows[-1] - rows[0]) == len(rows) - 1, "stills of a set lie together"
        assert len(some_stills.kinds[rows].unique()) == 1
        assert torch.equal(some_stills.detunes[rows], some_stills.detunes[rows[:1]].expand(len(rows), -1))


def test_a_reduced_picture_has_the_mean_of_every_few_pixels() -> None:
    picture = torch.randint(256, (1, 3, 6, 9), generator=torch.Generator().manual_seed(1)).byte()
    small = reduced(picture, 3)
    assert small.shape == (1, 3, 2, 3)
    assert abs(float(small[0, 1, 1, 2]) - float(picture[0, 1, 3:, 6:].float().mean())) <= 0.5
    assert torch.equal(reduced(picture, 1), picture)


def test_what_has_no_grade_is_left_out_where_looks_are_asked(some_stills: Stills) -> None:
    kinds = graded(some_stills).kinds
    assert 0 < len(kinds) < len(some_stills)
    assert not bool((kinds == NOTHING).any())


def test_stills_are_of_the_seed_and_their_number_alone(photos: PhotoSet, some_stills: Stills) -> None:
    again = make_up(photos, POOL, AT_ONCE, seed=3)
    assert torch.equal(again.features, some_stills.features[: len(again)])
    assert not torch.equal(make_up(photos, POOL, AT_ONCE, seed=4).cdl, again.cdl)


def test_what_is_kept_is_taken_up_again(photos: PhotoSet, tmp_path: Path) -> None:
    first = make_up(photos, POOL, AT_ONCE, seed=3, keep=tmp_path)
    assert len(list(tmp_path.iterdir())) == 1
    assert torch.equal(make_up(photos, POOL, AT_ONCE, seed=3, keep=tmp_path).features, first.features)


def test_what_is_kept_under_other_looks_is_not_taken(photos: PhotoSet, tmp_path: Path) -> None:
    make_up(photos, POOL, AT_ONCE, seed=3, keep=tmp_path)
    make_up(photos, POOL + 0.1, AT_ONCE, seed=3, keep=tmp_path)
    make_up(photos, POOL, AT_ONCE, seed=3, worn=0.0, keep=tmp_path)
    assert len(list(tmp_path.iterdir())) == 3


def test_stills_made_up_together_show_what_one_shows_where_its_look_is_asked_for(
    photos: PhotoSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is taught with is what will be asked, up to the half precision of the teaching."""
    seen: list[Tensor] = []

    def noted(frames: Tensor, model: DiagnosisModel) -> tuple[Tensor, Tensor]:
        seen.append(frames)
        return views_of(frames, model)

    monkeypatch.setattr(still_material, "views_of", noted)
    made = make_up(photos, POOL, AT_ONCE, seed=5, worn=0.0)
    evidence = evidence_of_references([Frames(frame[None]) for frame in seen[0]])
    assert evidence is not None
    assert evidence.features.shape == made.features.shape
    torch.testing.assert_close(evidence.amounts, made.amounts, atol=0.02, rtol=0)
    assert float((evidence.features - made.features.float()).abs().mean()) < 0.02
