"""Scores worked out by hand."""

from __future__ import annotations

import pytest

from lutnet.grade import Correction, Fault
from lutnet.training.scoring import (
    Spread,
    calibration_error,
    confidence_holds,
    direction,
    fault_score,
    is_exact,
    is_neighbour,
)

WARM = Fault("temperature", 2 / 3)


@pytest.mark.parametrize(
    ("answer", "exact", "neighbour"),
    [
        (WARM, True, True),
        (Fault("temperature", 1.0), False, True),
        (Fault("temperature", 1 / 3), False, True),
        (Fault("temperature", -2 / 3), False, False),
        (Fault("tint", 2 / 3), False, False),
        (None, False, False),
    ],
)
def test_an_answer_is_right_only_with_the_right_correction(answer, exact, neighbour):
    assert is_exact(answer, WARM) is exact
    assert is_neighbour(answer, WARM) is neighbour


def test_clean_is_right_only_for_clean():
    assert is_exact(None, None) and is_neighbour(None, None)
    assert not is_neighbour(Fault("tint", 1 / 3), None)


def test_plus_and_minus_a_third_are_two_steps_apart():
    assert not is_neighbour(Fault("tint", 1 / 3), Fault("tint", -1 / 3))


def test_shares_are_counted_over_all_answers():
    score = fault_score([WARM, Fault("temperature", 1.0), None, None], [WARM, WARM, WARM, None])
    assert (score.exact, score.neighbour) == (0.5, 0.75)


def test_a_spread_holds_the_quantiles():
    spread = Spread.of([float(k) for k in range(101)])
    assert (spread.mean, spread.median, spread.p90, spread.p95) == (50.0, 50.0, 90.0, 95.0)


@pytest.mark.parametrize(
    ("level", "side"), [(0.0, 0), (0.16, 0), (-0.16, 0), (0.17, 1), (-0.17, -1), (1.0, 1)]
)
def test_a_direction_is_that_of_the_nearest_level(level, side):
    assert direction(level) == side


def test_confidence_speaks_of_the_direction():
    correction = Correction(0.5, 0.0, "%", 0.8, (1 / 7,) * 7)
    assert confidence_holds(correction, 0.9)
    assert not confidence_holds(correction, 0.1)


def test_a_coin_called_at_one_half_is_calibrated_and_at_nine_tenths_is_not():
    held = [True, False] * 50
    assert calibration_error([0.55] * 100, held) == pytest.approx(0.05)
    assert calibration_error([0.95] * 100, held) == pytest.approx(0.45)


def test_full_confidence_that_always_holds_has_no_error():
    assert calibration_error([1.0] * 10, [True] * 10) == 0.0


def test_errors_to_both_sides_in_one_bin_cancel_but_not_across_bins():
    assert calibration_error([0.72, 0.78], [True, False]) == pytest.approx(0.25)
    assert calibration_error([0.2, 0.9], [True, False]) == pytest.approx(0.85)
