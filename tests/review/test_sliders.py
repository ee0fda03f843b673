"""The sliders: neutral in the middle whatever the range, and the way back to it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.review.packages import MARKUP
from tests.review.paging import until

NAMES = [
    "strength",
    "exposure",
    "temperature",
    "tint",
    "contrast",
    "black_point",
    "white_point",
    "saturation",
]


def shown(page: Any, name: str) -> tuple[Any, Any, Any]:
    """Where the slider stands, from -1 to 1; what it says of itself; the number beside it."""
    slider = page.locator(f"#slider-{name}")
    low, high, at = (float(slider.evaluate(f"(it) => it.{part}")) for part in ("min", "max", "value"))
    number = page.locator(f".slider:has(#slider-{name}) input[type=number]")
    return (
        2 * (at - low) / (high - low) - 1,
        slider.get_attribute("aria-valuetext"),
        float(number.input_value()),
    )


@pytest.mark.parametrize("name", NAMES)
def test_neutral_is_in_the_middle_and_the_ends_are_those_of_the_range(page: Any, name: str) -> None:
    neutral = 100.0 if name == "strength" else 0.0
    number = page.locator(f".slider:has(#slider-{name}) input[type=number]")
    low, high = (float(number.get_attribute(end)) for end in ("min", "max"))
    assert shown(page, name)[::2] == (pytest.approx(0.0, abs=1e-6), neutral)
    page.focus(f"#slider-{name}")
    for key, end, place in (("Home", low, -1.0), ("End", high, 1.0)):
        page.keyboard.press(key)
        at, said, value = shown(page, name)
        assert (at, value) == (pytest.approx(place), pytest.approx(end, abs=0.06))
        assert float(said.split()[0]) == value
    page.keyboard.press("Backspace")
    assert shown(page, name)[::2] == (pytest.approx(0.0, abs=1e-6), neutral)
    page.keyboard.press("End")
    page.locator(f"#slider-{name}").dblclick(position={"x": 3, "y": 8})
    assert shown(page, name)[::2] == (pytest.approx(0.0, abs=1e-6), neutral)


def test_what_was_saved_is_where_it_was_set(page: Any) -> None:
    number = page.locator(".slider:has(#slider-contrast) input[type=number]")
    number.fill("-20")
    number.press("Enter")
    at, said, _ = shown(page, "contrast")
    assert -1.0 < at < -0.5 and said == "-20.0 %"
    until(page, "document.getElementById('standing').textContent.includes('changed')")
    for key, name in (("ArrowDown", MARKUP), ("ArrowUp", "coffee one")):
        page.evaluate("() => document.activeElement.blur()")
        page.keyboard.press(key)
        until(page, f"document.getElementById('name').textContent === {json.dumps(name)}")
    assert shown(page, "contrast") == (pytest.approx(at, abs=0.01), said, -20.0)
