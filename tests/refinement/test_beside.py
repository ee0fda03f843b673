"""A diagnosis beside a reference names the difference, whatever the scene itself looks like."""

from __future__ import annotations

import pytest
import torch

import lutnet
from lutnet.diagnosis.heads import FAULTS, HEADS
from lutnet.ops.detune import detune
from tests.refinement.scenes import frames, moved, scene


def spoil(picture: torch.Tensor, amounts: torch.Tensor) -> torch.Tensor:
    spoiled = detune(picture.movedim(0, -1), amounts).movedim(-1, 0)
    return (spoiled * 255.0).round() / 255.0


@pytest.mark.parametrize("number", [0, 7, 14, 20, 22, 26, 31, 35, 36, 41])
def test_a_single_fault_is_named_from_another_camera(number: int) -> None:
    name, level = FAULTS[number]
    amounts = torch.zeros(len(HEADS))
    amounts[[head.name for head in HEADS].index(name)] = level
    picture = scene(number)
    found = lutnet.diagnose(frames(spoil(picture, amounts)), frames(moved(picture)))
    assert found.fault is not None
    assert found.fault.name == name
    assert found.fault.level == pytest.approx(level)


def test_a_reference_of_the_scene_that_is_the_same_finds_nothing() -> None:
    picture = scene(5)
    found = lutnet.diagnose(frames(picture), frames(moved(picture)))
    assert found.fault is None
    assert all(abs(correction.level) < 1 / 6 for correction in found.corrections.values())


def test_several_faults_are_undone_to_the_reference() -> None:
    picture = scene(8)
    amounts = torch.tensor([0.3, -0.5, 0.4, 0.3, 0.2, -0.3, 0.4])
    spoiled = spoil(picture, amounts)
    found = lutnet.diagnose(frames(spoiled), frames(moved(picture)))
    left = (found.cdl.apply(spoiled.movedim(0, -1)) - picture.movedim(0, -1)).abs().mean()
    assert left < 0.25 * (spoiled - picture).abs().mean()
    for name, truth in zip(("temperature", "tint", "saturation"), (-0.5, 0.4, 0.4), strict=True):
        correction = found.corrections[name]
        assert correction.level == pytest.approx(truth, abs=0.12)
        assert sum(p * k / 3 for p, k in zip(correction.probabilities, range(-3, 4), strict=True)) == (
            pytest.approx(correction.level)
        )
        assert correction.confidence > 0.9


def test_a_spoiled_reference_of_the_scene_is_the_aim_all_the_same() -> None:
    picture = scene(11)
    amounts = torch.zeros(7)
    amounts[1] = 2 / 3
    found = lutnet.diagnose(frames(picture), frames(spoil(moved(picture), amounts)))
    assert found.corrections["temperature"].level < -1 / 3


def test_an_unrelated_reference_that_is_flat_changes_nothing() -> None:
    picture = scene(3)
    flat = torch.full_like(picture, 0.5)
    alone, beside = lutnet.diagnose(frames(picture)), lutnet.diagnose(frames(picture), frames(flat))
    assert beside.fault == alone.fault
