"""Which shots show the same places, and the colours that they recorded of them."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from lutnet.continuity.compared import Compared
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
_PLACE = struct.Struct("<BBI9d")


def links_of(
    shots: Sequence[Compared], within: Sequence[int] | None = None, parts: Parts | None = None
) -> list[Link]:
    """Links between ``shots`` (in timeline order); the order changes which are tried, not what a pair yields.

    within: a number per shot; only shots of the same number are compared. None: all of LOOK_BACK. parts: what is known
    from before.
    """
    search = _Search(shots, parts or Parts())
    pairs = search.promising(_tried(shots, within))
    places = search.places(pairs)
    nearest = search.nearest(pairs, places)
    return search.links([pairs[number] for number in nearest], [places[number] for number in nearest])


def link_between(one: Compared, other: Compared) -> Link | None:
    """The link of two shots (0 and 1), or None where they show no place in common."""
    return _link(0, 1, _laid(one, other, _place(one, other)))


def links_with(shot: Compared, others: Sequence[Compared]) -> list[Link]:
    """Links of ``shot`` (0, whose colours are ``ours``) with the NEIGHBOURS of ``others`` (from 1) that share most."""
    search = _Search([shot, *others], Parts())
    pairs = search.promising([(0, range(1, len(others) + 1))])
    places = search.places(pairs)
    ranked = sorted(range(len(pairs)), key=lambda number: (-_inliers(places[number]), pairs[number]))
    nearest = [number for number in ranked[:NEIGHBOURS] if places[number]]
    found = search.links([pairs[number] for number in nearest], [places[number] for number in nearest])
    return [link if link.one == 0 else _turned_round(link) for link in found]


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

Tried = tuple[int, Sequence[int]]
"""A shot, and those that it may be linked with."""


@dataclass(frozen=True, eq=False, slots=True)
class Place:
    """Which picture of one shot lies on which of another, by what map, on which so many features agree."""

    ours: int
    theirs: int
    matrix: Matrix
    inliers: int

    def to_bytes(self) -> bytes:
        return _PLACE.pack(self.ours, self.theirs, self.inliers, *self.matrix.flatten())

    @classmethod
    def from_bytes(cls, data: bytes) -> Place:
        ours, theirs, inliers, *matrix = _PLACE.unpack(data)
        return cls(ours, theirs, np.array(matrix).reshape(3, 3), inliers)


def _tried(shots: Sequence[Compared], within: Sequence[int] | None) -> list[Tried]:
    """The shots, each with the LOOK_BACK before it that it may be linked with."""
    seen: dict[int, list[int]] = {}
    earlier = []
    for number in range(len(shots)):
        same = seen.setdefault(0 if within is None else within[number], [])
        earlier.append(same[-LOOK_BACK:])
        same.append(number)
    return list(enumerate(earlier))


class _Search:
    """Finds links between shots; each step by itself, and not again where its outcome is known."""

    def __init__(self, shots: Sequence[Compared], parts: Parts) -> None:
        self._shots = shots
        self._keys = [shot.key for shot in shots]
        self._parts = parts
        self._clearest = lru_cache(maxsize=2 * LOOK_BACK)(self._clearest_of)

    def promising(self, tried: Sequence[Tried]) -> list[Pair]:
        """Pairs of each shot with those that share most of their clearest features, by their keys' order."""
        keys = [
            part_key("alike", self._keys[shot], *(self._keys[other] for other in earlier))
            for shot, earlier in tried
        ]

        def find(number: int) -> bytes:
            counts = self._shared(*tried[number])
            ranked = sorted((-count, place) for place, count in enumerate(counts) if count >= LEAST_ALIKE)
            return bytes(place for _, place in ranked[:PROMISING])

        found = self._parts.all(keys, find)
        return [
            self._turned(earlier[place], shot)
            for (shot, earlier), places in zip(tried, found, strict=True)
            for place in places
        ]

    def places(self, pairs: Sequence[Pair]) -> list[Place | None]:
        """How the two shots of each pair lie on each other; None where features agree on no map."""

        def find(number: int) -> bytes:
            place = _place(*(self._shots[shot] for shot in pairs[number]))
            return b"" if place is None else place.to_bytes()

        found = self._parts.all([self._key("place", pair) for pair in pairs], find)
        return [Place.from_bytes(each) if each else None for each in found]

    def links(self, pairs: Sequence[Pair], places: Sequence[Place | None]) -> list[Link]:
        """The links of ``pairs``, as far as there are any."""

        def find(number: int) -> bytes:
            one, other = pairs[number]
            laid = _laid(self._shots[one], self._shots[other], places[number])
            return _to_bytes(_link(one, other, laid))

        found = self._parts.all([self._key("link", pair) for pair in pairs], find)
        links = (_from_bytes(pair, each) for pair, each in zip(pairs, found, strict=True))
        return [link for link in links if link is not None]

    def nearest(self, pairs: Sequence[Pair], places: Sequence[Place | None]) -> list[int]:
        """Numbers of the pairs that are among the NEIGHBOURS best of one of their shots."""

        def rank(number: int) -> tuple[int, bytes, bytes]:
            one, other = pairs[number]
            return -_inliers(places[number]), self._keys[one], self._keys[other]

        of_shot: dict[int, list[int]] = {}
        for number, pair in enumerate(pairs):
            if places[number] is not None:
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
        return [each.clearest(CLEAREST).descriptors for each in self._shots[shot].kept]


def _place(one: Compared, other: Compared) -> Place | None:
    """The two pictures that share most, and how they lie on each other."""
    best: Place | None = None
    sides = [list(enumerate(kept.features for kept in shot.kept)) for shot in (one, other)]
    for (ours, our_features), (theirs, their_features) in product(*sides):
        found = homography(*matched(our_features, their_features))
        if found is not None and (best is None or found[1] > best.inliers):
            best = Place(ours, theirs, *found)
            if best.inliers >= CLEAR:
                break
    return best


def _inliers(place: Place | None) -> int:
    return 0 if place is None else place.inliers


def _laid(one: Compared, other: Compared, place: Place | None) -> Correspondence | None:
    if place is None:
        return None
    pictures = one.kept[place.ours].shown, other.kept[place.theirs].shown
    return laid_over(*pictures, place.matrix, place.inliers, ENOUGH)


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
    # Channel by channel: along an axis of three, everything takes several times as long.
    channels = (*shared.source.unbind(-1), *shared.target.unbind(-1))
    telling = torch.stack([(channel > _DARKEST) & (channel < _BRIGHTEST) for channel in channels]).all(0)
    ours, theirs = shared.source[telling].double(), shared.target[telling].double()
    weights = shared.weights[telling].double()
    red, green, blue = (ours * CELLS).long().clamp(0, CELLS - 1).unbind(-1)
    cells = (red * CELLS + green) * CELLS + blue
    count = ours.new_zeros(CELLS**3).index_add_(0, cells, weights)
    largest = count.argsort(descending=True, stable=True)[:MOST_CELLS]
    kept = largest[count[largest] > LEAST_PIXELS]
    means = [
        side.new_zeros(CELLS**3, 3).index_add_(0, cells, side * weights.unsqueeze(-1))[kept]
        / count[kept].unsqueeze(-1)
        for side in (ours, theirs)
    ]
    return means[0], means[1], count[kept]
