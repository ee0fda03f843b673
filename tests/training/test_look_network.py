"""The network that tells a look from graded stills, and how it is taught."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from lutnet import weights
from lutnet.grade import LUT3D
from lutnet.ops.detune import detune
from lutnet.ops.difference import delta_e_rgb
from lutnet.ops.lut3d import identity_lattice
from lutnet.refinement.look_evidence import FEATURES, LookEvidence
from lutnet.refinement.look_network import LookNetwork, shipped_look_network
from lutnet.training.grades import GradeKind
from lutnet.training.look_train import Shows, errors, make_up, save, scores_of, taught
from lutnet.training.photos import PhotoSet


def shows(count: int, seed: int) -> Shows:
    """Shows whose grade makes everything warmer, by an amount that some features tell and the guess knows half of."""
    draw = torch.Generator().manual_seed(seed)
    amounts = torch.zeros(count, 7)
    amounts[:, 1] = 1.6 * torch.rand(count, generator=draw) - 0.8
    features = 0.1 * torch.randn(count, FEATURES, generator=draw)
    features[:, 60:90] += amounts[:, 1:2]
    bank = 0.1 + 0.8 * torch.rand(64, 3, generator=draw)
    graded = detune(bank.expand(count, -1, -1), amounts.unsqueeze(1))
    return Shows(features, amounts / 2, graded, torch.zeros(count, dtype=torch.long), bank)


def test_untaught_it_says_the_first_guess() -> None:
    evidence = LookEvidence(torch.randn(FEATURES), torch.tensor([0.2, -0.3, 0.1, 0.0, 0.1, -0.1, 0.2]))
    colours = torch.rand(50, 3)
    found = LookNetwork().eval().look_on(colours, evidence)
    # A power never sees less than 1e-4, so black is not quite black.
    torch.testing.assert_close(found, detune(colours, evidence.amounts), atol=1e-3, rtol=0.0)


def test_taught_it_comes_nearer_than_the_guess_on_shows_that_it_never_saw() -> None:
    network = taught(shows(200, 1), seed=1, steps=150)
    unseen = shows(60, 2)
    guess = delta_e_rgb(
        detune(unseen.bank.expand(60, -1, -1), unseen.amounts.unsqueeze(1)), unseen.graded
    ).mean()
    none, look = errors(network, unseen).mean(0)
    assert look < 0.5 * guess < guess < none


def test_a_show_is_made_up_of_photographs_under_one_grade_and_of_its_number_alone() -> None:
    draw = torch.Generator().manual_seed(3)
    images = tuple((torch.rand(3, 140, 150, generator=draw) * 255).byte() for _ in range(50))
    photos = PhotoSet(images, tuple(map(str, range(50))), tuple(str(n % 7) for n in range(50)))
    luts = [("twice as dark", LUT3D((identity_lattice(3).numpy() * 0.5).astype("float32")))]
    bank = torch.rand(20, 3, generator=draw)
    three, one = (make_up(photos, luts, bank, count, seed=5) for count in (3, 1))
    assert torch.equal(three.features[0], one.features[0])
    assert [list(GradeKind)[kind] for kind in three.kinds] == list(GradeKind)
    torch.testing.assert_close(three.graded[2], bank * 0.5)


def test_what_was_taught_survives_its_file_with_a_card_beside(tmp_path: Path) -> None:
    made = shows(30, 4)
    network, path = taught(made, seed=2, steps=2), tmp_path / "look.safetensors"
    save(network, path, {"scores": scores_of(network, replace(made, kinds=torch.arange(30) % 3))})
    stored = weights.load_network(path)
    again = LookNetwork()
    weights.load_state(again, stored)
    evidence = LookEvidence(made.features[0], made.amounts[0])
    assert torch.equal(again.eval().look_on(made.bank, evidence), network.look_on(made.bank, evidence))
    card = json.loads(path.with_suffix(".json").read_text())
    assert card["sha256"] == weights.file_hash(path)
    assert set(card["scores"]) == set(GradeKind)


@pytest.mark.parametrize("farther", [1.0, 1e6])
@torch.inference_mode()
def test_what_ships_gives_colours_for_any_evidence(farther: float) -> None:
    evidence = LookEvidence(farther * torch.randn(FEATURES), torch.zeros(7))
    found = shipped_look_network().look_on(torch.rand(100, 3), evidence)
    assert bool(found.isfinite().all())
    assert float(found.min()) >= 0.0
    assert float(found.max()) <= 1.0
