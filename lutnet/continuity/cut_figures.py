"""The figures of every cut of a timeline; those of a cut whose sides did not change are known from before."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from lutnet.colourspace import View
from lutnet.continuity.parts import Parts, part_key
from lutnet.grade import LUT3D, Grade
from lutnet.plain import cut_from_plain, cut_to_plain
from lutnet.result import ClipResult

if TYPE_CHECKING:
    from lutnet.continuity.together import Member


def measure_cuts(results: list[ClipResult], members: Mapping[int, Member], view: View, parts: Parts) -> None:
    """Give every clip in ``results`` the figures of the cut that it begins with, where both sides are members."""
    from lutnet.continuity.as_seen import AsSeen
    from lutnet.continuity.cuts import cut_between

    seen = AsSeen(view)
    last: dict[int, int] = {}
    cuts = []
    for place, result in enumerate(results):
        before = last.get(result.shot.track)
        last[result.shot.track] = place
        if before is not None and before in members and place in members:
            cuts.append((before, place))

    @lru_cache(maxsize=4)  # the side after one cut is the one before the next
    def shown(place: int) -> Grade:
        grade = results[place].grade or Grade()
        lut = grade.lut  # of the store, perhaps: read once, not at every question
        whole = None if lut is None else LUT3D(lut.table, lut.domain_min, lut.domain_max)
        return seen(Grade(grade.cdl, whole))

    def in_one_scene(before: int, place: int) -> bool:
        one, other = (side.scene and side.scene.number for side in (results[before], results[place]))
        return one == other

    def key(before: int, place: int) -> bytes:
        grades = [results[side].grade or Grade() for side in (before, place)]
        facts = (
            results[before].shot.id,
            in_one_scene(before, place),
            view.name,
            *((each.cdl, digest_of(each)) for each in grades),
        )
        compared = members[before].compared.key, members[place].compared.key
        return part_key("cut", *compared, repr(facts).encode())

    def measured(number: int) -> bytes:
        before, place = cuts[number]
        cut = cut_between(
            members[before].compared,
            members[place].compared,
            (shown(before), shown(place)),
            results[before].shot.id,
            same_scene=in_one_scene(before, place),
        )
        return json.dumps(cut_to_plain(cut)).encode()

    found = parts.all([key(*cut) for cut in cuts], measured)
    for (_, place), cut in zip(cuts, found, strict=True):
        results[place] = replace(results[place], cut=cut_from_plain(json.loads(cut)))


def digest_of(grade: Grade) -> str:
    """Of the LUT of a grade; "" where it has none."""
    return "" if grade.lut is None else grade.lut.digest
