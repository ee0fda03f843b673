"""Frames made up of photographs, each with its own fault, and the network that is taught with them."""

from __future__ import annotations

import dataclasses
import json

import pytest
import torch

from lutnet.diagnosis.alone_network import Alone, AloneConfig, Glance
from lutnet.diagnosis.model import default_model
from lutnet.diagnosis.predict import both_looks, seen, views_of
from lutnet.training import alone_train
from lutnet.training.alone_material import AT_ONCE, Material, both_looks_each, make_up
from lutnet.training.alone_train import score_of, taught
from lutnet.training.photos import PhotoSet


@pytest.fixture(scope="module")
def material(photos: PhotoSet) -> Material:
    return make_up(photos, AT_ONCE * 3, seed=3)


def config_of(material: Material, **sizes: int) -> AloneConfig:
    return AloneConfig(material.said(torch.arange(1)).features.shape[1], "", dropout=0.0, **sizes)


def same(one: Material, other: Material) -> bool:
    return torch.equal(one.spoiled, other.spoiled) and torch.equal(
        one.said(torch.arange(len(one))).features, other.said(torch.arange(len(other))).features
    )


def test_frames_are_spoiled_by_the_amounts_that_are_said(material):
    assert material.spoiled.shape == material.right.shape
    moved = (material.spoiled.int() - material.right.int()).abs().float().mean((1, 2))
    untouched = material.amounts.abs().sum(1) == 0
    assert bool((moved[untouched] == 0).all())
    assert float((moved[~untouched] > 0.5).float().mean()) > 0.9  # a seventh of a stop may move hardly a code
    assert len(material) > 0.9 * AT_ONCE * 3


def test_what_is_kept_is_taken_up_again(photos, tmp_path):
    first = make_up(photos, AT_ONCE, seed=3, keep=tmp_path)
    assert len(list(tmp_path.iterdir())) == 1
    assert same(first, make_up(photos, AT_ONCE, seed=3, keep=tmp_path))
    assert not same(first, make_up(photos, AT_ONCE, seed=4))


def test_frames_judged_together_say_what_the_diagnosis_says_of_each(photos):
    """What is taught with is what will be asked: up to the half precision that makes it quick."""
    model = default_model()
    frames = torch.stack([image[:, :140, :140].float() / 255.0 for image in photos.images])
    together = both_looks_each(*views_of(frames, model), model)
    for row, frame in enumerate(frames):
        alone, _ = both_looks(seen(frame[None], model), model)
        for look in dataclasses.fields(Alone):
            for part in dataclasses.fields(Glance):
                each = getattr(getattr(together, look.name), part.name)[row]
                true = getattr(getattr(alone, look.name), part.name)[0]
                error = (each.exp() - true.exp() if part.name == "levels" else each - true).abs().mean()
                assert float(error) < 0.05, (look.name, part.name)


def test_teaching_lowers_the_error_on_what_was_taught(material):
    config = config_of(material, wide=32, hidden=32)
    before = score_of(taught(material, config, seed=1, steps=0), material)
    after = score_of(taught(material, config, seed=1, steps=120, batch=24), material)
    assert after.frames == len(material)
    assert after.corrected < 0.85 * before.corrected
    assert after.diagnosis == before.diagnosis < before.before


def test_the_same_seed_teaches_the_same(material):
    config = config_of(material, wide=8, hidden=8)
    one, other = (taught(material, config, seed=2, steps=3, batch=8).state_dict() for _ in range(2))
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_the_command_line_leaves_weights_and_card(photos, tmp_path, monkeypatch):
    monkeypatch.setattr(alone_train, "load_photos", lambda _: photos)
    monkeypatch.setattr(alone_train, "split_by_source", lambda *_: (photos, photos))
    monkeypatch.setattr(alone_train, "DRAWS", 1)
    output = tmp_path / "alone.safetensors"
    line = f"alone_train --photos p --frames 16 --steps 2 --seed 3 -o {output}"
    monkeypatch.setattr("sys.argv", line.split())
    alone_train.main()
    card = json.loads(output.with_suffix(".json").read_text())
    assert card["command"].endswith("--frames 16 --steps 2 --seed 3 -o alone.safetensors")
    assert card["scores"]["held_out"].keys() == {"seven", "two", "clean"}
    assert output.stat().st_size < 1_600_000
