"""Floating-point times become the fractions that were meant."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lutnet.timeline.rational import exact_rate, exact_value


@pytest.mark.parametrize(
    ("written", "exact"),
    [
        (23.976, Fraction(24000, 1001)),
        (23.98, Fraction(24000, 1001)),
        (23.976023976023978, Fraction(24000, 1001)),
        (29.97, Fraction(30000, 1001)),
        (47.952, Fraction(48000, 1001)),
        (59.94, Fraction(60000, 1001)),
        (119.88, Fraction(120000, 1001)),
        (24, Fraction(24)),
        (25.0, Fraction(25)),
        (12.5, Fraction(25, 2)),
        (0.5, Fraction(1, 2)),
        (1e6, Fraction(10**6)),
    ],
)
def test_rates_are_what_programs_mean(written: float, exact: Fraction) -> None:
    assert exact_rate(written) == exact


@pytest.mark.parametrize("rate", [0.0, -24.0, math.nan, math.inf])
def test_impossible_rates_are_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="rate"):
        exact_rate(rate)


@given(st.integers(-(2**40), 2**40), st.floats(-1e-5, 1e-5))
def test_whole_frames_stay_whole_through_rounding_noise(frame: int, noise: float) -> None:
    assert exact_value(frame + noise) == frame


@given(st.fractions(0, 10**6, max_denominator=1001))
def test_fractions_of_frames_are_kept(value: Fraction) -> None:
    assert abs(exact_value(float(value)) - value) < Fraction(1, 5000)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="not a number"):
        exact_value(value)
