"""Scenes made up of photographs, and the network that is taught with them."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from skimage import data

from lutnet.diagnosis.scene_network import SceneConfig
from lutnet.training import scene_material, scene_train
from lutnet.training.photos import PhotoSet
from lutnet.training.scene_material import AT_ONCE, SHOTS, Material, make_up
from lutnet.training.scene_train import scores_of, taught
from tests.training.photographs import photo_set

PHOTOS: tuple[Callable[[], NDArray[np.uint8]], ...] = (
    *(data.astronaut, data.coffee, data.chelsea, data.rocket, data.retina, data.immunohistochemistry),
    *(data.hubble_deep_field, data.colorwheel),
)


@pytest.fixture(scope="module")
def photos() -> PhotoSet:
    return photo_set(PHOTOS, step=3)


@pytest.fixture(scope="module")
def material(photos: PhotoSet) -> Material:
    return make_up(photos, AT_ONCE * 2, seed=3)


def same(one: Material, other: Material) -> bool:
    return all(
        torch.equal(getattr(one, part.name), getattr(other, part.name)) for part in dataclasses.fields(one)
    )


def beginning(material: Material) -> Material:
    """The scenes that were drawn together first."""
    return Material(
        **{part.name: getattr(material, part.name)[:AT_ONCE] for part in dataclasses.fields(material)}
    )


def test_a_scene_is_eight_shots_under_one_detune(material):
    assert material.spoiled.shape[:2] == material.right.shape[:2] == (AT_ONCE * 2, SHOTS)
    untouched = material.amounts.abs().sum(1) == 0
    spoiled, right = material.spoiled.int(), material.right.int()
    moved = (spoiled - right).abs().float().mean((1, 2, 3))
    assert bool((moved[~untouched] > 0.5).all())
    assert bool((moved[untouched] == 0).all())


def test_what_is_kept_is_taken_up_again(photos, material, tmp_path):
    first = make_up(photos, AT_ONCE, seed=3, keep=tmp_path)
    kept = list(tmp_path.iterdir())
    assert len(kept) == 1
    assert same(first, make_up(photos, AT_ONCE, seed=3, keep=tmp_path))
    assert same(first, beginning(material))
    assert not same(first, make_up(photos, AT_ONCE, seed=4, keep=tmp_path))


def test_what_was_kept_of_fewer_scenes_does_not_stand_for_more(photos, material, tmp_path):
    make_up(photos, AT_ONCE, seed=3, keep=tmp_path)
    assert same(material, make_up(photos, AT_ONCE * 2, seed=3, keep=tmp_path))


def test_what_another_diagnosis_said_is_not_taken_up(photos, material, tmp_path, monkeypatch):
    make_up(photos, AT_ONCE, seed=3, keep=tmp_path)
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(b"of no use")
    monkeypatch.setattr(scene_material, "fingerprint", lambda _: "another")
    assert same(beginning(material), make_up(photos, AT_ONCE, seed=3, keep=tmp_path))


def test_teaching_lowers_the_error_on_what_was_taught(material, monkeypatch):
    monkeypatch.setattr(scene_train, "BATCH", 12)
    features = material.shots(torch.zeros(1, 1).long(), torch.arange(2)[None]).features.shape[-1]
    config = SceneConfig(features, "", wide=32, embedding=32, hidden=32, dropout=0.0, members=1)
    before = scores_of(taught(material, config, seed=1, steps=0), material)
    after = scores_of(taught(material, config, seed=1, steps=100), material)
    assert after["different"]["level_error"] < 0.9 * before["different"]["level_error"]


def test_the_same_seed_teaches_the_same(material):
    features = material.shots(torch.zeros(1, 1).long(), torch.arange(2)[None]).features.shape[-1]
    config = SceneConfig(features, "", wide=8, embedding=8, hidden=8)
    one, other = (taught(material, config, seed=2, steps=3).state_dict() for _ in range(2))
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_the_command_line_leaves_weights_and_card(photos, tmp_path, monkeypatch):
    monkeypatch.setattr(scene_train, "load_photos", lambda _: photos)
    monkeypatch.setattr(scene_train, "split_by_source", lambda *_: (photos, photos))
    output = tmp_path / "scene.safetensors"
    line = f"scene_train --photos p --scenes 8 --judged 8 --steps 2 --seed 3 -o {output}"
    monkeypatch.setattr("sys.argv", line.split())
    scene_train.main()
    card = json.loads(output.with_suffix(".json").read_text())
    assert card["command"].endswith("--scenes 8 --judged 8 --steps 2 --seed 3 -o scene.safetensors")
    assert card["scores"]["held_out"]
