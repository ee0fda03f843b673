from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lutnet.errors import InputError
from lutnet.export.naming import file_stems, safe_stem
from tests.export.examples import some_shot

NASTY = [
    "../x",
    "/etc/passwd",
    "<b>",
    "CON",
    "con.cube",
    "",
    ".",
    "..",
    "a/b",
    "a\\b",
    "nul",
    " ",
    "-rf",
    "é" * 99,
    "日本",
    "a\0b",
    "NUL.é",
    "x" * 300,
]


@pytest.mark.parametrize("name", NASTY)
def test_a_nasty_name_is_a_plain_file_name(name: str) -> None:
    stem = safe_stem(name)
    assert stem.isascii()
    assert 0 < len(stem) <= 40
    assert not set(stem) & set('/\\<>:"|?*\0 ')
    assert stem.strip(".-") == stem
    assert stem.split(".")[0].upper() not in {"CON", "NUL", ""}


@given(st.lists(st.text(max_size=60), min_size=1, max_size=8))
def test_names_are_unique_without_regard_to_case(names: list[str]) -> None:
    stems = file_stems([some_shot(number, name=name) for number, name in enumerate(names)])
    assert len({stem.lower() for stem in stems.values()}) == len(names)
    assert all(len(f"{stem}_{'0' * 10}.cube") <= 60 for stem in stems.values())


def test_accents_are_dropped_and_plain_names_stay() -> None:
    assert safe_stem("Café_010.v2") == "Cafe_010.v2"


def test_a_file_name_does_not_depend_on_the_place_in_the_timeline() -> None:
    shots = [some_shot(0, name="a b"), some_shot(1, name="a_b"), some_shot(2, name="c")]
    assert file_stems(shots) == file_stems(shots[::-1])
    assert file_stems(shots)[shots[2].id] == "c"


def test_a_name_that_looks_like_anothers_suffixed_one_is_still_unique() -> None:
    shots = [some_shot(0, name="a"), some_shot(1, name="A"), some_shot(2, name=f"a_{some_shot(0).id}")]
    assert len(set(map(str.lower, file_stems(shots).values()))) == 3


def test_two_shots_with_one_id_are_refused() -> None:
    with pytest.raises(InputError, match="same id"):
        file_stems([some_shot(0), some_shot(0)])
