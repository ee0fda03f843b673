"""Pairs of shot and reference drawn of made-up stills, and the network that is taught with them."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from lutnet.refinement.pair_network import PairConfig, Sides
from lutnet.training.grade_batch import DETUNE, NOTHING
from lutnet.training.pair_train import PairDraw, Pairs, scores_of, taught
from lutnet.training.pairs import stored
from lutnet.training.still_material import COLOURS, SET_SIZE, Stills
from tests.training.made_up import DARK_POOL


@pytest.fixture(scope="module")
def drawn(some_stills: Stills) -> PairDraw:
    return PairDraw(some_stills, DARK_POOL)


def pairs_of(drawn: PairDraw, count: int = 400, single: float = 0.5) -> Pairs:
    return drawn.pairs(count, torch.Generator().manual_seed(5), 12, single)


def tagged(some_stills: Stills) -> PairDraw:
    """Every still marked, in its features, by its own number."""
    features = some_stills.features.clone()
    features[:, 0] = torch.arange(len(some_stills)).half()
    return PairDraw(replace(some_stills, features=features), DARK_POOL)


def test_references_share_the_grade_and_never_the_photograph(some_stills: Stills) -> None:
    pairs = pairs_of(tagged(some_stills))
    shots, seen = pairs.sides.features[:, 0].long(), pairs.sides.seen[:, 0].long()
    assert (some_stills.photos[seen] != some_stills.photos[shots[pairs.sides.of]]).all()
    for number in range(len(shots)):
        rows = seen[pairs.sides.of == number]
        assert 1 <= len(rows) <= SET_SIZE
        assert len(set(some_stills.sets[rows].tolist())) == 1
        assert some_stills.kinds[rows].tolist() == [int(pairs.kinds[number])] * len(rows)


def test_what_is_shown_is_the_shot_and_the_truth_is_it_right_and_graded(some_stills: Stills) -> None:
    draw = tagged(some_stills)
    pairs = draw.pairs(60, torch.Generator().manual_seed(6), COLOURS, 1.0)
    shots, seen = pairs.sides.features[:, 0].long(), pairs.sides.seen[:, 0].long()
    for number in range(len(shots)):
        clean = some_stills.colours[shots[number]].float() / 255.0
        graded = some_stills.grades(seen[number : number + 1], DARK_POOL).apply(clean[None])[0]
        spoiled = some_stills.grades(shots[number : number + 1], DARK_POOL).apply(clean[None])[0]
        for found, expected in ((pairs.truth[number], graded), (pairs.shown[number], stored(spoiled))):
            order = found.sum(-1).argsort(), expected.sum(-1).argsort()
            torch.testing.assert_close(found[order[0]].sum(-1), expected[order[1]].sum(-1), atol=1e-4, rtol=0)


def test_half_of_the_shots_are_right_and_the_others_detuned(some_stills: Stills) -> None:
    pairs = pairs_of(tagged(some_stills), 800)
    kinds = some_stills.kinds[pairs.sides.features[:, 0].long()]
    assert set(kinds.tolist()) == {NOTHING, DETUNE}
    assert torch.equal(kinds == DETUNE, pairs.spoiled)
    assert 0.35 < float(pairs.spoiled.float().mean()) < 0.65


def test_single_references_are_single(drawn: PairDraw) -> None:
    assert set(pairs_of(drawn, single=1.0).sides.counts.tolist()) == {1.0}
    assert max(pairs_of(drawn, single=0.0).sides.counts.tolist()) > 1.0


def test_teaching_lowers_the_error_on_what_was_taught(drawn: PairDraw) -> None:
    size = drawn.stills.features.shape[1]
    config = PairConfig(
        size, "", wide=32, narrow=32, hidden=32, components=4, points=5, dropout=0.0, members=1
    )
    before, after = (
        scores_of(taught(drawn, config, seed=1, steps=steps), drawn, single=1.0) for steps in (0, 60)
    )
    assert set(before) == {f"{kind}{shot}" for kind in ("detune", "CDL", "LUT") for shot in ("", ", spoiled")}
    assert all(before[kind]["without"] == after[kind]["without"] for kind in before)
    assert sum(each["with"] for each in after.values()) < 0.85 * sum(each["with"] for each in before.values())


def test_the_same_seed_teaches_the_same(drawn: PairDraw) -> None:
    config = PairConfig(drawn.stills.features.shape[1], "", wide=8, narrow=8, hidden=8, members=2)
    one, other = (taught(drawn, config, seed=2, steps=3).state_dict() for _ in range(2))
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_a_shot_beside_several_references_sees_their_mean() -> None:
    draw = torch.Generator().manual_seed(7)
    sides = Sides(
        torch.zeros(2, 3), torch.zeros(2, 7), torch.zeros(3, 3), torch.zeros(3, 7), torch.tensor([0, 1, 0])
    )
    values = torch.rand(3, 4, generator=draw)
    found = sides.mean_of_references(values)
    torch.testing.assert_close(found, torch.stack([(values[0] + values[2]) / 2, values[1]]))
