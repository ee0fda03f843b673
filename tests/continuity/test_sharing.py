"""One LUT for the clips of a scene, or of all: near to a LUT each, in every file, and around what people decided."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import PyOpenColorIO as ocio
import pytest
import torch
from skimage import color
from torch import Tensor

from lutnet.cli.main import EXIT_BAD_INPUT, main
from lutnet.colourspace import ColourSettings, colour_management
from lutnet.continuity.compared import Matched
from lutnet.continuity.shared_lut import Sharer, balancing, cost_of_sharing, share_lut
from lutnet.continuity.sharing import Sharing, with_shared_luts
from lutnet.continuity.wishes import SceneWishes
from lutnet.export.reader import read_package
from lutnet.grade import CDL, Diagnosis, Grade
from lutnet.job import Job, Outcome, Recipe
from lutnet.ops.detune import detune, undo
from lutnet.ops.difference import delta_e_rgb
from lutnet.ops.folds import is_folded
from lutnet.pipeline import GradedTimeline, grade_timeline
from lutnet.plain import Json
from lutnet.refinement.split import split_transform
from lutnet.result import Basis, ClipResult, DeltaE, LutPer, Status
from lutnet.review.refresh import refresh_package
from lutnet.settings import GradeSettings
from lutnet.store import Decision, Store, StoredPictures
from tests.continuity.test_together import PLACES, TAKES, members, shots
from tests.export.examples import some_lut, some_result

VIEW = colour_management(ColourSettings()).view
LOOK = some_lut(3)
"""What all shots are to look like, beyond being right: no CDL can do it."""


def looked(colours: Tensor) -> Tensor:
    return LOOK.apply(colours)


def right_and_looked(amounts: Tensor, colours: Tensor) -> Tensor:
    return looked(undo(colours, amounts))


@cache
def sharers() -> tuple[Sharer, ...]:
    """Shots of two places, each spoiled by its own fault; its own grade is right, and half of its fault is known."""
    found = []
    for (_, amounts), member in zip(shots(), members(), strict=True):
        assert member.graded is not None
        colours, diagnosed = member.graded()
        grade = split_transform(partial(right_and_looked, amounts), colours)
        found.append(Sharer(colours, grade, balancing(colours, diagnosed, VIEW)))
    return tuple(found)


@cache
def shared() -> tuple[Grade, ...]:
    lut, cdls = share_lut(sharers(), VIEW)
    return tuple(Grade(cdl, lut) for cdl in cdls)


def test_one_lut_comes_near_to_a_lut_each() -> None:
    alone = [cost_of_sharing(each, Grade(each.grade.cdl), VIEW).mean() for each in sharers()]
    costs = [cost_of_sharing(*pair, VIEW).mean() for pair in zip(sharers(), shared(), strict=True)]
    assert all(each.grade.lut is not None for each in sharers())
    assert float(torch.stack(costs).max()) < 0.6 < float(torch.stack(alone).mean())
    assert not is_folded(torch.from_numpy(shared()[0].lut.table.copy()).double())  # type: ignore[union-attr]


def test_the_cdls_balance_and_the_lut_is_the_look() -> None:
    """On clean colours: spoiled by each shot's fault, its CDL makes them alike, and the LUT gives them the look."""
    for place in range(len(PLACES)):
        numbers = range(place, len(shots()), len(PLACES))
        clean = torch.cat([shots()[number][0].flatten(1).T[::100] for number in numbers])
        before = [detune(clean, shots()[number][1]) for number in numbers]
        after = [shared()[number].cdl.apply(each) for number, each in zip(numbers, before, strict=True)]
        assert spread(after) < 0.3 * spread(before)
        lut = shared()[0].lut
        assert lut is not None
        off = float(delta_e_rgb(lut.apply(clean), looked(clean)).mean())
        assert off < 0.5 * float(delta_e_rgb(clean, looked(clean)).mean())


def spread(states: Sequence[Tensor]) -> float:
    mean = torch.stack(list(states)).mean(0)
    return float(torch.stack([delta_e_rgb(each, mean).mean() for each in states]).mean())


def test_a_lut_that_is_there_already_stays_and_shots_are_fitted_to_it() -> None:
    lut, cdls = share_lut(sharers()[:2], VIEW, fixed=shared()[0].lut)
    assert lut is shared()[0].lut
    for sharer, cdl in zip(sharers(), cdls, strict=False):
        assert float(cost_of_sharing(sharer, Grade(cdl, lut), VIEW).mean()) < 0.8


