"""Which shots show the same places, and the colours that they recorded of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from lutnet.continuity.compared import Compared, Kept
from lutnet.continuity.solve import Link
from lutnet.refinement.align import Matrix, homography
from lutnet.refinement.correspond import Correspondence, laid_over
from lutnet.refinement.features import matched, shared_with_each

LOOK_BACK = 48
"""Shots before it that a shot is compared with: the cost stays linear, and a set-up may return this much later."""

CLEAREST = 48
"""Features of each kept picture by which it is told which shots are worth a closer look."""

PROMISING, LEAST_ALIKE = 8, 3
"""Shots that get a closer look at most, and features that they have to share for it."""

CLEAR = 40
"""Features that agree on one map from which on other pictures of the two shots are not tried."""

ENOUGH = 0.4
"""Share of a picture found by that map alone from which on flow is not asked: of colours, more says nothing more."""

NEIGHBOURS = 3
"""Shots that each shot is linked with at most, those that share most features with it."""

CELLS = 8
"""Pairs are averaged in colour cells of 1/8: a large even surface is one observation, not ten thousand."""

MOST_CELLS = 64
LEAST_PIXELS = 5.0
TELLING_PIXELS = 50.0
"""Pixels of a cell with which its mean counts half of what a mean of ever so many does."""

WORTH = 0.1
"""Of one colour cell, in independent colours known to one DE: neighbouring cells err together."""

_DARKEST, _BRIGHTEST = 0.01, 0.985  # encoded: what is clipped says nothing
WORKERS = 2

Place = tuple[Kept, Kept, Matrix, int]


def links_of(shots: Sequence[Compared], within: Sequence[int] | None = None) -> list[Link]:
    """Links between ``shots`` (in timeline order); the order changes which are tried, not what a pair yields.

    within: a number per shot; only shots of the same number are compared. None: all of LOOK_BACK.
    """
    keys = [shot.key for shot in shots]  # so that the two sides of a pair do not depend on the order
    with ThreadPoolExecutor(WORKERS, thread_name_prefix="link") as pool:
        promising = pool.map(lambda tried: _promising(*tried), _tried(shots, within))
        turned = [
            pair if keys[pair[0]] <= keys[pair[1]] else (pair[1], pair[0])
            for pairs in promising
            for pair in pairs
        ]
        found = list(pool.map(lambda pair: _place(shots[pair[0]], shots[pair[1]]), turned))
        chosen = _nearest(turned, [0 if place is None else place[3] for place in found], keys)
        links = list(pool.map(lambda number: _link(*turned[number], _laid(found[number])), chosen))
    return [link for link in links if link is not None]


def link_between(one: Compared, other: Compared) -> Link | None:
    """The link of two shots (0 and 1), or None where they show no place in common."""
    return _link(0, 1, _laid(_place(one, other)))


def components(count: int, links: Sequence[Link]) -> list[int]:
    """A number per shot: equal where links lead from one to the other; numbered by first appearance, from 0."""
    labels = list(range(count))

    def root(shot: int) -> int:
        while labels[shot] != shot:
            labels[shot] = labels[labels[shot]]
            shot = labels[shot]
        return shot

    for link in links:
        one, other = root(link.one), root(link.other)
        labels[max(one, other)] = min(one, other)
    numbers: dict[int, int] = {}
    return [numbers.setdefault(root(shot), len(numbers)) for shot in range(count)]


Clearest = npt.NDArray[np.float32]
"""The clearest descriptors of a shot, ``[D, 128]``."""


def _tried(
    shots: Sequence[Compared], within: Sequence[int] | None
) -> Iterator[tuple[int, Clearest, list[int], list[Clearest]]]:
    """Each shot and its clearest features, with the LOOK_BACK before it that it may be linked with, and theirs."""
    seen: dict[int, list[tuple[int, Clearest]]] = {}
    for number, shot in enumerate(shots):
        this = np.concatenate([kept.features.descriptors[:CLEAREST] for kept in shot.kept])
        earlier = seen.setdefault(0 if within is None else within[number], [])
        others = [other for other in earlier[-LOOK_BACK:] if len(other[1]) and len(this)]
        yield number, this, [shot for shot, _ in others], [features for _, features in others]
        earlier.append((number, this))


def _promising(
    shot: int, ours: Clearest, others: Sequence[int], theirs: Sequence[Clearest]
) -> list[tuple[int, int]]:
    """Pairs of shots that share most of their clearest features."""
    alike = []
    for other, count in zip(others, shared_with_each(ours, theirs), strict=True):
        if count >= LEAST_ALIKE:
            alike.append((-count, other))
    return [(other, shot) for _, other in sorted(alike)[:PROMISING]]


def _place(one: Compared, other: Compared) -> Place | None:
    """The two pictures that share most, and how they lie on each other."""
    best: Place | None = None
    sides = [[(kept, kept.features) for kept in shot.kept] for shot in (one, other)]
    for (ours, our_features), (theirs, their_features) in product(*sides):
        place = homography(*matched(our_features, their_features))
        if place is not None and (best is None or place[1] > best[3]):
            best = (ours, theirs, *place)
            if place[1] >= CLEAR:
                break
    return best


def _nearest(pairs: Sequence[tuple[int, int]], inliers: Sequence[int], keys: Sequence[bytes]) -> list[int]:
    """Numbers of the pairs that are among the NEIGHBOURS best of one of their shots."""

    def rank(number: int) -> tuple[int, bytes, bytes]:
        one, other = pairs[number]
        return -inliers[number], keys[one], keys[other]

    of_shot: dict[int, list[int]] = {}
    for number, pair in enumerate(pairs):
        if inliers[number]:
            for shot in pair:
                of_shot.setdefault(shot, []).append(number)
    kept = {number for numbers in of_shot.values() for number in sorted(numbers, key=rank)[:NEIGHBOURS]}
    return sorted(kept)


def _laid(place: Place | None) -> Correspondence | None:
    if place is None:
        return None
    ours, theirs, matrix, inliers = place
    return laid_over(ours.view, theirs.view, matrix, inliers, ENOUGH)


def _link(one: int, other: int, shared: Correspondence | None) -> Link | None:
    if shared is None:
        return None
    ours, theirs, count = _cells(shared)
    if not len(count):
        return None
    return Link(one, other, ours, theirs, WORTH * count / (count + TELLING_PIXELS))


def _cells(shared: Correspondence) -> tuple[Tensor, Tensor, Tensor]:
    """Means of the pairs by cells of the first colour, and their summed weights, the MOST_CELLS largest."""
    within = [((side > _DARKEST) & (side < _BRIGHTEST)).all(-1) for side in (shared.source, shared.target)]
    telling = within[0] & within[1]
    ours, theirs = shared.source[telling].double(), shared.target[telling].double()
    weights = shared.weights[telling].double()
    steps = torch.tensor([CELLS * CELLS, CELLS, 1])
    cells = ((ours * CELLS).long().clamp(0, CELLS - 1) * steps).sum(-1)
    count = ours.new_zeros(CELLS**3).index_add_(0, cells, weights)
    largest = count.argsort(descending=True, stable=True)[:MOST_CELLS]
    kept = largest[count[largest] > LEAST_PIXELS]
    means = [
        side.new_zeros(CELLS**3, 3).index_add_(0, cells, side * weights.unsqueeze(-1))[kept]
        / count[kept].unsqueeze(-1)
        for side in (ours, theirs)
    ]
    return means[0], means[1], count[kept]
