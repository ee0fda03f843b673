"""Faults and looks told apart, by the network that ships, on photographs that no training saw."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from skimage import data

from lutnet.diagnosis.heads import HEADS
from lutnet.diagnosis.look import Look
from lutnet.diagnosis.model import DiagnosisModel, default_model
from lutnet.diagnosis.network import DiagnosisNetwork
from lutnet.diagnosis.predict import look_at
from lutnet.grade import CDL, Grade
from lutnet.ops.detune import detune
from lutnet.refinement.meant import diagnosed, faulty_share
from lutnet.refinement.predict import shown_by
from lutnet.shot import Frames
from lutnet.training.pairs import stored

PICTURES = (data.astronaut, data.coffee, data.chelsea, data.rocket)
FAULTS = (0.3, -0.5, 0.2, 0.3, 0.4, -0.3, 0.2)
LOOK = CDL((0.80, 0.90, 1.08), (0.0, 0.0, 0.01), (1.08, 1.0, 0.95), 0.85)


def shares(spoil: Callable[[torch.Tensor], torch.Tensor]) -> torch.Tensor:
    model, found = default_model(), []
    for load in PICTURES:
        picture = stored(spoil(torch.from_numpy(load()[::2, ::2].copy()).float() / 255.0))
        found.append(faulty_share(shown_by(look_at(Frames(picture.movedim(-1, 0)[None]), model), model)))
    return torch.tensor(found)


def test_faults_are_told_from_a_look():
    at_fault, looked = shares(lambda picture: detune(picture, torch.tensor(FAULTS))), shares(LOOK.apply)
    assert float(at_fault.logit().mean().sigmoid()) > 0.7
    assert float(looked.logit().mean().sigmoid()) < 0.5


@pytest.mark.parametrize("pixels", [torch.zeros(1, 3, 64, 64), torch.full((1, 3, 64, 64), 0.5)])
def test_a_shot_of_which_nothing_can_be_told_may_be_at_fault(pixels):
    model = default_model()
    assert faulty_share(shown_by(look_at(Frames(pixels), model), model)) is None


def test_beside_the_look_of_a_show_nobody_can_tell():
    """What is unusual is then what sets a shot apart from the show."""
    model, frames = (
        default_model(),
        Frames(torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(2))),
    )
    found, shown = diagnosed(frames, model)
    assert found.faulty is not None and found.faulty == faulty_share(shown)
    show = replace(model, look=Look(Grade(LOOK), (0.0,) * len(HEADS)))
    assert diagnosed(frames, show)[0].faulty is None


def test_another_diagnosis_is_not_asked():
    torch.manual_seed(0)
    other = DiagnosisModel(DiagnosisNetwork(default_model().network.config).eval())
    picture = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    assert faulty_share(shown_by(look_at(Frames(picture), other), other)) is None
