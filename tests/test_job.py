"""A job's hash changes with everything the grade follows from, and with nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from lutnet.colourspace import ColourSettings
from lutnet.errors import InputError
from lutnet.job import Outcome, Recipe, jobs_of
from lutnet.looks import shipped_looks
from lutnet.reference import ReferenceSource
from lutnet.shot import FrameRange, Shot
from lutnet.store import StoredPictures
from tests.export.examples import skipped_result, some_result, some_shot

RECIPE = Recipe(strength=1.0)
PICTURES = StoredPictures(b"before", b"after")


def shot(media: Path | str) -> Shot:
    frames = FrameRange(Fraction(0), Fraction(24), Fraction(24))
    return Shot("id", "name", 1, "V1", frames, frames, str(media))


def job_hash(shot: Shot, recipe: Recipe = RECIPE) -> str:
    (job,) = jobs_of([shot], recipe)
    return job.hash


def test_hash_follows_media_range_reference_and_settings(tmp_path: Path) -> None:
    media = tmp_path / "a.mov"
    media.write_bytes(b"1234")
    first = shot(media)
    known = job_hash(first)
    assert job_hash(replace(first, name="renamed", track=2, id="other")) == known
    longer = replace(first.source, duration=Fraction(25))
    others = [
        job_hash(replace(first, source=longer)),
        job_hash(first, Recipe(ReferenceSource("a", (media,)))),
        job_hash(first, Recipe(strength=0.5)),
        job_hash(first, Recipe(frames=5)),
        job_hash(first, Recipe(colour=ColourSettings("ACEScct"))),
        job_hash(replace(first, space="ACEScct")),
        job_hash(first, Recipe(look=shipped_looks()["silver"])),
        job_hash(first, Recipe(look=shipped_looks()["matte"])),
        job_hash(first, Recipe(look=shipped_looks()["matte"], balance=0.5)),
    ]
    media.write_bytes(b"12345")
    others.append(job_hash(first))
    os.utime(media, ns=(1, 1))
    others.append(job_hash(first))
    media.unlink()
    others.append(job_hash(first))
    assert len({known, *others}) == 13


def test_hash_follows_every_image_of_a_sequence(tmp_path: Path) -> None:
    for number in (1, 2):
        (tmp_path / f"plate.{number:04}.png").write_bytes(b"image")
    plates = shot(f"{tmp_path}/plate.[0001-0002].png")
    known = job_hash(plates)
    (tmp_path / "plate.0002.png").write_bytes(b"another")
    assert job_hash(plates) != known


def test_hash_follows_the_reference_file_and_not_how_it_is_called(tmp_path: Path) -> None:
    media, look = tmp_path / "a.mov", tmp_path / "look.png"
    media.write_bytes(b"1234")
    look.write_bytes(b"one look")
    recipe = Recipe(ReferenceSource("look.png", (look,)))
    known = job_hash(shot(media), recipe)
    assert job_hash(shot(media), Recipe(ReferenceSource("another name", (look,)))) == known
    look.write_bytes(b"another look")
    assert job_hash(shot(media), recipe) != known


def test_a_recipe_survives_its_plain_form() -> None:
    for source in (
        None,
        ReferenceSource("r", (Path("/a/b.png"),), 1),
        ReferenceSource("c", shot=some_shot()),
    ):
        colour = ColourSettings("ACEScct", config=Path("/c.ocio"), clip_spaces=(("A*", "S-Log3"),))
        recipe = Recipe(source, 0.5, 4, Path("/w.safetensors"), colour, look=Path("/a.look"), balance=0.7)
        assert Recipe.from_plain(recipe.to_plain()) == recipe


def test_an_outcome_survives_as_bytes() -> None:
    outcome = Outcome(some_result(), PICTURES)
    back = Outcome.from_bytes(outcome.to_bytes())
    assert back.pictures == PICTURES
    assert replace(back.result, grade=None) == replace(outcome.result, grade=None)
    grades = back.result.grade, outcome.result.grade
    assert grades[0] and grades[1] and grades[0].lut and grades[1].lut
    assert grades[0].cdl == grades[1].cdl
    assert np.array_equal(grades[0].lut.table, grades[1].lut.table)
    assert Outcome.from_bytes(Outcome(skipped_result()).to_bytes()) == Outcome(skipped_result())


@pytest.mark.parametrize(
    "spoil", [lambda data: data[:-5], lambda data: b"", lambda data: data[:8] + b"{" * 99]
)
def test_a_damaged_outcome_is_refused(spoil: Callable[[bytes], bytes]) -> None:
    with pytest.raises(InputError, match="not the outcome"):
        Outcome.from_bytes(spoil(Outcome(some_result(), PICTURES).to_bytes()))
