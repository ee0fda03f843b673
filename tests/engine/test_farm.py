"""Plan, do the jobs anywhere, collect: the same package as ``grade`` makes, and nothing strange is believed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lutnet.cli.main import EXIT_BAD_INPUT, main
from lutnet.continuity.wishes import SceneWishes
from lutnet.demo.scenes import SHOTS
from lutnet.engine.farm import PLAN, RESULTS, chosen, collected, read_plan, run_jobs, write_plan
from lutnet.errors import InputError
from lutnet.pipeline import carry_out, grade_timeline, in_this_process, plan_of
from lutnet.result import LutPer
from lutnet.settings import GradeSettings
from lutnet.timeline import read_timeline

SETTINGS = GradeSettings(frames=1)


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and "sqlite" not in path.name)
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.fixture
def farm(footage: Path) -> Path:
    plan = plan_of(read_timeline(footage / "timeline.otio"), footage / "reference.png", SETTINGS)
    write_plan(plan, footage / "farm")
    return footage / "farm"


def test_a_farm_makes_the_package_that_grade_makes(footage: Path, farm: Path) -> None:
    plan = read_plan(farm)
    shots = [job.shot for job in plan.jobs]
    assert shots == list(read_timeline(footage / "timeline.otio").shots)
    names = (farm / "jobs.txt").read_text().split()
    with pytest.raises(InputError, match="11 of 11 jobs have no result"):
        carry_out(plan, engine=collected(farm))
    assert not plan.folder.exists()
    for ids in (names[:2], ["2-4"], ["5-11"]):
        list(run_jobs(farm, plan, chosen(plan, ids), in_this_process))
    assert not list(run_jobs(farm, plan, chosen(plan, ["1-11"]), in_this_process)), "done is done"
    carry_out(plan, engine=collected(farm))
    local = footage / "local.lutnet"
    grade_timeline(footage / "timeline.otio", footage / "reference.png", local, SETTINGS)
    assert contents(plan.folder) == contents(local)
    assert {path.suffix for path in (farm / RESULTS).iterdir()} == {".safetensors"}


def test_what_was_asked_for_scenes_is_still_asked_for_when_a_plan_is_collected(footage: Path) -> None:
    wishes = SceneWishes(0.5, (SHOTS[0].name,), (("a", "b"), ("c",)), lut_per=LutPer.SCENE, keep_looks=0.0)
    settings = GradeSettings(frames=1, scenes=wishes)
    write_plan(plan_of(read_timeline(footage / "timeline.otio"), None, settings), footage / "farm")
    assert read_plan(footage / "farm").settings.scenes == wishes


def test_clips_cannot_be_cut_by_a_plan(footage: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["plan", str(footage / "timeline.otio"), "-o", str(footage / "farm"), "--split"]
    assert main(words) == EXIT_BAD_INPUT
    assert "--split" in capsys.readouterr().err and not (footage / "farm").exists()


def test_what_is_there_can_be_collected_early(farm: Path) -> None:
    plan = read_plan(farm)
    list(run_jobs(farm, plan, chosen(plan, ["3"]), in_this_process))
    graded = carry_out(plan, engine=collected(farm, partly=True))
    assert [clip.status.value for clip in graded.clips].count("proposed") == 1
    assert "no result yet" in graded.skipped[0].warnings[0]


def test_a_result_that_was_cut_off_is_done_again(farm: Path) -> None:
    plan = read_plan(farm)
    (job,) = chosen(plan, ["1"])
    list(run_jobs(farm, plan, [job], in_this_process))
    (result,) = (farm / RESULTS).iterdir()
    whole = result.read_bytes()
    result.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="Run the job again"):
        list(collected(farm)(plan.recipe, [job]))
    list(run_jobs(farm, plan, [job], in_this_process))
    assert result.read_bytes() == whole


def another_maker(plain: dict[str, Any]) -> None:
    plain["maker"] = "0" * 64


def path_as_hash(plain: dict[str, Any]) -> None:
    plain["jobs"][0]["hash"] = "../../etc/passwd"


def no_jobs(plain: dict[str, Any]) -> None:
    del plain["jobs"]


def future(plain: dict[str, Any]) -> None:
    plain["version"] = 99


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (another_maker, "another release"),
        (path_as_hash, "not a plan"),
        (no_jobs, "not a plan"),
        (future, "not a plan"),
    ],
)
def test_a_strange_plan_is_one_clear_error(
    farm: Path, spoil: Callable[[dict[str, Any]], None], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = json.loads((farm / PLAN).read_text())
    spoil(plain)
    (farm / PLAN).write_text(json.dumps(plain))
    for command in (["run-job", str(farm), "1"], ["collect", str(farm)]):
        assert main(command) == EXIT_BAD_INPUT
        assert message in capsys.readouterr().err


@pytest.mark.parametrize("name", ["nobody", "0", "12", "99-100", "-1", "1-"])
def test_an_unknown_job_is_refused(farm: Path, name: str) -> None:
    with pytest.raises(InputError, match="no job of the plan"):
        chosen(read_plan(farm), [name])


def test_commands_say_what_to_do_next(footage: Path, capsys: pytest.CaptureFixture[str]) -> None:
    farm = footage / "farm"
    assert main(["plan", str(footage / "timeline.otio"), "-o", str(farm), "--frames", "1"]) == 0
    printed = capsys.readouterr().out
    assert f"lutnet run-job {farm} 1-11" in printed and f"lutnet collect {farm}" in printed
    assert main(["run-job", str(farm), "1-11", "--workers", "0"]) == 0
    assert capsys.readouterr().out.count("done") == 11
    assert main(["collect", str(farm)]) == 0
    assert "11 of 11 clips graded" in capsys.readouterr().out
    assert (footage / "timeline.lutnet" / "grades.json").exists()
