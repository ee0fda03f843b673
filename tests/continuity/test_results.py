"""Grading a timeline with its scenes: in the package, once, and around what people decided."""

from __future__ import annotations

import json
import sqlite3
import weakref
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from lutnet.cli.main import EXIT_BAD_INPUT, main
from lutnet.continuity import links, regraded, results, together
from lutnet.continuity.anchor import Anchor
from lutnet.continuity.compared import Compared, Matched
from lutnet.continuity.document import read_groups
from lutnet.continuity.shelf import Shelf
from lutnet.continuity.solve import Link, Solution, solve
from lutnet.continuity.wishes import SceneWishes
from lutnet.diagnosis.heads import HEADS
from lutnet.diagnosis.look import Look
from lutnet.diagnosis.model import default_model, save_model
from lutnet.errors import InputError
from lutnet.grade import CDL, LUT3D, Diagnosis, Grade
from lutnet.job import Engine, Job, Outcome, Recipe
from lutnet.ops.detune import detune
from lutnet.ops.difference import delta_e_rgb
from lutnet.pipeline import GradedTimeline, grade_timeline
from lutnet.result import ClipResult, KeptAs, Status
from lutnet.settings import GradeSettings
from lutnet.store import FILE_NAME, Decision, Store, StoredPictures
from tests.continuity.test_together import TAKES, WARM, led, members, shots
from tests.export.examples import some_lut, some_result

FOUND = 900
"""Pixels of the reference in the first shot, where there is one."""


def crew(recipe: Recipe, jobs: Sequence[Job]) -> Iterator[tuple[Job, Outcome]]:
    """Grades the timeline's first shots as if their media were the shots of two pictures."""
    for job in jobs:
        number = int(Path(job.shot.media or "0").stem)
        pictures = StoredPictures()
        grade = Grade(CDL(slope=(1.0 + number / 50, 1.0, 1.0)))
        if number < 2 * TAKES:
            member = members()[number]
            grade = Grade(CDL.fitted(*member.graded())) if member.graded else grade
            compared = member.compared
            if recipe.look is not None and recipe.reference is not None and member.graded:
                colours, own = member.graded()
                matched = Matched(own, colours, FOUND if number == 0 else 0)
                compared = replace(compared, matched=matched)
            pictures = StoredPictures(compared=compared.to_bytes())
        result = replace(some_result(grade=grade), shot=job.shot, delta_e=None)
        found = None if result.diagnosis is None else Diagnosis(result.diagnosis.corrections, None, grade)
        yield job, Outcome(replace(result, diagnosis=found), pictures)


def beside(faulty: float, *, holds_skin: bool = False, followed: bool = True) -> Engine:
    """Grades the timeline's first shots as if their media were shots of one place beside a reference (see ``led``)."""

    def engine(recipe: Recipe, jobs: Sequence[Job]) -> Iterator[tuple[Job, Outcome]]:
        for job, outcome in crew(recipe, jobs):
            number = int(Path(job.shot.media or "0").stem)
            if number >= TAKES:
                yield job, replace(outcome, pictures=StoredPictures())
                continue
            member = led(faulty)[number]
            (colours, own), (_, meant) = both_guesses(member)
            compared = member.compared
            if followed:
                asked = Matched(own, meant)
                compared = replace(compared, matched=asked, led=True, holds_skin=holds_skin)
            result = replace(outcome.result, grade=Grade(CDL.fitted(colours, own)))
            yield job, Outcome(result, StoredPictures(compared=compared.to_bytes()))

    return engine


def both_guesses(member: together.Member) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
    assert member.graded is not None and member.as_meant is not None
    return member.graded(), member.as_meant()


def off(graded: GradedTimeline, share: float) -> float:
    """DE of the grades of the first shots to ``share`` of the guess that undoes faults, else the other."""
    found = []
    for member, clip in zip(led(1.0), graded.clips, strict=False):
        (colours, own), (_, meant) = both_guesses(member)
        assert clip.grade is not None
        made = clip.grade.apply_colours(colours)
        found.append(float(delta_e_rgb(made, torch.lerp(meant, own, share)).mean()))
    return max(found)


