"""The network that tells the look of one still: what it is before it was taught, and what it is asked with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from lutnet import weights
from lutnet.diagnosis.model import default_model
from lutnet.diagnosis.shipped import fingerprint
from lutnet.errors import WeightsError
from lutnet.ops.detune import detune
from lutnet.refinement import still_network
from lutnet.refinement.still_evidence import StillEvidence, evidence_of_references
from lutnet.refinement.still_network import (
    SORTS,
    StillConfig,
    StillLook,
    StillNetwork,
    shipped_still_network,
    stored_config,
)
from lutnet.shot import Frames
from lutnet.training.grades import GradeKind
from tests.refinement.scenes import frames, scene

COLOURS = torch.rand(50, 3, generator=torch.Generator().manual_seed(1))


def evidence(stills: int = 2, size: int = 30) -> StillEvidence:
    draw = torch.Generator().manual_seed(2)
    return StillEvidence(
        torch.randn(stills, size, generator=draw), torch.rand(stills, 7, generator=draw) - 0.5
    )


def test_untaught_it_says_what_the_diagnosis_guesses_on_average() -> None:
    found = StillLook.of(StillNetwork(StillConfig(30, "")).eval(), evidence())
    # A power never sees less than 1e-4, so black is not quite black.
    torch.testing.assert_close(
        found.apply(COLOURS), detune(COLOURS, evidence().amounts.mean(0)), atol=1e-3, rtol=0
    )
    assert found.film == pytest.approx(1 / 3)


def test_the_sorts_are_the_kinds_that_are_drawn() -> None:
    assert len(SORTS) == len(GradeKind)
    assert [sort.split()[-1] for sort in SORTS] == ["detune", "CDL", "look"]


def test_what_ships_gives_colours_for_any_evidence() -> None:
    network = shipped_still_network()
    for far in (1.0, 1e6):
        found = StillLook.of(
            network, StillEvidence(far * evidence(1, network.config.features).features, torch.zeros(1, 7))
        )
        colours = found.apply(COLOURS)
        assert bool(colours.isfinite().all())
        assert 0.0 <= float(colours.min()) <= float(colours.max()) <= 1.0
        assert 0.0 <= found.film <= 1.0


def test_it_knows_the_diagnosis_that_ships() -> None:
    assert shipped_still_network().config.diagnosis == fingerprint(default_model().network)


def test_stills_that_tell_nothing_are_left_out() -> None:
    black, shown = Frames(torch.zeros(1, 3, 96, 128)), frames(scene(3))
    assert evidence_of_references([black]) is None
    told = evidence_of_references([black, shown])
    assert told is not None
    assert len(told.features) == len(told.amounts) == 1


def test_weights_of_another_kind_or_shape_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shipped(path: Path) -> Callable[[str], weights.StoredNetwork]:
        return lambda _: weights.load_network(path)

    small = StillNetwork(StillConfig(30, "", wide=8, narrow=8))
    config = stored_config(StillNetwork(StillConfig(30, "")))
    for name, stated, message in (
        ("kind", {"other": 1}, "not a network for looks of stills"),
        ("shape", config, "do not fit the network at members.0"),
    ):
        path = tmp_path / f"{name}.safetensors"
        weights.save_network(path, dict(small.state_dict()), stated)
        monkeypatch.setattr(weights, "shipped", shipped(path))
        with pytest.raises(WeightsError, match=message):
            still_network.shipped_still_network.__wrapped__()
