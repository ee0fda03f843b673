"""Shots of pictures, each with a fault of its own, graded together."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache, partial
from itertools import pairwise

import pytest
import torch
from safetensors.numpy import load, save
from skimage import data
from torch import Tensor

from lutnet.continuity.anchor import GUESSED, anchor
from lutnet.continuity.compared import Compared, Matched, compared_of
from lutnet.continuity.left import ALONE, FAULT, LOOK, Left, faulty_together, left_unasked
from lutnet.continuity.together import Joined, Member, as_it_stands, join
from lutnet.errors import GradeFileError
from lutnet.grade import CDL, Diagnosis, Grade
from lutnet.ops.balance import apply_balance
from lutnet.ops.detune import detune, undo
from lutnet.ops.difference import delta_e_rgb
from lutnet.ops.encoding import rgb_to_lab
from lutnet.refinement.correspond import Correspondence
from lutnet.refinement.fit import GuessedLook, Refined
from lutnet.result import Basis, DeltaE, KeptAs
from lutnet.shot import Frames

PLACES = (data.astronaut, data.coffee)
TAKES = 4
WARM = 1.1, 1.0, 0.85


@cache
def shots() -> tuple[tuple[Tensor, Tensor], ...]:
    """Clean frame ``[3, H, W]`` and amounts ``[7]`` of four overlapping parts of two pictures, interleaved."""
    draw = torch.Generator().manual_seed(4)
    found = []
    for take in range(TAKES):
        for picture in PLACES:
            place = torch.from_numpy(picture()[::2, ::2].copy()).float() / 255.0
            height, width = place.shape[0] * 7 // 8, place.shape[1] * 7 // 8
            part = place[take * 5 : take * 5 + height, take * 8 : take * 8 + width]
            found.append((part.movedim(-1, 0), 0.8 * torch.rand(7, generator=draw) - 0.4))
    return tuple(found)


@cache
def members() -> tuple[Member, ...]:
    """What is known of each alone: half of its fault."""
    found = []
    for clean, amounts in shots():
        spoiled = detune(clean.movedim(0, -1), amounts).movedim(-1, 0)
        compared = compared_of(Frames(spoiled[None]))
        colours = compared.colours(512)
        guess = undo(colours, amounts * 0.5)
        compared = replace(compared, guess=anchor(colours, guess, GUESSED))
        found.append(Member(compared, partial(_both, colours, guess)))
    return tuple(found)


def _both(colours: Tensor, guess: Tensor) -> tuple[Tensor, Tensor]:
    return colours, guess


@cache
def whole() -> list[Joined]:
    return join(members())


def jumps(joined: list[Joined] | None, known: float = 0.5) -> Tensor:
    """DE of every cut inside a place, on the clean colours of both shots; of ``known`` of each fault undone alone."""
    found = []
    for place in range(len(PLACES)):
        numbers = range(place, TAKES * len(PLACES), len(PLACES))
        for one, two in pairwise(numbers):
            clean = torch.cat([shots()[shot][0].flatten(1).T[::40] for shot in (one, two)])
            sides = []
            for shot in (one, two):
                spoiled = detune(clean, shots()[shot][1])
                each = None if joined is None else joined[shot].transform
                sides.append(undo(spoiled, shots()[shot][1] * known) if each is None else each(spoiled))
            found.append(delta_e_rgb(sides[0], sides[1]).mean())
    return torch.stack(found)


def test_cuts_close_and_places_stay_apart():
    joined = whole()
    assert [each.scene for each in joined] == [1, 2] * TAKES
    assert all(each.linked for each in joined)
    clipped, alone = float(jumps(None, 1.0).mean()), float(jumps(None).mean())
    assert float(jumps(joined).mean()) - clipped < 0.3 * (alone - clipped)
    assert sorted(each.scene for each in joined if each.hero) == [1, 2]


def test_the_order_of_clips_changes_nothing():
    order = [5, 2, 7, 0, 3, 6, 1, 4]
    straight, turned = whole(), join([members()[place] for place in order])
    for new, place in enumerate(order):
        colours = members()[place].compared.colours(512)
        one, two = straight[place].transform, turned[new].transform
        assert one is not None and two is not None
        assert float(delta_e_rgb(one(colours), two(colours)).mean()) < 0.05


def test_the_shot_that_shows_most_of_the_reference_is_the_hero_of_its_scene() -> None:
    """Whatever their diagnoses say of themselves."""
    known = [replace(each, unsure=1.0) for each in members()]
    known[2] = replace(known[2], known=True, shown=900)
    known[4] = replace(known[4], known=True, shown=4000, unsure=2.0)
    heroes = [place for place, each in enumerate(join(known)) if each.hero]
    assert 4 in heroes and 2 not in heroes


def test_a_hero_keeps_its_grade_and_the_others_follow():
    joined = join(members(), heroes=[2])
    assert joined[2].hero and joined[2].transform is None
    assert not joined[0].hero and sum(each.hero for each in joined) == 2
    clean = shots()[0][0].flatten(1).T[::40]
    led = joined[0].transform
    assert led is not None
    followed = led(detune(clean, shots()[0][1]))
    hero = undo(detune(clean, shots()[2][1]), shots()[2][1] * 0.5)
    assert float(delta_e_rgb(followed, hero).mean()) < 2.0


def test_no_consistency_leaves_every_grade_alone_and_half_of_it_is_between():
    assert all(each.transform is None for each in join(members(), consistency=0.0))
    half = float(jumps(join(members(), consistency=0.5)).mean())
    assert float(jumps(whole()).mean()) < half < float(jumps(None).mean())


def test_a_look_that_is_kept_stays_while_the_cuts_close():
    """What the shots of a place have in common is left; what sets them apart is not."""
    joined, corrected = (join(members(), keep_looks=keep) for keep in (1.0, 0.0))
    assert float(jumps(joined).mean()) < 1.15 * float(jumps(corrected).mean())
    for place in range(len(PLACES)):
        moved = []
        for kept in (joined, corrected):
            changes = []
            for shot in range(place, TAKES * len(PLACES), len(PLACES)):
                known, each = members()[shot].graded, kept[shot].transform
                assert each is not None and known is not None
                colours = known()[0]
                changes.append((rgb_to_lab(each(colours)) - rgb_to_lab(colours)).mean(0))
            moved.append(float(torch.stack(changes).mean(0).norm()))
        assert moved[0] < 0.35 * moved[1]


def leads(scale: float, faulty: float = 1.0) -> list[Member]:
    """Shots of one place that need the same, ``scale`` stops of light, and nothing of their own. faulty: how probably
    that is a fault."""
    found = []
    for shot in range(0, TAKES * len(PLACES), len(PLACES)):
        compared = compared_of(Frames(shots()[shot][0][None]), Diagnosis({}, None, Grade(), faulty=faulty))
        colours = compared.colours(512)
        guess = apply_balance(colours, torch.tensor([scale, scale, scale, 0, 0, 0, 0, 0])).clamp(0.0, 1.0)
        found.append(Member(replace(compared, guess=anchor(colours, guess, GUESSED))))
    return found


def test_what_a_scene_needs_is_left_undone_as_far_as_guesses_err():
    """DE of the grade: of a small need hardly anything is done, of a large one most; 0 and 1 are done as told."""
    done = {}
    for scale in (0.15, 1.2):
        scene = leads(scale)
        for keep in (None, 0.0, 1.0):
            each = join(scene, keep_looks=keep)[0]
            colours = scene[0].compared.colours(512)
            assert each.transform is not None or keep == 1.0
            moved = colours if each.transform is None else each.transform(colours)
            done[scale, keep] = float(delta_e_rgb(moved, colours).mean())
        assert done[scale, 1.0] < 0.3
    assert done[0.15, 0.0] < GUESSED < done[1.2, 0.0]
    assert done[0.15, None] < 0.1 * done[0.15, 0.0]
    assert 0.6 * done[1.2, 0.0] < done[1.2, None] < 0.95 * done[1.2, 0.0]


def test_what_looks_like_a_look_is_left_and_what_looks_like_a_fault_is_not():
    kept = [
        join(leads(1.2, faulty))[0].left().share for faulty in (0.05, LOOK, (LOOK + FAULT) / 2, FAULT, 0.95)
    ]
    assert kept[:2] == pytest.approx([1.0, 1.0], abs=1e-5)
    assert kept[1] > kept[2] > kept[3] > 0.0
    assert kept[3] == pytest.approx(kept[4], abs=1e-5)
    asked = [join(leads(1.2, faulty), keep_looks=0.3)[0].left().share for faulty in (0.05, 0.95)]
    assert asked == [0.3, 0.3]


def led(faulty: float) -> list[Member]:
    """``leads`` of a stop too little, beside a reference that warms: its guess brightens first."""
    found = []
    for member in leads(1.0, faulty):
        colours = member.compared.colours(512)
        brightened = apply_balance(colours, member.compared.guess.balance.float()).clamp(0.0, 1.0)
        graded, meant = warmed(brightened), warmed(colours)
        asked = partial(_both, colours, graded), partial(_both, colours, meant)
        found.append(replace(member, graded=asked[0], led=True, as_meant=asked[1]))
    return found


def warmed(colours: Tensor) -> Tensor:
    return (colours * torch.tensor(WARM)).clamp(0.0, 1.0)


def test_a_look_that_is_meant_stays_under_the_look_of_a_reference():
    """The scene is as dark as it was where that is meant, and as bright as the guess has it where it is a fault; warm
    both times. Half and half in between."""
    for faulty, keep, share in ((0.05, None, 0.0), (0.95, None, 1.0), (0.95, 1.0, 0.0), (0.05, 0.0, 1.0)):
        scene = led(faulty)
        for member, joined in zip(scene, join(scene, keep_looks=keep), strict=True):
            assert joined.transform is not None and joined.left().share == 1.0 - share
            assert member.graded is not None and member.as_meant is not None
            colours, graded = member.graded()
            asked = torch.lerp(member.as_meant()[1], graded, share)
            other = torch.lerp(graded, member.as_meant()[1], share)
            made = joined.transform(colours)
            assert float(delta_e_rgb(made, asked).mean()) < 0.8
            assert float(delta_e_rgb(made, other).mean()) > 8.0
    half = led((LOOK + FAULT) / 2)
    between = join(half)[0].transform
    assert between is not None and half[0].graded is not None and half[0].as_meant is not None
    (colours, graded), (_, meant) = half[0].graded(), half[0].as_meant()
    assert float(delta_e_rgb(between(colours), (graded + meant) / 2).mean()) < 1.0


@pytest.mark.parametrize("faulty", [0.05, 0.95])
def test_where_no_reference_was_followed_a_scene_is_as_without_one(faulty: float) -> None:
    alone, refused = leads(1.2, faulty), []
    for member in alone:
        colours = member.compared.colours(512)
        refused.append(replace(member, graded=partial(_both, colours, colours), led=True))
    for one, other in zip(join(alone), join(refused), strict=True):
        assert one.left().share == pytest.approx(other.left().share, abs=1e-9)
        assert one.left().kept_as is other.left().kept_as
        colours = alone[0].compared.colours(512)
        assert one.transform is not None and other.transform is not None
        assert torch.allclose(one.transform(colours), other.transform(colours), atol=1e-6)


def test_skin_is_held_where_a_guess_by_references_without_skin_is_followed() -> None:
    held = [replace(each, compared=replace(each.compared, holds_skin=True)) for each in led(0.05)]
    assert all(each.holds_skin for each in join(held))
    assert not any(each.holds_skin for each in join(led(0.05)))
    assert not any(each.holds_skin for each in join([replace(held[0], known=True), *held[1:]]))


def test_a_shot_that_stands_alone_is_left_only_where_there_is_hardly_a_doubt() -> None:
    def alone(faulty: float, keep: float | None = None) -> tuple[Joined, Tensor]:
        scene = leads(1.2, faulty)
        return join(scene, scenes=[1, 2, 3, 4], keep_looks=keep)[0], scene[0].compared.colours(512)

    assert alone(0.05)[0].left() == Left(1.0, KeptAs.LOOK)
    assert alone((ALONE[0] + ALONE[1]) / 2)[0].left().share == pytest.approx(0.5, abs=1e-5)
    for faulty in (ALONE[1], LOOK, 0.95):
        own, _ = alone(faulty)
        assert own.transform is None and own.left().share == pytest.approx(0.0, abs=1e-5)
    left, colours = alone(0.05)
    assert left.transform is as_it_stands and as_it_stands(colours) is colours
    assert alone(0.05, keep=0.0)[0].transform is None
    asked, colours = alone(0.95, keep=1.0)
    assert asked.transform is not None and torch.allclose(asked.transform(colours), colours, atol=1e-4)
    known = [replace(member, known=True) for member in leads(1.2, 0.05)]
    assert all(each.transform is None for each in join(known, scenes=[1, 2, 3, 4]))


def test_one_picture_used_twice_is_no_more_evidence_than_once() -> None:
    first, second = leads(1.2, (ALONE[1] + LOOK) / 2)[:2]
    for scene, kept in (([first, first], 0.0), ([first, second], 1.0)):
        shares = [each.left().share for each in join(scene, scenes=[1, 1])]
        assert shares == pytest.approx([kept, kept], abs=1e-5)


def test_a_lone_shot_whose_reference_was_refused_is_not_corrected_more_than_by_itself() -> None:
    """Its own grade undoes clear faults only, here none, however much the diagnosis says."""
    for keep in (None, 0.3):
        member = leads(1.2, (ALONE[0] + ALONE[1]) / 2)[0]
        colours = member.compared.colours(512)
        refused = replace(member, graded=partial(_both, colours, colours), led=True)
        (joined,) = join([refused], keep_looks=keep)
        assert joined.transform is not None
        assert float(delta_e_rgb(joined.transform(colours), colours).mean()) < 0.1


def test_a_shot_that_stands_alone_keeps_its_look_beside_a_reference() -> None:
    scene = led(0.05)
    member, joined = scene[0], join(scene, scenes=[1, 2, 3, 4])[0]
    assert member.as_meant is not None and joined.transform is not None
    colours, meant = member.as_meant()
    assert float(delta_e_rgb(joined.transform(colours), meant).mean()) < 0.8


def test_what_a_scene_says_of_what_is_left_undone():
    assert left_unasked([0.05], 1.0).kept_as is left_unasked([0.05], math.inf).kept_as is KeptAs.LOOK
    assert left_unasked([0.95], 1.0) == Left(1.0, KeptAs.SMALL)
    assert left_unasked([0.95], 4.0) == Left(0.25, KeptAs.SMALL)
    assert left_unasked([0.95], math.inf) == Left(0.0, None)
    assert [each.left().kept_as for each in join(leads(0.15))] == [KeptAs.SMALL] * TAKES
    assert [each.left().kept_as for each in join(leads(0.15), keep_looks=0.7)] == [KeptAs.ASKED] * TAKES


def test_the_shots_of_a_scene_tell_together_whether_it_is_at_fault():
    assert faulty_together([0.3]) == pytest.approx(0.3, abs=1e-6)
    assert faulty_together([0.9, 0.1]) == pytest.approx(0.5, abs=1e-6)
    assert faulty_together([0.9, 0.9, 0.4]) > 0.5
    assert 0.0 < faulty_together([0.0, 0.0]) < 0.01 < 0.99 < faulty_together([1.0, 1.0]) < 1.0


def test_a_scene_with_a_hero_somebody_named_follows_it_and_keeps_nothing_else():
    named = [join(members(), heroes=[0], keep_looks=keep)[2].transform for keep in (0.0, 1.0)]
    colours = members()[2].compared.colours(512)
    one, other = (each(colours) for each in named if each is not None)
    assert float(delta_e_rgb(one, other).max()) < 0.01


def test_scenes_that_somebody_took_apart_are_not_matched():
    joined = join(members(), scenes=[1, 2, 3, 2, 1, 2, 3, 2])
    assert [each.linked > 0 for each in joined] == [True] * 8
    alone = join(members(), scenes=list(range(1, 9)))
    assert all(each.transform is None and each.linked == 0 for each in alone)


def test_what_is_kept_survives_its_bytes():
    compared = replace(members()[0].compared, faulty=0.25)
    again = Compared.from_bytes(compared.to_bytes())
    assert torch.equal(again.colours(100), compared.colours(100))
    assert again.faulty == compared.faulty == 0.25
    assert (again.kept[0].features.points == compared.kept[0].features.points).all()
    with pytest.raises(GradeFileError, match="damaged"):
        Compared.from_bytes(compared.to_bytes()[:200])


@pytest.mark.parametrize("followed", ["pixels", "look", "nothing"])
def test_both_guesses_of_a_shot_beside_a_reference_survive_its_bytes(followed: str) -> None:
    frames, colours = Frames(shots()[0][0][None]), members()[0].compared.colours(300)
    unmeasured = DeltaE(1.0, 0.0, 0.0, Basis.PREDICTED)
    shared = Correspondence(colours, warmed(colours), torch.ones(300), 0.5, 9, exact=False)
    look = GuessedLook(lambda colours: colours * 0.5, holds_skin=True)
    refined = replace(
        Refined(Grade(CDL(slope=(0.8, 0.8, 0.8))), unmeasured, 1.0, ""),
        shared=shared if followed == "pixels" else None,
        guessed=look if followed == "look" else None,
    )
    compared = compared_of(frames, None, refined)
    again = Compared.from_bytes(compared.to_bytes())
    told = again.matched
    assert told is not None
    seen = again.colours(512)
    asked = {"pixels": 0.8, "look": 0.5, "nothing": 1.0}[followed]
    assert torch.allclose(told.graded, seen * 0.8, atol=1e-3)
    assert torch.allclose(told.as_meant, seen * asked, atol=1e-3)
    assert (again.led, again.holds_skin) == (followed != "nothing", followed == "look")
    assert told.pixels == (300 if followed == "pixels" else 0)


def test_what_packages_of_before_kept_is_read() -> None:
    compared = replace(members()[0].compared, matched=Matched(torch.rand(9, 3), torch.rand(9, 3)), led=True)
    arrays = load(compared.to_bytes())
    del arrays["told"], arrays["matched_as_meant"]
    again = Compared.from_bytes(save(arrays))
    assert (again.faulty, again.led, again.holds_skin) == (1.0, False, False)
    assert again.matched is not None and torch.equal(again.matched.as_meant, again.matched.graded)


def test_black_and_flat_shots_stand_alone():
    dark = Member(compared_of(Frames(torch.zeros(2, 3, 48, 64))))
    joined = join([dark, members()[0], dark, members()[2]])
    assert [each.scene for each in joined] == [1, 2, 3, 2]
    assert joined[0].transform is None