def test_a_shared_lut_is_measured_on_the_pixels_that_the_own_grade_was_measured_on() -> None:
    """Not where the own grade was not measured, nor where no pixels were kept. By scikit-image's DE2000, linear sRGB
    decoding being that of both."""
    kept, results, pairs = {}, [], []
    for number, (member, (_, amounts)) in enumerate(zip(members()[:6:2], shots()[:6:2], strict=True)):
        source = member.compared.colours(512)
        pairs.append((source, looked(undo(source, amounts))))
        beside = Matched(source, source, 900, source, pairs[-1][1]) if number != 1 else None
        kept[f"{number}"] = StoredPictures(compared=replace(member.compared, matched=beside).to_bytes())
        result = some_result(number, sharers()[2 * number].grade)
        result = replace(result, shot=replace(result.shot, id=f"{number}"))
        guessed = DeltaE(8.0, 3.0, 1.0, Basis.PREDICTED)
        results.append(replace(result, delta_e=guessed) if number == 2 else result)
    sharing = Sharing(LutPer.TIMELINE, lambda result: kept[result.shot.id], Recipe(), VIEW)
    found = with_shared_luts(results, sharing, {})
    told = [each.delta_e for each in found if each.delta_e is not None and each.shared is not None]
    assert [each.basis for each in told] == [Basis.ALIGNED, Basis.PREDICTED, Basis.PREDICTED]
    grade = found[0].grade
    assert grade is not None and told[0].pixels == 4321  # as many as were found
    source, target = pairs[0]
    stages = (source, grade.cdl.apply(source), grade.apply_colours(source))
    for stage, value in zip(stages, (told[0].before, told[0].cdl, told[0].cdl_lut), strict=True):
        labs = (color.rgb2lab(each.double().numpy()) for each in (stage, target))
        assert value == pytest.approx(float(color.deltaE_ciede2000(*labs).mean()), abs=0.05)


def crew(recipe: Recipe, jobs: Sequence[Job]) -> Iterator[tuple[Job, Outcome]]:
    """Grades the timeline's first shots as if their media were the shots of two pictures."""
    for job in jobs:
        number = int(Path(job.shot.media or "0").stem)
        if number < 2 * TAKES:
            member, grade = members()[number], sharers()[number].grade
            pictures = StoredPictures(compared=member.compared.to_bytes())
        else:
            grade, pictures = Grade(CDL(slope=(1.0 + number / 50, 1.0, 1.0))), StoredPictures()
        result = replace(some_result(grade=grade), shot=job.shot)
        found = None if result.diagnosis is None else Diagnosis(result.diagnosis.corrections, None, grade)
        yield job, Outcome(replace(result, diagnosis=found), pictures)


def run(footage: Path, lut_per: LutPer, **settings: object) -> GradedTimeline:
    return grade_timeline(
        footage / "timeline.otio",
        output=footage / "out",
        settings=GradeSettings(scenes=SceneWishes(lut_per=lut_per), **settings),  # type: ignore[arg-type]
        engine=crew,
    )


@pytest.fixture(scope="module")
def by_scene(small_footage: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, GradedTimeline]:
    """A film that was graded with a LUT per scene, which nobody may touch."""
    film = shutil.copytree(small_footage, tmp_path_factory.mktemp("shared") / "film")
    return film, run(film, LutPer.SCENE, carriers=("clf", "cube"), verify=True)


def written(footage: Path) -> list[Json]:
    clips: list[Json] = json.loads((footage / "out" / "grades.json").read_text())["clips"]
    return clips


def luts(footage: Path) -> list[str | None]:
    return [clip["lut"] and clip["lut"]["path"] for clip in written(footage)]


def digests(clips: Sequence[ClipResult]) -> list[str | None]:
    return [clip.grade.lut.digest if clip.grade and clip.grade.lut else None for clip in clips]


