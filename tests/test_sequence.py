"""Names of image sequences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lutnet.sequence import ImageSequence


@pytest.mark.parametrize(
    "name", ["plate.[1001-1100].png", "/a b/[0001-0010].tif", "x[5-9x2]y.jpg", "a[1].[01-10].png"]
)
def test_a_name_survives_parsing(name: str) -> None:
    assert str(ImageSequence.parse(name)) == name


@pytest.mark.parametrize("name", ["plate.mov", "a[1].png", "a[9-1].png", "a[1-9x0].png", "/a[1-9]/b.mov", ""])
def test_other_names_are_no_sequences(name: str) -> None:
    assert ImageSequence.parse(name) is None


def test_images_have_the_digits_of_the_first() -> None:
    sequence = ImageSequence.parse("p.[0998-1002x2].png")
    assert sequence is not None
    assert [sequence.image(index) for index in range(len(sequence))] == [
        "p.0998.png",
        "p.1000.png",
        "p.1002.png",
    ]


@given(st.integers(0, 10**7), st.integers(0, 10**4), st.integers(1, 8), st.integers(1, 9))
def test_every_sequence_can_be_written_and_read(first: int, count: int, digits: int, step: int) -> None:
    sequence = ImageSequence("head.", first, first + count, max(digits, len(str(first))), ".png", step)
    assert ImageSequence.parse(str(sequence)) == sequence
