"""Shots of a timeline to one grade each that holds at every cut: links, anchors, one solve, one look for each scene."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import starmap

import torch
from torch import Tensor

from lutnet.continuity.anchor import COLOURS, GUESSED, HEARD, HERO, KNOWN, Anchor, anchor, weakened
from lutnet.continuity.compared import Compared
from lutnet.continuity.cores import Apart, on_all_cores
from lutnet.continuity.left import NOTHING, Left, left_as_asked, left_unasked, size_of_need
from lutnet.continuity.links import components, links_of
from lutnet.continuity.look import Transform, shared_look
from lutnet.continuity.parts import Parts, part_key
from lutnet.continuity.solve import Link, solve
from lutnet.ops.balance import SIZE, apply_balance, undo_balance


@dataclass(frozen=True, eq=False, slots=True)
class Member:
    """A shot as the scenes see it.

    graded: colours of the shot ``[P, 3]``, encoded as people see them, 0..1, and what its own grade makes of them; None
    where others do not follow it, as it is neither known, nor led, nor a named hero. known: it rests on pixels of
    the reference or on a decision, and stays. led: it was graded beside a reference. as_meant: colours of it, and what
    a reference asks of them if all that is unusual about the shot is meant; None where none was followed. unsure: of
    its diagnosis, above 0; the smaller, the surer. shown: pixels of the reference that were found in it. key: of all
    that it follows from, where what was found before is to be known again.
    """

    compared: Compared
    graded: Callable[[], tuple[Tensor, Tensor]] | None = None
    known: bool = False
    led: bool = False
    as_meant: Callable[[], tuple[Tensor, Tensor]] | None = None
    unsure: float = 1.0
    shown: int = 0
    key: bytes = b""


@dataclass(frozen=True, eq=False, slots=True)
class Joined:
    """scene: from 1. hero: the others of its scene were matched to it. linked: with how many shots. same: its scene
    follows from what it followed from before.

    transform: the shot's grade with its scene, for colours as people see them; None: its own grade stays.
    left: how much of what all shots of its scene need alike is left undone; solved when it is asked for.
    holds_skin: the hue of skin stays, as the look is a guess by references that show none.
    """

    scene: int
    hero: bool
    linked: int
    transform: Transform | None
    same: bool = False
    left: Callable[[], Left] = lambda: NOTHING
    holds_skin: bool = False


def join(
    members: Sequence[Member],
    *,
    scenes: Sequence[int] | None = None,
    heroes: Sequence[int] = (),
    consistency: float = 1.0,
    keep_looks: float | None = None,
    parts: Parts | None = None,
) -> list[Joined]:
    """Solve all scenes of a timeline; ``members`` in its order.

    scenes: a number per member that somebody gave; None: shots that show the same places are one scene.
    heroes: members that somebody chose; their own grades stay, and their scenes follow them.
    consistency: 0 leaves every shot its own grade, 1 removes all differences within a scene.
    keep_looks: how much of the mean balance of a scene is left undone, as it is how the scene is meant to look; None:
    all of it where it is more like a look than like a fault, else as much as is no larger than guesses err. Where
    something is known of a scene, it follows that.
    parts: what is known from before.
    """
    parts = parts or Parts()
    links = links_of([member.compared for member in members], scenes, parts)
    islands = components(len(members), links)
    numbers = list(scenes) if scenes is not None else [island + 1 for island in islands]
    settled = [
        replace(member, known=member.known or number in heroes) for number, member in enumerate(members)
    ]
    chosen = set(heroes) | _surest(settled, numbers, {numbers[hero] for hero in heroes})
    linked = _counts(len(members), links)
    places: dict[int, list[int]] = {}
    for place, number in enumerate(numbers):
        places.setdefault(number, []).append(place)
    within: dict[int, list[Link]] = {}
    for link in links:
        within.setdefault(numbers[link.one], []).append(link)
    solved: dict[int, _Scene] = {}
    for number, those in places.items():
        leading = {new for new, place in enumerate(those) if place in chosen}
        inside = _among(those, within.get(number, ()))
        asked = _Asked(consistency, keep_looks)
        solved[number] = _Scene([settled[place] for place in those], inside, leading, asked)
    same = {number: parts.again(scene.key) for number, scene in solved.items()}
    _solve([scene for number, scene in solved.items() if not same[number]], parts.apart)
    found: dict[int, Joined] = {}
    for number, those in places.items():
        scene = solved[number]
        for new, place in enumerate(those):
            transform = scene.transform(new, lazily=same[number])
            found[place] = Joined(
                number,
                place in chosen,
                linked[place],
                transform,
                same[number],
                scene.left,
                scene.holds_skin,
            )
    return [found[place] for place in range(len(members))]


def _solve(scenes: Sequence[_Scene], apart: Apart) -> None:
    """Solve ``scenes``, on all cores; the large ones first, so that all cores end together."""
    asked = sorted((scene for scene in scenes if scene.is_solved), key=lambda scene: -len(scene))
    for scene, solution in zip(asked, on_all_cores(_Scene.solution, asked, apart, most=1), strict=True):
        scene.take(solution)


def _among(places: Sequence[int], links: Sequence[Link]) -> list[Link]:
    """``links`` between shots that are numbered by their place in ``places``."""
    number = {place: new for new, place in enumerate(places)}
    return [replace(link, one=number[link.one], other=number[link.other]) for link in links]


@dataclass(frozen=True, slots=True)
class _Asked:
    """See ``join``."""

    consistency: float
    keep_looks: float | None


class _Scene:
    """The shots of one scene, and what is asked of them together: solved when it is asked for."""

    def __init__(
        self, members: Sequence[Member], links: Sequence[Link], chosen: Set[int], asked: _Asked
    ) -> None:
        self._members = members
        self._links = links
        self._chosen = chosen
        self._asked = asked
        self._linked = _counts(len(members), links)

    @property
    def key(self) -> bytes:
        """Of all that it follows from."""
        facts = [
            repr((member.known, member.led, member.unsure, number in self._chosen)).encode() + member.key
            for number, member in enumerate(self._members)
        ]
        pairs = repr([(link.one, link.other) for link in self._links]).encode()
        return part_key("scene", repr(self._asked).encode(), pairs, *facts)

    def __len__(self) -> int:
        return len(self._members)

    @property
    def is_solved(self) -> bool:
        """Whether its shots are asked for anything together, or one that stands alone is to be left as it is."""
        return self._asked.consistency > 0.0 and (len(self) > 1 or self._left.share > 0.0)

    def solution(self) -> bytes:
        """The balances of all shots, float64: what ``take`` takes."""
        return self._balances.numpy().tobytes()

    def take(self, solution: bytes) -> None:
        self._balances = torch.frombuffer(bytearray(solution), dtype=torch.float64).view(-1, SIZE)

    def transform(self, number: int, *, lazily: bool = False) -> Transform | None:
        """What is asked of one of the shots; None where its own grade stays. lazily: not before it is used."""
        if not self.is_solved or self._members[number].known or self._own_stays(number, lazily=lazily):
            return None
        if len(self) == 1 and self._left.share == 1.0 and not self._is_led:
            return as_it_stands
        return lambda colours: self._applied(number, colours)

    def _own_stays(self, number: int, *, lazily: bool) -> bool:
        return self._linked[number] == 0 and not lazily and self._left.share == 0.0 and self._look is None

    def _applied(self, number: int, colours: Tensor) -> Tensor:
        balanced = apply_balance(colours, self._balances[number].to(colours))
        share = self._left.share
        if share == 0.0 or not self._is_led:
            return _looked(self._redone(balanced, share), self._look)
        meant = _looked(self._redone(balanced, 1.0), self._look_as_meant)
        return meant if share == 1.0 else torch.lerp(_looked(balanced, self._look), meant, share)

    def _redone(self, balanced: Tensor, share: float) -> Tensor:
        """``balanced`` with ``share`` of what all shots need alike left undone."""
        kept = share * self._balances.mean(0)
        return undo_balance(balanced, kept.to(balanced)) if bool(kept.any()) else balanced

    @property
    def _is_led(self) -> bool:
        """Whether any of its shots follows a reference."""
        return any(member.as_meant is not None for member in self._members)

    @property
    def holds_skin(self) -> bool:
        if any(member.known for member in self._members):
            return False
        return any(member.compared.holds_skin for member in self._members if member.as_meant is not None)

    def left(self) -> Left:
        """Solved when it is asked for."""
        return self._left

    @cached_property
    def _left(self) -> Left:
        """Nothing is left undone where something is known of the scene."""
        if any(member.known for member in self._members):
            return NOTHING
        if self._asked.keep_looks is not None:
            return left_as_asked(self._asked.keep_looks)
        asked = {member.compared.key: member.compared.faulty for member in self._members}  # each picture once
        if self._is_led or len(asked) == 1:  # small faults are in view of what was guessed, too
            return left_unasked(list(asked.values()), math.inf)
        precisions = [member.compared.guess.precision for member in self._members]
        return left_unasked(list(asked.values()), size_of_need(self._balances.mean(0), precisions))

    @cached_property
    def _balances(self) -> Tensor:
        anchors = self._anchors()
        own = torch.stack([each.balance for each in anchors])
        return torch.lerp(own, solve(anchors, self._links).balances, self._asked.consistency)

    @cached_property
    def _look(self) -> Transform | None:
        placed = list(zip(self._members, self._balances, strict=True))
        telling = [each for each in placed if each[0].known]
        if not telling and self._is_led:
            telling = [each for each in placed if each[0].led]
        graded = [(member.graded(), balance) for member, balance in telling if member.graded is not None]
        if not graded:
            return None
        balanced = torch.cat([_balanced(colours, balance) for (colours, _), balance in graded])
        return shared_look(balanced, torch.cat([own for (_, own), _ in graded]))

    @cached_property
    def _look_as_meant(self) -> Transform | None:
        asked = [_as_meant(member) for member in self._members if member.led]
        return shared_look(*(torch.cat(side) for side in zip(*asked, strict=True)))

    def _anchors(self) -> list[Anchor]:
        islands = components(len(self._members), self._links)
        certain = {island for island, member in zip(islands, self._members, strict=True) if member.known}

        def of(number: int, member: Member) -> Anchor:
            if member.known and member.graded is not None:
                return anchor(*member.graded(), KNOWN)
            if len(self) == 1 and not self._is_led and member.graded is not None:
                return anchor(
                    *member.graded(), GUESSED
                )  # its own grade may undo less than the diagnosis says
            share = HEARD if islands[number] in certain else HERO if number in self._chosen else 1.0
            return weakened(member.compared.guess, share)

        return list(starmap(of, enumerate(self._members)))


def _surest(members: Sequence[Member], scenes: Sequence[int], settled: set[int]) -> set[int]:
    """The hero of every scene of several shots that has none yet: a known one first, of these the one that shows most
    of the reference, then the surest of itself."""
    found: dict[int, int] = {}
    for place, member in enumerate(members):
        best = members[found[scenes[place]]] if scenes[place] in found else None
        if best is None or _doubt(member) < _doubt(best):
            found[scenes[place]] = place
    several = Counter(scenes)
    return {place for scene, place in found.items() if several[scene] > 1 and scene not in settled}


def _doubt(member: Member) -> tuple[bool, int, float, bytes]:
    """Least of the surest; the picture decides between equals, so that the order of clips does not."""
    return not member.known, -member.shown, member.unsure, member.compared.key


def as_it_stands(colours: Tensor) -> Tensor:
    """The transform of a shot that is left alone."""
    return colours


def _as_meant(member: Member) -> tuple[Tensor, Tensor]:
    """See ``Member``; where no reference was followed, none asks anything."""
    if member.as_meant is not None:
        return member.as_meant()
    colours = member.compared.colours(COLOURS)
    return colours, colours


def _looked(colours: Tensor, look: Transform | None) -> Tensor:
    held = colours.clamp(0.0, 1.0)
    return held if look is None else look(held)


def _balanced(colours: Tensor, balance: Tensor) -> Tensor:
    return apply_balance(colours, balance.to(colours)).clamp(0.0, 1.0)


def _counts(count: int, links: Sequence[Link]) -> list[int]:
    linked = [0] * count
    for link in links:
        linked[link.one] += 1
        linked[link.other] += 1
    return linked