def test_a_scene_has_one_file_and_every_program_reads_the_grade(
    by_scene: tuple[Path, GradedTimeline],
) -> None:
    footage, graded = by_scene
    names = luts(footage)
    assert len(set(names[:8:2])) == len(set(names[1:8:2])) == 1 and names[0] != names[1]
    assert str(names[0]).startswith("luts/scene_01_") and str(names[1]).startswith("luts/scene_02_")
    assert names[8:] == [None] * 3  # nothing was kept of them, and none needs a LUT
    assert {path.name for path in (footage / "out" / "luts").iterdir()} == {
        Path(name).name for name in names if name
    }
    first = written(footage)[0]["shared_lut"]
    assert first["scene"] == 1 and first["used"] and 0.0 < first["cost"] < first["cost_95"] < 6.0
    assert json.loads((footage / "out" / "grades.json").read_text())["lut_per"] == "scene"
    package = read_package(footage / "out")
    assert package.settings.lut_per is LutPer.SCENE
    clip, grade = package.clips[0], graded.clips[0].grade
    assert clip.cdl is not None and grade is not None
    colours = members()[0].compared.colours(512)
    ours = grade.apply_colours(colours).numpy()
    group = ocio.GroupTransform()
    cdl = ocio.CDLTransform()
    cdl.setStyle(ocio.CDL_ASC)
    cdl.setSlope(clip.cdl.slope)
    cdl.setOffset(clip.cdl.offset)
    cdl.setPower(clip.cdl.power)
    cdl.setSat(clip.cdl.saturation)
    group.appendTransform(cdl)
    path = str(footage / "out" / str(names[0]))
    group.appendTransform(ocio.FileTransform(path, interpolation=ocio.INTERP_TETRAHEDRAL))
    theirs = colours.numpy().copy()
    ocio.Config.CreateRaw().getProcessor(group).getDefaultCPUProcessor().applyRGB(theirs)
    assert abs(ours - theirs).max() < 1e-4


def test_the_timeline_has_one_file_that_is_its_own(footage: Path) -> None:
    run(footage, LutPer.TIMELINE)
    names = luts(footage)
    assert len(set(names[:8])) == 1 and str(names[0]).startswith("luts/timeline_")
    again = run(footage, LutPer.CLIP).clips
    assert again[0].shared is None and len(set(digests(again)[:8])) == 8
    assert len(set(luts(footage)[:8])) == 8 and "shared_lut" not in written(footage)[0]


def test_a_changed_cdl_keeps_the_shared_lut_and_others_leave_it(
    by_scene: tuple[Path, GradedTimeline], tmp_path: Path
) -> None:
    footage, first = shutil.copytree(by_scene[0], tmp_path / "film"), by_scene[1]
    shots_of = [clip.shot.id for clip in first.clips]
    grade = first.clips[0].grade
    assert grade is not None and grade.lut is not None
    warmer = replace(grade, cdl=replace(grade.cdl, slope=(1.2, 1.0, 0.9)))
    with Store(footage / "out") as store:
        store.decide(
            Decision(shots_of[0], Status.CHANGED, warmer),
            Decision(shots_of[1], Status.CHANGED, Grade(warmer.cdl, some_lut(8))),
            Decision(shots_of[2], Status.REJECTED),
        )
    before = luts(footage)
    assert refresh_package(footage / "out") == 3
    after = luts(footage)
    assert after[0] == before[0] and written(footage)[0]["cdl"]["slope"] == [1.2, 1.0, 0.9]
    assert after[1] != before[1] and "scene" not in str(after[1])  # a LUT of its own now
    assert after[2] is None and after[3:] == before[3:]
    used = [clip["shared_lut"]["used"] for clip in written(footage)[:4]]
    assert used == [True, False, False, True]


def test_a_lut_that_was_approved_stays_and_new_clips_are_fitted_to_it(footage: Path) -> None:
    first = run(footage, LutPer.SCENE)
    with Store(footage / "out") as store:
        store.decide(Decision(first.clips[0].shot.id, Status.APPROVED))
    media = footage / "media" / "10.mp4"  # another clip is another film: scenes are solved anew
    media.write_bytes(media.read_bytes() + b"0")
    again = run(footage, LutPer.SCENE)
    assert digests(again.clips)[:8:2] == digests(first.clips)[:8:2]
    assert luts(footage)[0] == luts(footage)[2]
    assert again.clips[0].grade == first.clips[0].grade or again.clips[0].status is Status.APPROVED


@pytest.mark.parametrize("option", ["--bake", "--cdl-only"])
def test_what_cannot_be_shared_is_refused(
    footage: Path, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["grade", str(footage / "timeline.otio"), "--lut-per", "scene", option]
    assert main(command) == EXIT_BAD_INPUT
    assert "cannot share a LUT" in capsys.readouterr().err
