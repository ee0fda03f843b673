"""The network for shots that stand alone: what it is before it was taught, where it is asked, and where it is not."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from torch import Tensor

from lutnet import weights
from lutnet.diagnosis import alone_network, predict
from lutnet.diagnosis.alone_network import (
    Alone,
    AloneConfig,
    AloneNetwork,
    Glance,
    alone_network_of,
    shipped_alone_network,
    stored_config,
)
from lutnet.diagnosis.evidence import Evidence, with_second_look
from lutnet.diagnosis.heads import HEADS, LEVELS
from lutnet.diagnosis.model import DiagnosisModel, default_model
from lutnet.diagnosis.network import DiagnosisNetwork
from lutnet.diagnosis.predict import HEARD_ALONE, both_looks, looked_again, seen
from lutnet.errors import WeightsError

COLOURED = torch.rand(3, 3, 96, 160, generator=torch.Generator().manual_seed(5)) * 0.6 + 0.1


def glance(seed: int, count: int = 2) -> Glance:
    draw = torch.Generator().manual_seed(seed)
    return Glance(
        vector=torch.randn(count, 480, generator=draw),
        hidden=torch.rand(count, 384, generator=draw),
        levels=torch.randn(count, len(HEADS), len(LEVELS), generator=draw).log_softmax(-1),
        repair=torch.rand(count, len(HEADS), generator=draw) - 0.5,
        clean=torch.rand(count, generator=draw),
    )


def alone() -> Alone:
    return Alone(glance(0), glance(1))


def repair_of(frames: Tensor) -> Tensor:
    return looked_again(seen(frames, default_model()), default_model()).evidence.repair


def first_and_second(frames: Tensor) -> tuple[Evidence, Evidence]:
    shot = seen(frames, default_model())
    return shot.evidence, both_looks(shot, default_model())[1]


def test_untaught_it_gives_the_answer_of_the_first_look():
    network = AloneNetwork(AloneConfig(alone().features.shape[1], "")).eval()
    torch.testing.assert_close(network(alone()), glance(0).repair)
    levels = network.members[0](network.normalised(alone()), glance(0)).levels
    torch.testing.assert_close(levels, glance(0).levels)


def test_a_shot_alone_is_corrected_and_its_levels_and_names_are_not():
    shot = seen(COLOURED, default_model())
    said = looked_again(shot, default_model()).evidence
    for part in ("levels", "fault", "heard"):
        assert torch.equal(getattr(said, part), getattr(shot.evidence, part))
    assert said.clean == shot.evidence.clean
    with torch.inference_mode():
        corrected = shipped_alone_network()(both_looks(shot, default_model())[0]).mean(0)
    twice = with_second_look(*first_and_second(COLOURED)).repair
    torch.testing.assert_close(said.repair, HEARD_ALONE * corrected + (1.0 - HEARD_ALONE) * twice)
    assert float((said.repair - shot.evidence.repair).abs().max()) > 1e-3


def test_the_order_of_the_frames_changes_nothing():
    torch.testing.assert_close(repair_of(COLOURED), repair_of(COLOURED.flip(0)), atol=1e-4, rtol=0)


def test_a_shot_without_colour_is_told_by_the_two_looks_as_they_are():
    grey = COLOURED.mean(1, keepdim=True).expand(-1, 3, -1, -1)
    first, again = first_and_second(grey)
    tonal = torch.tensor([head.name not in ("temperature", "tint", "saturation") for head in HEADS])
    torch.testing.assert_close(repair_of(grey), with_second_look(first, again).repair * tonal)


def test_answers_of_another_network_are_left_as_they_are():
    torch.manual_seed(0)
    other = DiagnosisModel(DiagnosisNetwork(default_model().network.config).eval())
    assert alone_network_of(other.network) is None
    assert alone_network_of(default_model().network) is shipped_alone_network()
    shot = seen(COLOURED, other)
    expected = with_second_look(shot.evidence, both_looks(shot, other)[1])
    torch.testing.assert_close(looked_again(shot, other).evidence.repair, expected.repair)


def test_answers_unlike_all_others_cannot_break_it():
    certain = torch.full((2, len(HEADS), len(LEVELS)), -200.0)
    certain[..., 0] = 0.0
    wild = dataclasses.replace(glance(2), vector=glance(2).vector * 1e6, levels=certain, clean=torch.ones(2))
    with torch.inference_mode():
        repair = shipped_alone_network()(Alone(wild, wild))
    assert bool(torch.isfinite(repair).all())
    assert float(repair.abs().max()) <= 1.0


def test_a_frame_that_tells_nothing_is_not_asked_about(monkeypatch):
    monkeypatch.setattr(predict, "alone_network_of", lambda _: pytest.fail("asked"))
    assert not bool(repair_of(torch.zeros(1, 3, 96, 96)).any())


def test_weights_of_another_kind_or_shape_are_refused(tmp_path, monkeypatch):
    features = alone().features.shape[1]
    small = AloneNetwork(AloneConfig(features, "", wide=8, hidden=8))
    config = stored_config(AloneNetwork(AloneConfig(features, "")))
    for name, stated, message in (
        ("kind", {"other": 1}, "not a network for shots alone"),
        ("shape", config, "do not fit the network at members.0"),
    ):
        path = tmp_path / f"{name}.safetensors"
        weights.save_network(path, dict(small.state_dict()), stated)
        stored = weights.load_network(path)
        monkeypatch.setattr(weights, "shipped", lambda _, stored=stored: stored)
        with pytest.raises(WeightsError, match=message):
            alone_network.shipped_alone_network.__wrapped__()
