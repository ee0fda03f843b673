"""The differentiable 3D-LUT network: what it says untaught, that order does not matter, that it is a transform."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from lutnet import weights
from lutnet.diagnosis.model import default_model
from lutnet.diagnosis.network import DiagnosisNetwork
from lutnet.errors import WeightsError
from lutnet.ops.detune import detune, undo
from lutnet.refinement import pair_network
from lutnet.refinement.pair_network import (
    PairConfig,
    PairNetwork,
    Sides,
    mean_of,
    pair_network_of,
    shipped_pair_network,
    stored_config,
)

SIZE = 20
COLOURS = torch.rand(2, 50, 3, generator=torch.Generator().manual_seed(1))


def sides(size: int = SIZE) -> Sides:
    """Two shots, of which the first has two references."""
    draw = torch.Generator().manual_seed(2)
    shots, seen = torch.randn(2, size, generator=draw), torch.randn(3, size, generator=draw)
    amounts, done = (torch.rand(count, 7, generator=draw) - 0.5 for count in (2, 3))
    return Sides(shots, amounts, seen, done, torch.tensor([0, 1, 0]))


def small() -> PairNetwork:
    torch.manual_seed(3)
    network = PairNetwork(
        PairConfig(SIZE, "", wide=12, narrow=8, hidden=10, components=3, points=5, members=2)
    )
    return network.eval()


def taught_a_little() -> PairNetwork:
    """Not silent any more."""
    network = small()
    draw = torch.Generator().manual_seed(4)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.1 * torch.randn(parameter.shape, generator=draw))
    return network


def test_untaught_it_undoes_half_of_the_shot_and_does_half_of_the_references() -> None:
    asked = sides()
    done = torch.stack([(asked.done[0] + asked.done[2]) / 2, asked.done[1]])
    right = undo(COLOURS, 0.5 * asked.amounts.unsqueeze(1))
    expected = detune(right, 0.5 * done.unsqueeze(1))
    found = mean_of(small().looks(asked), COLOURS)
    # A power never sees less than 1e-4, so black is not quite black.
    torch.testing.assert_close(found, expected, atol=1e-3, rtol=0)


def test_gradients_reach_every_part_that_learns() -> None:
    network = taught_a_little()
    names, parameters = zip(*network.named_parameters(), strict=True)
    loss = mean_of(network.looks(sides()), COLOURS).square().mean()
    gradients = torch.autograd.grad(loss, parameters)
    for name, gradient in zip(names, gradients, strict=True):
        assert gradient.isfinite().all(), name
        assert gradient.any(), name


def test_the_order_of_references_does_not_matter() -> None:
    network, asked = taught_a_little(), sides()
    order = torch.tensor([2, 0, 1])
    other = replace(asked, seen=asked.seen[order], done=asked.done[order], of=asked.of[order])
    one, two = (mean_of(network.looks(each), COLOURS) for each in (asked, other))
    torch.testing.assert_close(one, two, atol=1e-5, rtol=0)


def test_each_shot_hears_its_own_references_alone() -> None:
    network, asked = taught_a_little(), sides()
    changed = replace(asked, seen=torch.where(asked.of.unsqueeze(1) == 1, asked.seen + 1.0, asked.seen))
    one, two = (mean_of(network.looks(each), COLOURS) for each in (asked, changed))
    assert torch.equal(one[0], two[0])
    assert not torch.allclose(one[1], two[1], atol=1e-3)


@pytest.mark.parametrize("far", [1.0, 1e6])
def test_what_ships_gives_colours_for_any_evidence(far: float) -> None:
    asked = sides(shipped_pair_network().config.features)
    wild = replace(asked, features=far * asked.features, seen=-far * asked.seen)
    with torch.inference_mode():
        found = mean_of(shipped_pair_network().looks(wild), COLOURS)
    assert found.isfinite().all()
    assert found.min() >= 0
    assert found.max() <= 1


def test_what_ships_reads_the_diagnosis_that_ships_and_no_other() -> None:
    assert pair_network_of(default_model().network) is shipped_pair_network()
    torch.manual_seed(0)
    assert pair_network_of(DiagnosisNetwork(default_model().network.config).eval()) is None


def test_weights_of_something_else_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "other.safetensors"
    weights.save_network(path, dict(small().state_dict()), {"still_network": {}})
    monkeypatch.setattr(weights, "shipped", lambda _: weights.load_network(path))
    with pytest.raises(WeightsError, match="not a network for pairs"):
        pair_network.shipped_pair_network.__wrapped__()


def test_what_is_stored_builds_the_same_network(tmp_path: Path) -> None:
    network, path = taught_a_little(), tmp_path / "pair.safetensors"
    weights.save_network(path, dict(network.state_dict()), stored_config(network))
    stored = weights.load_network(path)
    again = PairNetwork(PairConfig(**stored.config["pair_network"]))
    weights.load_state(again, stored)
    one, two = (mean_of(each.looks(sides()), COLOURS) for each in (network, again.eval()))
    assert torch.equal(one, two)
