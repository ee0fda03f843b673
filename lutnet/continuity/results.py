"""Results of single clips made into results of scenes; what did not change is not solved again."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from lutnet.colourspace import View
from lutnet.continuity.cut_figures import measure_cuts
from lutnet.continuity.left import NOTHING, Left
from lutnet.continuity.parts import Parts
from lutnet.continuity.regraded import PALETTE, Call, placed, regraded
from lutnet.continuity.sharing import Sharing, with_shared_luts
from lutnet.continuity.wishes import SceneWishes
from lutnet.errors import InputError, listed
from lutnet.export.package import exported_grade
from lutnet.grade import Grade
from lutnet.job import Recipe
from lutnet.result import ClipResult, LutPer, Status
from lutnet.shot import Shot
from lutnet.store import Decision, Store, StoredPictures
from lutnet.timeline.named import clips_named, told_apart

if TYPE_CHECKING:
    from lutnet.continuity.together import Joined, Member

HELD = 16
"""LUTs in memory, before they go to the store."""
UNSUPPORTED = "shows nothing that another clip of its scene shows: what sets it apart from them is a guess"
TRIMMED = "trimmed or extended since its grade was decided, which stays"


@dataclass(frozen=True, slots=True)
class Context:
    """recipe: of the grades of single clips. view: how people see the grading space. wishes: for the scenes.

    decided: what people decided stays as it is, and scenes are matched to it. fresh: solve anew.
    """

    recipe: Recipe
    view: View
    wishes: SceneWishes
    decided: bool = True
    fresh: bool = False

    @property
    def apart(self) -> bool:
        """Whether every clip keeps its own balance."""
        return self.wishes.consistency == 0.0

    @property
    def asked(self) -> SceneWishes:
        """The wishes, as far as there is anything to match."""
        return replace(self.wishes, consistency=0.0) if self.apart else self.wishes

    @property
    def solves(self) -> bool:
        """Whether anything is to be found for clips together."""
        return self.recipe.strength > 0.0 and not (self.apart and self.wishes.lut_per is LutPer.CLIP)


@dataclass(frozen=True, slots=True)
class InScenes:
    """results: of every clip, in order. key: of all that they were solved from; "" where nothing was. parts: what parts
    of it came to (see ``Store.parts``); None where they are those of the last time."""

    results: list[ClipResult]
    key: str = ""
    parts: Mapping[bytes, bytes] | None = field(default_factory=dict)


def in_scenes(
    store: Store, results: Sequence[ClipResult], jobs: Mapping[str, str], context: Context
) -> InScenes:
    """``results`` (every clip, in timeline order) with the grades of clips that belong together solved together.

    jobs: content hash by shot id; what the store keeps of these jobs is compared. Raises InputError for a group of
    unknown clips.
    """
    wishes, recipe = context.asked, context.recipe
    _check(results, wishes)
    graded = [result.shot.id for result in results if result.grade is not None]
    if not context.solves or len(graded) < 2:
        return InScenes(list(results))
    key = scenes_key(results, jobs, context)
    if not context.fresh and store.joined() == key:
        known = {result.shot.id: result for result in store.proposed()}
        return InScenes([replace(known[each.shot.id], shot=each.shot) for each in results], key, None)
    finished = store.finished(jobs[shot_id] for shot_id in graded)
    decisions = store.decisions() if context.decided else {}
    staying = {*decisions, *wishes.pinned}
    standing = [
        _standing(store, result, jobs[result.shot.id], wishes.trimmed)
        if result.shot.id in staying
        else result
        for result in results
    ]
    places: list[int] = []

    def compared() -> Iterator[Member]:
        from lutnet.continuity.members import Clip, look_of_show, member_of
        from lutnet.continuity.shelf import Shelf

        shelf, show = Shelf(store.compared_of), look_of_show(recipe)
        for place, result in enumerate(standing):
            job, decision = jobs.get(result.shot.id, ""), decisions.get(result.shot.id)
            kept = shelf.compared(job) if result.grade is not None and job in finished else None
            if kept is not None:
                places.append(place)
                own = _followed(result, results[place], decision, wishes)
                clip = Clip(own, job, kept, decision, context)
                yield member_of(clip, partial(store.pictures_of, job), show)

    members = list(compared())
    if len(members) < 2:
        return InScenes(standing, key)
    parts = Parts({} if context.fresh else store.parts(), store.put_away)
    joined = _joined(members, [standing[place] for place in places], wishes, parts)
    found = list(standing)
    anew = []
    for place, member, each in zip(places, members, joined, strict=True):
        result = standing[place]
        stays = result.shot.id in staying
        before = store.result_of_job(result.shot.id, jobs[result.shot.id]) if each.same else None
        if each.transform is None or stays:
            found[place] = placed(
                result, each, matched=stays, left=_left_before(result) if stays else NOTHING
            )
        elif before is not None and before.shared is None and wishes.lut_per is LutPer.CLIP:
            matched = before.scene is not None and before.scene.matched
            again = replace(result, grade=before.grade, delta_e=before.delta_e, skin=before.skin)
            found[place] = placed(again, each, matched=matched, left=_left_before(before))
        else:
            anew.append((place, result, each, member))
    calls = [
        Call(result, each, member, partial(store.pictures_of, jobs[result.shot.id]))
        for _, result, each, member in anew
    ]
    for (place, *_), result in zip(
        anew, _set_aside(store, regraded(calls, context, store.put_away)), strict=True
    ):
        found[place] = result
    _tell_of_the_unsupported(found, dict(zip(places, joined, strict=True)))
    found = _alike(found, jobs, decisions.keys() | set(wishes.heroes))
    if wishes.lut_per is not LutPer.CLIP:
        sharing = Sharing(
            wishes.lut_per, lambda result: _pictures(store, result, jobs, finished), recipe, context.view
        )
        found = with_shared_luts(found, sharing, _staying_grades(found, staying, decisions))
    measure_cuts(found, dict(zip(places, members, strict=True)), context.view, parts)
    return InScenes(found, key, parts.used)


def _followed(
    stands: ClipResult, computed: ClipResult, decision: Decision | None, wishes: SceneWishes
) -> ClipResult:
    """The result of a clip whose grade others may follow: nobody wants one that was rejected."""
    rejected = decision is not None and decision.status is Status.REJECTED
    return computed if rejected and stands.shot.id not in wishes.pinned else stands


def _left_before(result: ClipResult) -> Left:
    """What the grade that a clip has leaves undone."""
    return NOTHING if result.scene is None else Left(result.scene.kept, result.scene.kept_as)


def _set_aside(store: Store, results: Iterable[ClipResult]) -> Iterator[ClipResult]:
    """``results`` as they come, few of whose LUTs are in memory at a time."""
    waiting = iter(results)
    while some := list(islice(waiting, HELD)):
        yield from store.set_aside(some)


def scenes_key(results: Sequence[ClipResult], jobs: Mapping[str, str], context: Context) -> str:
    """A hash of all that the scenes of ``results`` follow from (see ``InScenes``), but for what people decided."""
    if not context.solves or sum(result.grade is not None for result in results) < 2:
        return ""
    clips = [(each.shot.id, jobs.get(each.shot.id), each.grade is None) for each in results]
    lasting = asdict(replace(context.asked, pinned=(), trimmed=()))
    return hashlib.sha256(json.dumps([clips, lasting]).encode()).hexdigest()


def _tell_of_the_unsupported(results: list[ClipResult], joined: Mapping[int, Joined]) -> None:
    """Warn of clips in ``results`` that somebody put into a scene with whose others they share nothing."""
    several = Counter(each.scene for each in joined.values())
    for place, each in joined.items():
        if each.linked == 0 and several[each.scene] > 1:
            warnings = tuple(dict.fromkeys((*results[place].warnings, UNSUPPORTED)))
            results[place] = replace(results[place], warnings=warnings)


def load() -> None:
    """Import what solving takes, which is seconds, while others still compute."""
    import lutnet.continuity.cuts
    import lutnet.continuity.together
    import lutnet.refinement.look  # noqa: F401 - it is their being there that is wanted


def _alike(results: Sequence[ClipResult], jobs: Mapping[str, str], apart: Set[str]) -> list[ClipResult]:
    """``results`` in which clips of one job and scene have one grade, those ``apart`` (by id) excepted.

    The solve may place the very same frames at slightly other balances; one grade per source is promised.
    """
    first: dict[tuple[str, int | None], ClipResult] = {}
    alike = []
    for result in results:
        if result.grade is None or not result.shot.id not in apart:
            alike.append(result)
            continue
        scene = None if result.scene is None else result.scene.number
        speaker = first.setdefault((jobs[result.shot.id], scene), result)
        alike.append(replace(result, grade=speaker.grade, delta_e=speaker.delta_e, skin=speaker.skin))
    return alike


def _staying_grades(
    results: Sequence[ClipResult], staying: Set[str], decisions: Mapping[str, Decision]
) -> dict[str, Grade]:
    """The grades of the clips that stay as they are, as people decided; by id."""
    grades = {}
    for result in results:
        if result.shot.id in staying:
            decision = decisions.get(result.shot.id)
            decided = result if decision is None else decision.applied_to(result)
            grades[result.shot.id] = exported_grade(decided) or Grade()
    return grades


def _standing(store: Store, result: ClipResult, job: str, trimmed: Sequence[str]) -> ClipResult:
    """What the store has of a clip that stays as it is, instead of what its job computed."""
    before = store.result_of_job(result.shot.id, job)
    if before is None:
        return result
    if result.shot.id not in trimmed or result.grade is None or before.grade is None:
        return replace(before, shot=result.shot)
    pictures = store.pictures_of(job)
    warnings = (*before.warnings, f"{TRIMMED}{_apart(pictures, before.grade, result.grade)}")
    return replace(before, shot=result.shot, warnings=warnings)


def _apart(pictures: StoredPictures, stays: Grade, asked: Grade) -> str:
    """By how much two grades of a clip differ on its frames, in words."""
    if not pictures.compared:
        return ""
    from lutnet.continuity.compared import Compared
    from lutnet.ops.difference import delta_e_rgb

    colours = Compared.from_bytes(pictures.compared).colours(PALETTE)
    difference = float(delta_e_rgb(stays.apply_colours(colours), asked.apply_colours(colours)).mean())
    return f"; by itself it would now be graded DE {difference:.1f} apart"


def _pictures(
    store: Store, result: ClipResult, jobs: Mapping[str, str], finished: frozenset[str]
) -> StoredPictures | None:
    if result.grade is None or jobs[result.shot.id] not in finished:
        return None
    pictures = store.pictures_of(jobs[result.shot.id])
    return pictures if pictures.compared else None


def _joined(
    members: Sequence[Member], results: Sequence[ClipResult], wishes: SceneWishes, parts: Parts
) -> list[Joined]:
    from lutnet.continuity.together import join

    scenes = None
    if wishes.groups is not None:
        group_of = {shot_id: number for number, group in enumerate(wishes.groups, 1) for shot_id in group}
        alone = len(wishes.groups)
        scenes = [
            group_of.get(result.shot.id, alone + place) for place, result in enumerate(results, start=1)
        ]
    heroes = [place for place, result in enumerate(results) if result.shot.id in wishes.heroes]
    return join(
        members,
        scenes=scenes,
        heroes=heroes,
        consistency=wishes.consistency,
        keep_looks=wishes.keep_looks,
        parts=parts,
    )


def with_heroes(wishes: SceneWishes, shots: Sequence[Shot]) -> SceneWishes:
    """``wishes`` whose heroes are ids of ``shots``. Raises InputError for one that is none of them."""
    heroes: list[str] = []
    for hero in wishes.heroes:
        found = clips_named(shots, hero)
        if not found:
            usable = told_apart([shot for shot in shots if shot.skipped is None])
            raise InputError("no clip has the hero's name", value=hero, allowed=listed(usable))
        heroes.extend(shot.id for shot in found)
    return replace(wishes, heroes=tuple(dict.fromkeys(heroes)))


def _check(results: Sequence[ClipResult], wishes: SceneWishes) -> None:
    ids = {result.shot.id for result in results}
    for group in wishes.groups or ():
        for shot_id in group:
            if shot_id not in ids:
                raise InputError(
                    "a scene names a clip that is not in the timeline",
                    value=shot_id,
                    fix="List the scenes again: lutnet scenes TIMELINE -o scenes.json",
                )
