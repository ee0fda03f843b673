"""Shots of a timeline to one grade each that holds at every cut: links, anchors, one solve, one look for each scene."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import starmap

import torch
from torch import Tensor

from lutnet.continuity.anchor import HEARD, HERO, KNOWN, Anchor, anchor, weakened
from lutnet.continuity.compared import Compared
from lutnet.continuity.links import components, links_of
from lutnet.continuity.look import Transform, shared_look
from lutnet.continuity.solve import Link, solve
from lutnet.ops.balance import apply_balance, undo_balance


@dataclass(frozen=True, eq=False, slots=True)
class Member:
    """A shot as the scenes see it.

    graded: colours of the shot ``[P, 3]``, encoded as people see them, 0..1, and what its own grade makes of them; None
    where others do not follow it, as it is neither known, nor led, nor a named hero. known: it rests on pixels of
    the reference or on a decision, and stays. led: a reference's look is in it. unsure: of its diagnosis, above 0; the
    smaller, the surer.
    """

    compared: Compared
    graded: tuple[Tensor, Tensor] | None = None
    known: bool = False
    led: bool = False
    unsure: float = 1.0


@dataclass(frozen=True, eq=False, slots=True)
class Joined:
    """scene: from 1. hero: the others of its scene were matched to it. linked: with how many shots.

    transform: the shot's grade with its scene, for colours as people see them; None: its own grade stays.
    """

    scene: int
    hero: bool
    linked: int
    transform: Transform | None


def join(
    members: Sequence[Member],
    *,
    scenes: Sequence[int] | None = None,
    heroes: Sequence[int] = (),
    consistency: float = 1.0,
    keep_looks: float = 0.0,
) -> list[Joined]:
    """Solve all scenes of a timeline; ``members`` in its order.

    scenes: a number per member that somebody gave; None: shots that show the same places are one scene.
    heroes: members that somebody chose; their own grades stay, and their scenes follow them.
    consistency: 0 leaves every shot its own grade, 1 removes all differences within a scene.
    keep_looks: how much of the mean balance of a scene is left undone, as it is how the scene is meant to look.
    """
    links = links_of([member.compared for member in members], scenes)
    islands = components(len(members), links)
    numbers = list(scenes) if scenes is not None else [island + 1 for island in islands]
    settled = [
        replace(member, known=member.known or number in heroes) for number, member in enumerate(members)
    ]
    chosen = set(heroes) | _surest(settled, numbers, {numbers[hero] for hero in heroes})
    anchors = _anchors(settled, islands, chosen)
    solved = solve(anchors, links).balances
    own = torch.stack([each.balance for each in anchors])
    balances = torch.lerp(own, solved, consistency)
    together: dict[int, list[tuple[Member, Tensor]]] = {}
    for member, balance, number in zip(settled, balances, numbers, strict=True):
        together.setdefault(number, []).append((member, balance))
    looks = {number: _look(each) for number, each in together.items() if len(each) > 1}
    kept = {number: keep_looks * _mean_balance(together[number]) for number in looks}
    linked = _counts(len(members), links)
    return [
        Joined(
            numbers[place],
            place in chosen,
            linked[place],
            None
            if member.known or consistency == 0.0 or numbers[place] not in looks
            else _transform(balances[place], kept[numbers[place]], looks[numbers[place]], linked[place]),
        )
        for place, member in enumerate(settled)
    ]


def _anchors(members: Sequence[Member], islands: Sequence[int], chosen: set[int]) -> list[Anchor]:
    certain = {island for island, member in zip(islands, members, strict=True) if member.known}

    def of(place: int, member: Member) -> Anchor:
        if member.known and member.graded is not None:
            return anchor(*member.graded, KNOWN)
        share = HEARD if islands[place] in certain else HERO if place in chosen else 1.0
        return weakened(member.compared.guess, share)

    return list(starmap(of, enumerate(members)))


def _surest(members: Sequence[Member], scenes: Sequence[int], settled: set[int]) -> set[int]:
    """The hero of every scene of several shots that has none yet: a known one first, then the surest of itself."""
    found: dict[int, int] = {}
    for place, member in enumerate(members):
        best = members[found[scenes[place]]] if scenes[place] in found else None
        if best is None or _doubt(member) < _doubt(best):
            found[scenes[place]] = place
    several = Counter(scenes)
    return {place for scene, place in found.items() if several[scene] > 1 and scene not in settled}


def _doubt(member: Member) -> tuple[bool, float, bytes]:
    """Least of the surest; the picture decides between equals, so that the order of clips does not."""
    return not member.known, member.unsure, member.compared.key


def _look(members: Sequence[tuple[Member, Tensor]]) -> Transform | None:
    telling = [each for each in members if each[0].known] or [each for each in members if each[0].led]
    if not telling:
        return None
    sides = [(_balanced(each.graded[0], balance), each.graded[1]) for each, balance in telling if each.graded]
    return shared_look(*(torch.cat(side) for side in zip(*sides, strict=True)))


def _mean_balance(members: Sequence[tuple[Member, Tensor]]) -> Tensor:
    return torch.stack([balance for _, balance in members]).mean(0)


def _transform(balance: Tensor, kept: Tensor, look: Transform | None, linked: int) -> Transform | None:
    """kept: the balance that the scene as a whole would need, as far as it is left undone."""
    if linked == 0 and look is None and not bool(kept.any()):
        return None

    def transform(colours: Tensor) -> Tensor:
        balanced = apply_balance(colours, balance.to(colours))
        if bool(kept.any()):
            balanced = undo_balance(balanced, kept.to(colours))
        balanced = balanced.clamp(0.0, 1.0)
        return balanced if look is None else look(balanced)

    return transform


def _balanced(colours: Tensor, balance: Tensor) -> Tensor:
    return apply_balance(colours, balance.to(colours)).clamp(0.0, 1.0)


def _counts(count: int, links: Sequence[Link]) -> list[int]:
    linked = [0] * count
    for link in links:
        linked[link.one] += 1
        linked[link.other] += 1
    return linked
