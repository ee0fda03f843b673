"""Weights files: exact round trips, and every way of being wrong is refused by name."""

from __future__ import annotations

import json

import pytest
import torch
from torch import nn

from lutnet.errors import OutputError, WeightsError
from lutnet.weights import WEIGHTS, load_network, load_state, save_network, shipped

CONFIG = {"width": 3, "layers": [1, "M"]}


@pytest.fixture
def stored(tmp_path):
    torch.manual_seed(0)
    module = nn.Linear(3, 2)
    path = tmp_path / "a.safetensors"
    digest = save_network(path, module.state_dict(), CONFIG)
    return module, path, digest


def test_tensors_and_config_survive_a_round_trip(stored):
    module, path, digest = stored
    loaded = load_network(path, sha256=digest)
    other = nn.Linear(3, 2)
    load_state(other, loaded)
    assert loaded.config == CONFIG
    assert torch.equal(other.weight, module.weight)


def test_a_flipped_byte_is_refused_with_the_expected_hash(stored):
    _, path, digest = stored
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(WeightsError, match=digest):
        load_network(path, sha256=digest)


@pytest.mark.parametrize("content", [b"", b"not weights at all", b"\xff" * 64, b"\x02\0\0\0\0\0\0\0{}"])
def test_foreign_files_are_refused(tmp_path, content):
    path = tmp_path / "foreign.safetensors"
    path.write_bytes(content)
    with pytest.raises(WeightsError, match="not a weights file"):
        load_network(path)


def test_a_missing_file_is_a_weights_error(tmp_path):
    with pytest.raises(WeightsError, match="cannot be read"):
        load_network(tmp_path / "none.safetensors")


@pytest.mark.parametrize(
    ("module", "tensor"), [(nn.Linear(4, 2), "weight"), (nn.Linear(3, 2, bias=False), "bias")]
)
def test_weights_of_another_shape_are_refused_by_tensor(stored, module, tensor):
    with pytest.raises(WeightsError, match=f"at {tensor}"):
        load_state(module, load_network(stored[1]))


def test_an_unwritable_place_is_an_output_error(tmp_path):
    with pytest.raises(OutputError):
        save_network(tmp_path / "missing" / "a.safetensors", {}, {})


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(WeightsError, match="unknown weights"):
        shipped("no such model")


@pytest.mark.parametrize("weights", WEIGHTS, ids=lambda weights: weights.name)
def test_every_shipped_file_is_the_one_in_the_table_and_has_a_complete_card(weights):
    assert shipped(weights.name).tensors
    card = json.loads(weights.card.read_text(encoding="utf-8"))
    assert card["sha256"] == weights.sha256
    assert {"data", "seed", "command", "scores", "limits"} <= card.keys()


def test_all_shipped_weights_together_stay_below_20_mb():
    assert sum(weights.path.stat().st_size for weights in WEIGHTS) < 20_000_000


def test_a_flipped_byte_of_a_file_in_no_table_is_refused_by_its_seal(stored):
    _, path, _ = stored
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(WeightsError, match=r"damaged.*SHA-256"):
        load_network(path)


def test_a_changed_configuration_is_refused_by_the_seal(stored):
    _, path, _ = stored
    path.write_bytes(path.read_bytes().replace(b'\\"width\\": 3', b'\\"width\\": 4'))
    with pytest.raises(WeightsError, match="damaged"):
        load_network(path)
