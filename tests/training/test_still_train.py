"""Stills made up of photographs, each under a known look, and the network that is taught with them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from lutnet.diagnosis.model import DiagnosisModel, default_model
from lutnet.diagnosis.predict import views_of
from lutnet.grade import LUT3D
from lutnet.ops.lut3d import identity_lattice
from lutnet.refinement.still_evidence import still_evidence
from lutnet.refinement.still_network import StillConfig
from lutnet.shot import Frames
from lutnet.training import still_material, still_train
from lutnet.training.alone_material import AT_ONCE
from lutnet.training.grades import GradeKind
from lutnet.training.photos import PhotoSet
from lutnet.training.still_material import Stills, film_looks, make_up
from lutnet.training.still_train import scores_of, taught

DARK = [("half as bright", LUT3D((identity_lattice(3).numpy() * 0.5).astype("float32")))]
BANK = torch.rand(24, 3, generator=torch.Generator().manual_seed(0))


@pytest.fixture(scope="module")
def stills(photos: PhotoSet) -> Stills:
    return make_up(photos, DARK, BANK, AT_ONCE * 3, seed=3)


def of_kind(stills: Stills, kind: GradeKind) -> Tensor:
    return stills.kinds == list(GradeKind).index(kind)


def test_every_kind_of_look_is_drawn_and_is_what_the_bank_was_graded_with(stills: Stills) -> None:
    assert len(stills) > 0.9 * AT_ONCE * 3
    for kind in GradeKind:
        assert bool(of_kind(stills, kind).any())
    darkened = stills.graded[of_kind(stills, GradeKind.LUT)].float()
    torch.testing.assert_close(darkened, (BANK * 0.5).expand_as(darkened), atol=2e-3, rtol=0)


def test_stills_are_of_the_seed_and_their_number_alone(photos: PhotoSet, stills: Stills) -> None:
    again = make_up(photos, DARK, BANK, AT_ONCE, seed=3)
    assert torch.equal(again.features, stills.features[: len(again)])
    assert not torch.equal(make_up(photos, DARK, BANK, AT_ONCE, seed=4).kinds, again.kinds)


def test_what_is_kept_is_taken_up_again(photos: PhotoSet, tmp_path: Path) -> None:
    first = make_up(photos, DARK, BANK, AT_ONCE, seed=3, keep=tmp_path)
    assert len(list(tmp_path.iterdir())) == 1
    assert torch.equal(make_up(photos, DARK, BANK, AT_ONCE, seed=3, keep=tmp_path).features, first.features)


def test_what_is_kept_under_other_looks_is_not_taken(photos: PhotoSet, tmp_path: Path) -> None:
    bright = [("as it is", LUT3D(identity_lattice(3).numpy().astype("float32")))]
    kept = make_up(photos, DARK, BANK, AT_ONCE, seed=3, keep=tmp_path)
    other = make_up(photos, bright, BANK, AT_ONCE, seed=3, keep=tmp_path)
    assert not torch.equal(other.graded, kept.graded)
    make_up(photos, DARK, BANK, AT_ONCE, seed=3, worn=0.0, keep=tmp_path)
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
    made = make_up(photos, DARK, BANK, AT_ONCE, seed=5, worn=0.0)
    evidence = still_evidence([Frames(frame[None]) for frame in seen[0]], default_model())
    assert evidence is not None
    assert evidence.features.shape == made.features.shape
    torch.testing.assert_close(evidence.amounts, made.amounts, atol=0.02, rtol=0)
    assert float((evidence.features - made.features.float()).abs().mean()) < 0.02


def test_made_up_film_looks_are_many_and_differ() -> None:
    looks = film_looks(DARK, seed=2)
    assert len(looks) == still_material.LOOKS
    means = {round(float(lut.table.mean()), 5) for _, lut in looks[1::4] + looks[3::4]}
    assert len(means) > 100


def test_teaching_lowers_the_error_on_what_was_taught(stills: Stills) -> None:
    config = StillConfig(stills.features.shape[1], "", wide=32, narrow=32, dropout=0.0, members=1)
    before = scores_of(taught(stills, BANK, config, seed=1, steps=0), stills, BANK)
    after = scores_of(taught(stills, BANK, config, seed=1, steps=150), stills, BANK)
    for kind in GradeKind:
        assert after[kind]["with"] < 0.8 * before[kind]["with"]
        assert after[kind]["without"] == before[kind]["without"]
    assert after["film look told"]["share"] > 0.9


def test_a_kind_that_was_not_drawn_has_no_score_that_could_mislead(stills: Stills) -> None:
    config = StillConfig(stills.features.shape[1], "", wide=8, narrow=8, members=1)
    only = of_kind(stills, GradeKind.CDL)
    some = Stills(*(part[only] for part in (stills.features, stills.amounts, stills.kinds, stills.graded)))
    scores = scores_of(taught(some, BANK, config, seed=1, steps=0), some, BANK)
    assert set(scores) == {"CDL", "film look told"}


def test_the_same_seed_teaches_the_same(stills: Stills) -> None:
    config = StillConfig(stills.features.shape[1], "", wide=8, narrow=8, members=2)
    one, other = (taught(stills, BANK, config, seed=2, steps=3).state_dict() for _ in range(2))
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_the_command_line_leaves_weights_and_card(
    photos: PhotoSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(still_train, "load_photos", lambda _: photos)
    monkeypatch.setattr(still_train, "split_by_source", lambda *_: (photos, replace(photos)))
    monkeypatch.setattr(still_train, "read_luts", lambda _: [*DARK, ("velvia", DARK[0][1])])
    monkeypatch.setattr(still_train, "JUDGED", AT_ONCE)
    output = tmp_path / "still.safetensors"
    line = f"--photos p --luts l --blind velvia --stills {AT_ONCE} --steps 2 --seed 3 -o {output}"
    still_train.main(line.split())
    card = json.loads(output.with_suffix(".json").read_text())
    assert card["command"].endswith(
        f"--blind velvia --stills {AT_ONCE} --steps 2 --seed 3 -o still.safetensors"
    )
    assert "film look told" in card["scores"]["held_out"]
    assert output.stat().st_size < 3_000_000
