"""diagnose_scene: what shots that share a fault say together."""

from __future__ import annotations

import pytest
import torch
from skimage import data
from torch import Tensor

import lutnet
from lutnet.diagnosis.heads import HEADS, LEVELS
from lutnet.diagnosis.pooling import POOLING, pooled_levels
from lutnet.diagnosis.predict import diagnose
from lutnet.diagnosis.scene import diagnose_scene
from lutnet.errors import InputError
from lutnet.ops.detune import NAMES, detune

PHOTOS = (data.astronaut, data.coffee, data.chelsea, data.rocket)


@pytest.fixture(scope="module")
def photos() -> list[Tensor]:
    """Of different sizes, as they are."""
    return [
        torch.from_numpy(load()[::2, ::2].copy()).permute(2, 0, 1).float()[None] / 255.0 for load in PHOTOS
    ]


def spoiled(frames: Tensor, **faults: float) -> Tensor:
    amounts = torch.tensor([faults.get(name, 0.0) for name in NAMES])
    return detune(frames.movedim(1, -1), amounts).movedim(-1, 1)


def levels(found: lutnet.Diagnosis) -> Tensor:
    return torch.tensor([found.corrections[head.name].level for head in HEADS])


def pooled(said: Tensor, heard: Tensor | None = None) -> Tensor:
    """Probabilities of the shared levels, for ``said [N, 7, 7]`` probabilities."""
    everybody = torch.ones(len(said), len(HEADS)).bool()
    return pooled_levels(
        said.log(),
        everybody if heard is None else heard,
        torch.tensor(POOLING.prior),
        sharpness=torch.tensor(POOLING.sharpness),
        doubt=torch.tensor(POOLING.doubt),
        shared=torch.tensor(POOLING.shared),
    ).exp()


def test_every_shot_hears_the_same_corrections_and_gets_its_own_grade(photos):
    found = diagnose_scene([spoiled(photo, temperature=0.6, exposure=-0.5) for photo in photos])
    assert len(found) == len(photos)
    assert all(each.corrections == found[0].corrections for each in found)
    assert len({each.cdl for each in found}) > 1


def test_a_shared_fault_is_named_better_together(photos):
    truth = torch.tensor([-0.5, 0.5, 0.3, 0.2, 0.4, -0.3, -0.3])
    wrong = [spoiled(photo, **dict(zip(NAMES, truth.tolist(), strict=True))) for photo in photos]
    alone = torch.stack([(levels(diagnose(shot)) - truth).abs() for shot in wrong]).mean()
    together = (levels(diagnose_scene(wrong)[0]) - truth).abs().mean()
    assert together < 0.85 * alone


def test_the_order_of_the_shots_changes_nothing(photos):
    wrong = [spoiled(photo, black_point=0.7) for photo in photos]
    forth, back = diagnose_scene(wrong), diagnose_scene(wrong[::-1])[::-1]
    for one, other in zip(forth, back, strict=True):
        assert torch.allclose(levels(one), levels(other), atol=1e-5)
        assert one.cdl.slope == pytest.approx(other.cdl.slope, abs=1e-3)


def test_a_single_shot_is_diagnosed_as_if_alone(photos):
    shot = spoiled(photos[0], tint=-0.6)
    alone, scene = diagnose(shot), diagnose_scene([shot])[0]
    assert scene == alone


def test_a_black_shot_neither_speaks_nor_is_graded(photos):
    wrong = [spoiled(photo, exposure=0.6) for photo in photos[:2]]
    black = torch.zeros(1, 3, 64, 64)
    with_black, without = diagnose_scene([*wrong, black]), diagnose_scene(wrong)
    assert with_black[0].corrections == without[0].corrections
    assert with_black[2].grade.is_identity
    assert with_black[2].warnings


def test_a_scene_of_black_shots_says_nothing():
    found = diagnose_scene([torch.zeros(1, 3, 64, 64)] * 2)
    assert all(each.grade.is_identity and each.warnings for each in found)


def test_no_shots_give_no_diagnoses():
    assert diagnose_scene([]) == []


def test_a_monochrome_shot_says_nothing_of_colour(photos):
    wrong = [spoiled(photo, temperature=0.8) for photo in photos[:2]]
    grey = photos[2].mean(1, keepdim=True).expand(-1, 3, -1, -1)
    without, with_grey = diagnose_scene(wrong)[0], diagnose_scene([*wrong, grey])[0]
    assert with_grey.corrections["temperature"] == without.corrections["temperature"]


def test_shots_that_only_repeat_the_prior_leave_it_as_it_is():
    prior = torch.tensor(POOLING.prior)
    assert torch.allclose(pooled(prior.expand(8, -1, -1)), prior / prior.sum(-1, keepdim=True), atol=0.01)


def test_agreement_makes_sure_and_one_dissenter_does_not_veto():
    weak = torch.full((len(HEADS), len(LEVELS)), 0.1)
    weak[:, 5] = 0.4
    sure = torch.full_like(weak, 1e-6)
    sure[:, 1] = 1.0
    assert bool((pooled(weak.expand(8, -1, -1))[:, 5] > weak[:, 5]).all())
    assert bool((pooled(torch.cat((weak.expand(16, -1, -1), sure[None]))).argmax(-1) == 5).all())


def test_a_head_that_no_shot_could_hear_keeps_the_prior():
    said = torch.full((3, len(HEADS), len(LEVELS)), 0.1)
    said[..., 6] = 0.4
    heard = torch.ones(3, len(HEADS)).bool()
    heard[:, 2] = False
    prior = torch.tensor(POOLING.prior[2])
    assert torch.allclose(pooled(said, heard)[2], prior / prior.sum(), atol=1e-5)


def test_the_public_name_refuses_what_is_no_picture(photos):
    with pytest.raises(InputError, match="not a number"):
        lutnet.diagnose_scene([photos[0], torch.full((1, 3, 32, 32), float("nan"))])
