"""Timecode, against OpenTimelineIO's own reading."""

from __future__ import annotations

from fractions import Fraction

import opentimelineio as otio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lutnet.timecode import parse_timecode

RATES = {24.0: Fraction(24), 25.0: Fraction(25), 30.0: Fraction(30), 60.0: Fraction(60)}
DROP_RATES = {30000 / 1001: Fraction(30000, 1001), 60000 / 1001: Fraction(60000, 1001)}


@given(st.sampled_from(sorted(RATES)), st.integers(0, 23 * 3600 * 24))
def test_whole_rates_count_as_opentimelineio(rate: float, frames: int) -> None:
    text = otio.opentime.to_timecode(otio.opentime.RationalTime(frames, rate))
    assert parse_timecode(text, RATES[rate]) == frames


@given(st.sampled_from(sorted(DROP_RATES)), st.integers(0, 23 * 3600 * 29))
def test_drop_frame_counts_as_opentimelineio(rate: float, frames: int) -> None:
    text = otio.opentime.to_timecode(otio.opentime.RationalTime(frames, rate), rate, True)
    assert parse_timecode(text, DROP_RATES[rate]) == frames


def test_film_rate_counts_whole_frames() -> None:
    assert parse_timecode("01:00:00:00", Fraction(24000, 1001)) == 86_400


@pytest.mark.parametrize("text", ["", "01:00:00", "aa:bb:cc:dd", "1:2:3:4", "01:00:00:00:00"])
def test_other_text_is_no_timecode(text: str) -> None:
    assert parse_timecode(text, Fraction(25)) is None