def run(
    footage: Path, reference: Path | None = None, engine: Engine = crew, **settings: object
) -> GradedTimeline:
    return grade_timeline(
        footage / "timeline.otio",
        reference,
        output=footage / "out",
        settings=GradeSettings(**({"cdl_only": True} | settings)),  # type: ignore[arg-type]
        engine=engine,
    )


@pytest.fixture
def solves(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many shots each solve had."""
    counted: list[int] = []
    join = together.join

    def counting(shots: Sequence[together.Member], **wishes: object) -> list[together.Joined]:
        counted.append(len(shots))
        return join(shots, **wishes)  # type: ignore[arg-type]

    monkeypatch.setattr(together, "join", counting)
    return counted


def cdls(graded: GradedTimeline) -> list[CDL]:
    return [clip.grade.cdl for clip in graded.clips if clip.grade is not None]


def test_scenes_are_graded_together_and_only_once(footage: Path, solves: list[int]) -> None:
    alone = run(footage, scenes=SceneWishes(consistency=0.0))
    graded = run(footage)
    scenes = [clip.scene for clip in graded.clips]
    assert [each.number for each in scenes[: 2 * TAKES] if each] == [1, 2] * TAKES
    assert all(each is not None and each.matched and each.linked for each in scenes[: 2 * TAKES])
    assert scenes[2 * TAKES :] == [None] * 3  # nothing was kept of them that could be compared
    assert all(one != two for one, two in zip(cdls(alone)[:8], cdls(graded)[:8], strict=True))
    assert cdls(alone)[8:] == cdls(graded)[8:]
    written = json.loads((footage / "out" / "grades.json").read_text())["clips"]
    assert [tuple(clip["cdl"]["slope"]) for clip in written] == [cdl.slope for cdl in cdls(graded)]
    assert written[0]["scene"]["number"] == 1 and "scene" not in written[-1]
    assert solves == [8]
    cut = written[3]["cut"]  # from one place to the other; nothing was kept of the last three
    assert cut["previous"] == written[2]["id"] and cut["after"]["delta_e"] is None
    assert ["cut" in clip for clip in written] == [False] + [True] * 7 + [False] * 3
    assert cdls(run(footage)) == cdls(graded)
    assert solves == [8]


def test_luts_that_scenes_ask_for_are_not_all_in_memory_and_all_are_kept(
    footage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fit = regraded._regraded
    alive: list[weakref.ref[LUT3D]] = []
    most = 0

    def with_lut(call: regraded.Call, context: results.Context) -> ClipResult:
        nonlocal most
        lut = LUT3D(some_lut(len(alive), 5).table)
        alive.append(weakref.ref(lut))
        most = max(most, sum(each() is not None for each in alive))
        found = fit(call, context)
        return replace(found, grade=Grade((found.grade and found.grade.cdl) or CDL(), lut))

    monkeypatch.setattr(regraded, "_regraded", with_lut)
    monkeypatch.setattr(results, "HELD", 2)
    graded = run(footage)
    assert most <= 4 < len(alive), "two that are being stored, and two that come"
    luts = [clip.grade.lut for clip in graded.clips if clip.scene and clip.scene.matched and clip.grade]
    assert [lut and lut.digest for lut in luts] == [
        some_lut(number, 5).digest for number in range(len(alive))
    ]
    assert all(np.array_equal(lut.table, some_lut(at, 5).table) for at, lut in enumerate(luts) if lut)
    assert len(list((footage / "out" / "luts").iterdir())) == len(alive)
    with closing(sqlite3.connect(footage / "out" / FILE_NAME)) as state:
        assert state.execute("SELECT count(*) FROM aside").fetchone() == (0,)


def test_what_is_laid_beside_each_other_is_read_when_it_is_asked_for() -> None:
    kept = {str(number): member.compared.to_bytes() for number, member in enumerate(members())}
    read: list[str] = []

    def reading(job: str) -> bytes:
        read.append(job)
        return kept[job]

    shelf = Shelf(reading)
    shots = [shot for job in kept if (shot := shelf.compared(job)) is not None]
    assert read == list(kept)
    for shot, member in zip(shots, members(), strict=True):
        assert (shot.key, shot.faulty) == (member.compared.key, member.compared.faulty)
        assert [each.picture for each in shot.kept] == [each.picture for each in member.compared.kept]
    assert len(shots[0].kept) and len(read) == 2 * len(kept)


def test_only_the_scene_of_a_changed_clip_is_solved_again(
    footage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    placed: list[object] = []
    place = links._place

    def counting(anchors: Sequence[Anchor], found: Sequence[Link]) -> Solution:
        sizes.append(len(anchors))
        return solve(anchors, found)

    def noting(one: Compared, other: Compared) -> links.Place | None:
        placed.append(one)
        return place(one, other)

    monkeypatch.setattr(together, "solve", counting)
    monkeypatch.setattr(links, "_place", noting)
    run(footage)
    assert sizes == [TAKES, TAKES] and placed
    sizes.clear()
    placed.clear()
    media = footage / "media" / "2.mp4"
    media.write_bytes(media.read_bytes() + b"0")
    again = run(footage)
    assert sizes == [TAKES] and not placed  # its pictures are the same, so that its links are known
    fresh = run(footage, fresh=True)
    assert sizes == [TAKES] * 3
    assert again.clips == fresh.clips


def test_a_look_behind_a_match_to_a_reference_leaves_scenes_together(
    footage: Path, solves: list[int]
) -> None:
    wishes: dict[str, Any] = {"reference": footage / "reference.png", "look": "warm_print"}
    alone = run(footage, **wishes, scenes=SceneWishes(consistency=0.0))
    graded = run(footage, **wishes)
    assert solves == [8]
    scenes = [clip.scene for clip in graded.clips[:8] if clip.scene]
    assert [each.matched for each in scenes] == [False] + [True] * 7  # the first shows the reference itself
    assert scenes[0].hero and cdls(graded)[0] == cdls(alone)[0]
    apart: list[float] = []
    together: list[float] = []
    for one, two in pairwise(range(0, 8, 2)):  # of one place
        clean = torch.cat([shots()[number][0].flatten(1).T[::40] for number in (one, two)])
        spoiled = [detune(clean, shots()[number][1]) for number in (one, two)]
        for found, differences in ((alone, apart), (graded, together)):
            first, second = (
                cdls(found)[number].apply(side) for number, side in zip((one, two), spoiled, strict=True)
            )
            differences.append(float(delta_e_rgb(first, second).mean()))
    assert sum(together) < 0.6 * sum(apart)


@pytest.mark.parametrize("look", [None, "warm_print"])
def test_a_scene_that_is_meant_keeps_its_look_beside_a_reference(footage: Path, look: str | None) -> None:
    wishes: dict[str, Any] = {"reference": footage / "reference.png", "look": look, "engine": beside(0.05)}
    meant = run(footage, **wishes)
    scenes = [clip.scene for clip in meant.clips[:TAKES]]
    assert [each and (each.kept, each.kept_as) for each in scenes] == [(1.0, KeptAs.LOOK)] * TAKES
    corrected = run(footage, **wishes, scenes=SceneWishes(keep_looks=0.0))
    if look is None:
        assert off(meant, 0.0) < 1.0 < 6.0 < off(meant, 1.0)
        assert off(corrected, 1.0) < 1.0 < 6.0 < off(corrected, 0.0)
    else:  # which shows in the balance before the look
        slopes = [sum(cdl.slope) for graded in (meant, corrected) for cdl in cdls(graded)[:TAKES]]
        assert max(slopes[:TAKES]) + 0.5 < min(slopes[TAKES:])
    written = json.loads((footage / "out" / "grades.json").read_text())["clips"]
    assert written[0]["scene"]["kept_as"] is None


def test_a_clip_that_stands_alone_and_is_left_has_no_grade_at_all(footage: Path) -> None:
    groups = tuple((clip.shot.id,) for clip in run(footage).clips)
    for _ in range(2):
        graded = grade_timeline(
            footage / "timeline.otio",
            output=footage / "left",
            settings=GradeSettings(scenes=SceneWishes(groups=groups)),
            engine=beside(0.05, followed=False),
        )
        for clip in graded.clips[:TAKES]:
            assert clip.grade is not None and clip.grade.is_identity
            assert clip.scene is not None and (clip.scene.kept, clip.scene.kept_as) == (1.0, KeptAs.LOOK)
            assert clip.delta_e is not None and clip.delta_e.before < 1e-6
        assert len(list((footage / "left" / "luts").glob("*"))) == 0
        media = footage / "media" / "10.mp4"  # another clip is to be graded again
        media.write_bytes(media.read_bytes() + b"0")


@pytest.mark.parametrize(("keep", "share"), [(1.0, 0.0), (None, 1.0)])
def test_the_look_of_a_show_goes_on_its_scenes(footage: Path, keep: float | None, share: float) -> None:
    """As it is what the show has for right, and no need of a scene that may be small, or a look that is meant."""
    weights = footage / "show.safetensors"
    show = Look(Grade(CDL(slope=WARM)), (0.0,) * len(HEADS))
    save_model(weights, replace(default_model(), look=show))
    asked = SceneWishes(keep_looks=keep)
    graded = run(footage, engine=beside(1.0, followed=False), weights=weights, scenes=asked)
    assert all(clip.scene and clip.scene.matched for clip in graded.clips[:TAKES])
    assert off(graded, share) < 1.0 < 6.0 < off(graded, 1.0 - share)


def test_a_scene_at_fault_takes_what_undoes_it_beside_a_reference(footage: Path) -> None:
    graded = run(footage, footage / "reference.png", beside(0.95))
    assert off(graded, 1.0) < 1.0 and all(
        clip.scene and clip.scene.kept == 0 for clip in graded.clips[:TAKES]
    )


@pytest.mark.parametrize(("holds_skin", "least", "most"), [(False, 4.0, 5.0), (True, 0.0, 1.5)])
def test_a_guess_by_a_reference_without_skin_holds_skin_in_scenes_too(
    footage: Path, holds_skin: bool, least: float, most: float
) -> None:
    engine = beside(0.05, holds_skin=holds_skin)
    graded = run(footage, footage / "reference.png", engine, cdl_only=False)
    turns = [clip.skin.median for clip in graded.clips[:TAKES] if clip.skin]
    assert len(turns) == TAKES and least < min(turns) <= max(turns) < most


def test_why_a_scene_was_left_is_still_said_of_what_is_not_solved_again(footage: Path) -> None:
    wishes: dict[str, Any] = {"reference": footage / "reference.png", "engine": beside(0.05)}
    first = run(footage, **wishes)
    with Store(footage / "out") as store:
        store.decide(
            Decision(first.clips[1].shot.id, Status.REJECTED),
            Decision(first.clips[2].shot.id, Status.REJECTED),
        )
    media = footage / "media" / "10.mp4"
    media.write_bytes(media.read_bytes() + b"0")
    again = run(footage, **wishes)
    assert [clip.scene and clip.scene.kept_as for clip in again.clips[:TAKES]] == [KeptAs.LOOK] * TAKES
    corrected = run(footage, **wishes, scenes=SceneWishes(keep_looks=0.0))
    kept = [clip.scene.kept_as for clip in corrected.clips[:TAKES] if clip.scene]
    assert kept == [None, KeptAs.LOOK, KeptAs.LOOK, None], "a decided clip has the grade that it had"
    (colours, own), _ = both_guesses(led(1.0)[0])
    grade = corrected.clips[0].grade
    assert grade is not None, "and what was rejected does not lead the others"
    assert float(delta_e_rgb(grade.apply_colours(colours), own).mean()) < 1.0


def test_what_people_decided_stays_and_its_scene_follows(footage: Path, solves: list[int]) -> None:
    first = run(footage)
    changed = Grade(CDL(slope=(1.3, 1.0, 0.8)))
    with Store(footage / "out") as store:
        store.decide(
            Decision(first.clips[2].shot.id, Status.APPROVED),
            Decision(first.clips[1].shot.id, Status.CHANGED, changed),
        )
    again = run(footage)
    assert solves == [8]  # a decision alone is no reason to grade others anew
    assert again.clips[2].status is Status.APPROVED and cdls(again)[2] == cdls(first)[2]
    media = footage / "media" / "10.mp4"
    media.write_bytes(media.read_bytes() + b"0")
    moved = run(footage)
    assert solves == [8, 8]
    assert cdls(moved)[2] == cdls(first)[2] and cdls(moved)[1] == changed.cdl
    assert cdls(moved)[3] != cdls(first)[3]  # led by the changed grade of its scene
    assert [clip.status for clip in moved.clips[1:3]] == [Status.CHANGED, Status.APPROVED]


def test_a_hero_is_named_and_scenes_are_given(footage: Path) -> None:
    names = [clip.shot.name for clip in run(footage).clips]
    graded = run(footage, scenes=SceneWishes(heroes=(names[4],)))
    hero = graded.clips[4]
    assert hero.scene is not None and hero.scene.hero and not hero.scene.matched
    ids = [clip.shot.id for clip in graded.clips]
    given = run(footage, scenes=SceneWishes(groups=((ids[0], ids[2]), (ids[4], ids[6]))))
    numbers = [clip.scene.number for clip in given.clips if clip.scene is not None]
    assert numbers[0] == numbers[2] == 1 and numbers[4] == numbers[6] == 2
    assert len(set(numbers)) == 6
    mixed = run(footage, scenes=SceneWishes(groups=((ids[0], ids[2], ids[1]),)))
    told = [any("shows nothing that another" in text for text in clip.warnings) for clip in mixed.clips]
    assert told == [False, True] + [False] * 9  # the second is of another place than the first and the third
    with pytest.raises(InputError, match="hero"):
        run(footage, scenes=SceneWishes(heroes=("nobody",)))
    with pytest.raises(InputError, match="not in the timeline"):
        run(footage, scenes=SceneWishes(groups=(("0000",),)))
    with pytest.raises(InputError, match="consistency"):
        SceneWishes(consistency=1.5)


@pytest.mark.parametrize("text", ["{", "[]", '{"scenes": [{"shots": [{"name": "a"}]}]}', '{"scenes": 3}'])
def test_a_file_of_scenes_that_is_none_is_one_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "scenes.json"
    path.write_text(text)
    with pytest.raises(InputError, match="not a file of scenes"):
        read_groups(path)
    path.write_text('{"scenes": [{"shots": [{"id": "a"}]}, {"shots": [{"id": "a"}]}]}')
    with pytest.raises(InputError, match="two scenes"):
        read_groups(path)


def test_scenes_are_written_edited_and_read(footage: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = footage / "scenes.json"
    assert main(["scenes", str(footage / "timeline.otio"), "-o", str(path), "--json"]) == 0
    capsys.readouterr()
    assert sum(len(group) for group in read_groups(path)) == 11
    document = json.loads(path.read_text())
    document["scenes"][0]["shots"].append({"id": "none"})
    path.write_text(json.dumps(document))
    options = ["grade", str(footage / "timeline.otio"), "--scenes", str(footage / "missing.json")]
    assert main(options) == EXIT_BAD_INPUT
    assert "cannot read the scenes" in capsys.readouterr().err
