"""The joint solve, on shots whose true balances are known."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from lutnet.continuity.anchor import Anchor
from lutnet.continuity.solve import Link, solve
from lutnet.ops.balance import SIZE, apply_balance, undo_balance
from lutnet.ops.difference import delta_e_rgb
from lutnet.ops.fit_balance import information

SHOTS = 8
SPREAD = torch.tensor([0.5, 0.5, 0.5, 0.2, 0.02, 0.02, 0.02, 0.3], dtype=torch.float64)


class Scene:
    """Shots that see the same scene, each through the inverse of its true balance; guesses of it are far off."""

    def __init__(self, seed: int, noise: float = 0.0, wrong: float = 0.5) -> None:
        self.draw = torch.Generator().manual_seed(seed)
        self.truth = SPREAD * self.normal(SHOTS, SIZE).clamp(-1.5, 1.5)
        self.scene = 0.15 + 0.6 * torch.rand(48, 3, generator=self.draw, dtype=torch.float64)
        self.recorded = [undo_balance(self.scene, balance) for balance in self.truth]
        guesses = self.truth + wrong * SPREAD * self.normal(SHOTS, SIZE)
        self.anchors = [
            Anchor(guess, information(colours, guess) / 16 + 0.05 * torch.diag(SPREAD**-2))
            for guess, colours in zip(guesses, self.recorded, strict=True)
        ]
        self.links = [self.link(one, one + 1, noise) for one in range(SHOTS - 1)]

    def normal(self, *shape: int) -> Tensor:
        return torch.randn(*shape, generator=self.draw, dtype=torch.float64)

    def link(self, one: int, other: int, noise: float) -> Link:
        ours, theirs = (self.recorded[shot] + noise * self.normal(48, 3) for shot in (one, other))
        return Link(one, other, ours, theirs, torch.full((48,), 0.1, dtype=torch.float64))

    def jumps(self, balances: Tensor) -> list[float]:
        graded = [apply_balance(*pair).clamp(0, 1) for pair in zip(self.recorded, balances, strict=True)]
        return [float(delta_e_rgb(graded[place], graded[place + 1]).mean()) for place in range(SHOTS - 1)]


@pytest.mark.parametrize("seed", range(4))
def test_links_close_the_cuts_and_pool_the_guesses(seed):
    scene = Scene(seed)
    own = torch.stack([anchor.balance for anchor in scene.anchors])
    solved = solve(scene.anchors, scene.links)
    assert max(scene.jumps(solved.balances)) < 0.2 * max(scene.jumps(own))
    assert float(solved.left.max()) < 0.5
    # What is left is one error that all have in common, and so smaller than theirs.
    assert (solved.balances - scene.truth).norm() < 0.7 * (own - scene.truth).norm()


def test_the_order_of_shots_and_links_changes_nothing():
    scene = Scene(5)
    order = torch.randperm(SHOTS, generator=scene.draw).tolist()
    turned = [
        Link(order.index(link.one), order.index(link.other), link.ours, link.theirs, link.weights)
        for link in reversed(scene.links)
    ]
    straight = solve(scene.anchors, scene.links).balances
    shuffled = solve([scene.anchors[place] for place in order], turned).balances
    assert torch.allclose(shuffled, straight[order], atol=1e-6)


def test_a_shot_without_links_keeps_its_own_balance():
    scene = Scene(6)
    kept = [link for link in scene.links if SHOTS - 1 not in (link.one, link.other)]
    solved = solve(scene.anchors, kept).balances
    assert torch.allclose(solved[-1], scene.anchors[-1].balance, atol=1e-9)
    assert torch.equal(solve(scene.anchors, []).balances[0], scene.anchors[0].balance)


def test_noise_in_the_links_takes_no_contrast_away():
    """Were colours compared after grading, shots without contrast and colour would agree best."""
    contrast = []
    for seed in range(6):
        scene = Scene(seed, noise=0.03, wrong=0.0)
        contrast.append((solve(scene.anchors, scene.links).balances - scene.truth)[:, [3, 7]].mean(0))
    assert float(torch.stack(contrast).mean(0).abs().max()) < 0.05


def test_a_wrong_link_is_outvoted():
    scene = Scene(7)
    strange = scene.link(0, 4, 0.0)
    flipped = Link(0, 4, strange.ours, strange.theirs.flip(0), strange.weights)
    clean, disturbed = (
        solve(scene.anchors, links).balances for links in (scene.links, [*scene.links, flipped])
    )
    assert max(scene.jumps(disturbed)) < max(scene.jumps(clean)) + 0.7


def test_a_shot_that_is_known_leads_the_others():
    scene = Scene(8)
    known = Anchor(scene.truth[3], scene.anchors[3].precision * 1e4)
    weak = [Anchor(each.balance, each.precision * 0.02) for each in scene.anchors]
    solved = solve([*weak[:3], known, *weak[4:]], scene.links).balances
    graded = apply_balance(scene.recorded[0], solved[0]).clamp(0, 1)
    assert float(delta_e_rgb(graded, scene.scene).mean()) < 0.5
