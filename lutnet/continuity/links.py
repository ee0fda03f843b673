"""Which shots show the same places, and the colours that they recorded of them."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from itertools import product

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from lutnet.continuity.compared import Compared, Kept
from lutnet.continuity.parts import Parts, part_key
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


def links_of(
    shots: Sequence[Compared], within: Sequence[int] | None = None, parts: Parts | None = None
) -> list[Link]:
    """Links between ``shots`` (in timeline order); the order changes which are tried, not what a pair yields.

    within: a number per shot; only shots of the same number are compared. None: all of LOOK_BACK. parts: what is known
    from before.
    """
    search = _Search(shots, parts or Parts())
    with ThreadPoolExecutor(WORKERS, thread_name_prefix="link") as pool:
        pairs = [pair for some in pool.map(search.promising, *_tried(shots, within)) for pair in some]
        inliers = list(pool.map(search.inliers, pairs))
        links = list(pool.map(search.link, [pairs[number] for number in search.nearest(pairs, inliers)]))
    return [link for link in links if link is not None]


def link_between(one: Compared, other: Compared) -> Link | None:
    """The link of two shots (0 and 1), or None where they show no place in common."""
    return _link(0, 1, _laid(_place(one, other)))


def links_with(shot: Compared, others: Sequence[Compared]) -> list[Link]:
    """Links of ``shot`` (0, whose colours are ``ours``) with the NEIGHBOURS of ``others`` (from 1) that share most."""
    search = _Search([shot, *others], Parts())
    pairs = search.promising(0, range(1, len(others) + 1))
    inliers = [search.inliers(pair) for pair in pairs]
    nearest = sorted(range(len(pairs)), key=lambda number: (-inliers[number], pairs[number]))[:NEIGHBOURS]
    found = [search.link(pairs[number]) for number in nearest if inliers[number]]
    return [link if link.one == 0 else _turned_round(link) for link in found if link is not None]


def _turned_round(link: Link) -> Link:
    return Link(link.other, link.one, link.theirs, link.ours, link.weights)


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
"""The clearest descriptors of a picture, ``[D, 128]``."""

Pair = tuple[int, int]


def _tried(shots: Sequence[Compared], within: Sequence[int] | None) -> tuple[list[int], list[list[int]]]:
    """Numbers of the shots, and of the LOOK_BACK before each that it may be linked with."""
    seen: dict[int, list[int]] = {}
    earlier = []
    for number in range(len(shots)):
        same = seen.setdefault(0 if within is None else within[number], [])
        earlier.append(same[-LOOK_BACK:])
        same.append(number)
    return list(range(len(shots))), earlier


class _Search:
    """Finds links between shots; each step by itself, and not again where its outcome is known."""

    def __init__(self, shots: Sequence[Compared], parts: Parts) -> None:
        self._shots = shots
        self._keys = [shot.key for shot in shots]
        self._parts = parts
        self._clearest = lru_cache(maxsize=2 * LOOK_BACK)(self._clearest_of)
        self._places: dict[Pair, Place | None] = {}

    def promising(self, shot: int, earlier: Sequence[int]) -> list[Pair]:
        """Pairs of ``shot`` with those that share most of their clearest features, by their keys' order."""
        key = part_key("alike", self._keys[shot], *(self._keys[other] for other in earlier))
        known = self._parts.get(key)
        if known is None:
            counts = self._shared(shot, earlier)
            ranked = sorted((-count, place) for place, count in enumerate(counts) if count >= LEAST_ALIKE)
            known = self._parts.put(key, bytes(place for _, place in ranked[:PROMISING]))
        return [self._turned(earlier[place], shot) for place in known]

    def inliers(self, pair: Pair) -> int:
        """Features that agree on one map between two shots; 0 where there is none."""
        key = self._key("inliers", pair)
        known = self._parts.get(key)
        if known is None:
            place = _place(*(self._shots[shot] for shot in pair))
            self._places[pair] = place
            known = self._parts.put(key, (0 if place is None else place[3]).to_bytes(4, "little"))
        return int.from_bytes(known, "little")

    def link(self, pair: Pair) -> Link | None:
        key = self._key("link", pair)
        known = self._parts.get(key)
        if known is None:
            if pair not in self._places:
                self._places[pair] = _place(*(self._shots[shot] for shot in pair))
            known = self._parts.put(key, _to_bytes(_link(*pair, _laid(self._places[pair]))))
        return _from_bytes(pair, known)

    def nearest(self, pairs: Sequence[Pair], inliers: Sequence[int]) -> list[int]:
        """Numbers of the pairs that are among the NEIGHBOURS best of one of their shots."""

        def rank(number: int) -> tuple[int, bytes, bytes]:
            one, other = pairs[number]
            return -inliers[number], self._keys[one], self._keys[other]

        of_shot: dict[int, list[int]] = {}
        for number, pair in enumerate(pairs):
            if inliers[number]:
                for shot in pair:
                    of_shot.setdefault(shot, []).append(number)
        kept = {number for numbers in of_shot.values() for number in sorted(numbers, key=rank)[:NEIGHBOURS]}
        return sorted(kept)

    def _turned(self, one: int, other: int) -> Pair:
        """Sides by their keys, so that what a pair yields does not depend on the order of clips."""
        return (one, other) if self._keys[one] <= self._keys[other] else (other, one)

    def _key(self, kind: str, pair: Pair) -> bytes:
        return part_key(kind, *(self._keys[shot] for shot in pair))

    def _shared(self, shot: int, earlier: Sequence[int]) -> list[int]:
        """How many features each of ``earlier`` has in common with it, in those pictures of either that share most: in
        the two of a shot that hardly moves every feature has a double, and together none would be clear."""
        counts = [0] * len(earlier)
        pictures = [(place, each) for place, other in enumerate(earlier) for each in self._clearest(other)]
        for ours in self._clearest(shot):
            found = shared_with_each(ours, [each for _, each in pictures])
            for (place, _), count in zip(pictures, found, strict=True):
                counts[place] = max(counts[place], count)
        return counts

    def _clearest_of(self, shot: int) -> list[Clearest]:
        return [each.features.descriptors[:CLEAREST] for each in self._shots[shot].kept]


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


def _to_bytes(link: Link | None) -> bytes:
    """Rows of seven numbers: a colour of either side, and its weight. Nothing where there is no link."""
    if link is None:
        return b""
    rows = torch.cat((link.ours, link.theirs, link.weights.unsqueeze(-1)), dim=-1)
    return rows.numpy().astype("<f8").tobytes()


def _from_bytes(pair: Pair, data: bytes) -> Link | None:
    if not data:
        return None
    rows = torch.from_numpy(np.frombuffer(data, "<f8").reshape(-1, 7).copy())
    return Link(*pair, rows[:, :3], rows[:, 3:6], rows[:, 6])


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
