"""Controls make the grade that they promise, by the arithmetic of ``lutnet.ops``."""

from __future__ import annotations

import pytest
import torch

from lutnet.diagnosis.heads import HEADS
from lutnet.errors import InputError
from lutnet.grade import CDL, Grade
from lutnet.ops.detune import NAMES, detune
from lutnet.review.controls import (
    Controls,
    controls_from_plain,
    controls_to_plain,
    graded,
    level_of,
    scaled,
    value_range,
)
from tests.review.packages import bent_lut

COLOURS = torch.rand(512, 3, generator=torch.Generator().manual_seed(4)) * 0.7 + 0.1
BASE = Grade(CDL((1.1, 1.0, 0.9), (0.01, 0.0, -0.02), (1.0, 1.1, 0.95), 1.2), bent_lut())


def test_neutral_controls_leave_the_base_as_it_is() -> None:
    made = graded(BASE, Controls(corrections=dict.fromkeys(NAMES, 0.0)), COLOURS)
    assert made.cdl == BASE.cdl
    assert made.lut is BASE.lut


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("share", [-0.7, 0.4])
def test_a_correction_is_the_detune_model_s_in_its_unit(name: str, share: float) -> None:
    head = HEADS[NAMES.index(name)]
    value = head.value_at(share)
    assert level_of(name, value) == pytest.approx(share, abs=1e-6)
    made = graded(Grade(), Controls(corrections={name: value}), COLOURS)
    levels = torch.tensor([share if each == name else 0.0 for each in NAMES])
    wanted = detune(COLOURS, levels)
    before = float((COLOURS - wanted).abs().mean())
    assert float((made.cdl.apply(COLOURS) - wanted).abs().mean()) < 0.25 * before


def test_exposure_of_one_stop_doubles_light_below_the_shoulder() -> None:
    dark = torch.full((64, 3), 0.2) * torch.linspace(0.5, 1.0, 64)[:, None]
    made = graded(Grade(), Controls(corrections={"exposure": 1.0}), dark)
    light = (made.cdl.apply(dark) / dark) ** 2.2
    assert float(light.mean()) == pytest.approx(2.0, rel=0.1)


@pytest.mark.parametrize("strength", [0.0, 0.3, 1.0, 1.4])
def test_strength_scales_cdl_and_lut(strength: float) -> None:
    made = graded(BASE, Controls(strength=strength), COLOURS)
    assert made.cdl == BASE.cdl.scaled(strength)
    if strength == 0.0:
        assert made.is_identity
        return
    assert made.lut is not None and BASE.lut is not None
    mixed = torch.lerp(COLOURS, BASE.lut.apply(COLOURS), strength)
    torch.testing.assert_close(made.lut.apply(COLOURS), mixed, atol=2e-6, rtol=0)


def test_the_lut_can_be_off_and_a_look_follows_it() -> None:
    look = scaled(bent_lut(33, 0.4), 1.0)
    assert graded(BASE, Controls(lut=False), COLOURS).lut is None
    seen = graded(BASE, Controls(look="x", look_mix=0.5), COLOURS, look).apply_colours(COLOURS)
    base = BASE.apply_colours(COLOURS)
    torch.testing.assert_close(seen, torch.lerp(base, look.apply(base), 0.5), atol=2e-3, rtol=0)
    assert graded(BASE, Controls(look="x", look_mix=0.0), COLOURS, look).lut is BASE.lut


def test_controls_survive_the_way_to_the_page_and_back() -> None:
    controls = Controls(
        0.7, dict.fromkeys(NAMES, 0.0) | {"tint": 0.1}, CDL((1.5, 1, 1)), False, "silver", 0.4
    )
    assert controls_from_plain(controls_to_plain(controls)) == controls


def test_what_is_out_of_range_is_refused() -> None:
    low, high = value_range("contrast")
    assert [low, high] == pytest.approx([-38.4, 62.5], abs=0.1)
    for wrong in (
        {"strength": 1.6},
        {"strength": float("nan")},
        {"corrections": {"contrast": 70}},
        {"look_mix": 2},
    ):
        with pytest.raises(InputError):
            controls_from_plain(wrong)
    with pytest.raises(InputError, match="saturation"):
        graded(Grade(CDL(saturation=0.0)), Controls(strength=1.5), COLOURS)
