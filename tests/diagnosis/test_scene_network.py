"""The network that hears shots together: what it is before it was taught, and what never depends on the teaching."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from torch import Tensor

from lutnet import weights
from lutnet.diagnosis import scene_network
from lutnet.diagnosis.heads import HEADS, LEVELS
from lutnet.diagnosis.model import default_model
from lutnet.diagnosis.network import DiagnosisNetwork
from lutnet.diagnosis.scene_network import (
    SceneConfig,
    SceneNetwork,
    Shared,
    Shots,
    scene_network_of,
    shipped_scene_network,
    stored_config,
)
from lutnet.diagnosis.shipped import fingerprint
from lutnet.errors import WeightsError


def shots(count: int, *, hidden: int = 384, seed: int = 0) -> Shots:
    draw = torch.Generator().manual_seed(seed)
    return Shots(
        hidden=torch.rand(2, count, hidden, generator=draw),
        levels=torch.randn(2, count, len(HEADS), len(LEVELS), generator=draw).log_softmax(-1),
        repair=torch.rand(2, count, len(HEADS), generator=draw) - 0.5,
        clean=torch.rand(2, count, generator=draw),
    )


def likely(seed: int = 1) -> Shared:
    draw = torch.Generator().manual_seed(seed)
    levels = torch.randn(2, len(HEADS), len(LEVELS), generator=draw).log_softmax(-1)
    return Shared(levels, torch.rand(2, len(HEADS), generator=draw) - 0.5)


def picked(said: Shots, rows: list[int]) -> Shots:
    return Shots(*(getattr(said, part.name)[:, rows] for part in dataclasses.fields(said)))


@pytest.fixture(scope="module")
def shipped() -> SceneNetwork:
    return shipped_scene_network()


def heard(network: SceneNetwork, said: Shots) -> Tensor:
    with torch.inference_mode():
        answer = network(said, likely())
    return torch.cat((answer.levels.flatten(1), answer.repair), dim=1)


def test_untaught_it_gives_the_answer_that_it_was_given():
    network = SceneNetwork(SceneConfig(shots(3).features.shape[-1], "")).eval()
    answer = network(shots(3), likely())
    torch.testing.assert_close(answer.levels, likely().levels)
    torch.testing.assert_close(answer.repair, likely().repair)


def test_the_order_of_the_shots_changes_nothing(shipped):
    said = shots(5)
    torch.testing.assert_close(
        heard(shipped, said), heard(shipped, picked(said, [3, 1, 4, 0, 2])), atol=1e-4, rtol=0
    )


@pytest.mark.parametrize("count", [2, 16, 200])
def test_any_number_of_shots_gives_a_finite_answer_of_probabilities(shipped, count):
    with torch.inference_mode():
        answer = shipped(shots(count), likely())
    torch.testing.assert_close(answer.levels.exp().sum(-1), torch.ones(2, len(HEADS)))
    assert bool((answer.repair.abs() <= 1.0).all())


def test_shots_that_are_sure_of_everything_cannot_break_it(shipped):
    said = shots(4)
    certain = torch.full_like(said.levels, -200.0)
    certain[..., 0] = 0.0
    extreme = Shots(said.hidden * 1e4, certain, torch.ones_like(said.repair), torch.ones_like(said.clean))
    assert bool(torch.isfinite(heard(shipped, extreme)).all())


def test_it_is_only_asked_about_the_answers_of_the_network_that_it_was_taught_with():
    torch.manual_seed(0)
    other = DiagnosisNetwork(default_model().network.config).eval()
    assert scene_network_of(other) is None
    assert scene_network_of(default_model().network) is shipped_scene_network()


def test_a_fingerprint_changes_with_a_single_number():
    torch.manual_seed(0)
    network = DiagnosisNetwork(default_model().network.config)
    before = fingerprint(network)
    with torch.no_grad():
        network.level_head.bias[0] += 1e-6
    assert fingerprint(network) != before


def test_weights_of_another_kind_or_shape_are_refused(tmp_path, monkeypatch):
    small = SceneNetwork(SceneConfig(shots(2).features.shape[-1], "", wide=8, embedding=8, hidden=8))
    config = stored_config(SceneNetwork(SceneConfig(shots(2).features.shape[-1], "")))
    for name, stated, message in (
        ("kind", {"other": 1}, "not a network for scenes"),
        ("shape", config, "do not fit the network at members.0"),
    ):
        path = tmp_path / f"{name}.safetensors"
        weights.save_network(path, dict(small.state_dict()), stated)
        stored = weights.load_network(path)
        monkeypatch.setattr(weights, "shipped", lambda _, stored=stored: stored)
        with pytest.raises(WeightsError, match=message):
            scene_network.shipped_scene_network.__wrapped__()
