"""Worker processes: whatever a decoder does, it costs its own shot; results do not depend on who did them."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from lutnet.engine.local import Crew, Limits, processes
from lutnet.errors import InputError, LutnetError
from lutnet.job import Engine, Job, Outcome, Recipe
from lutnet.reference import ReferenceSource
from lutnet.result import Status
from tests.export.examples import some_shot

FAULTY = "tests.engine.faulty_worker"
LIMITS = Limits(workers=2, seconds=20.0, memory=2**28)


def jobs(*media: str) -> list[Job]:
    shots = [some_shot(number, media=name) for number, name in enumerate(media)]
    return [
        Job(replace(shot, warnings=("of the shot",)), f"job {number}") for number, shot in enumerate(shots)
    ]


def outcomes(engine: Engine, todo: list[Job]) -> dict[str, Outcome]:
    return {Path(job.shot.media or "").stem: outcome for job, outcome in engine(Recipe(), todo)}


def children() -> list[int]:
    """Of this process and this test: an earlier test's browser is none of its business."""
    tasks = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return [int(pid) for task in tasks for pid in task.read_text().split() if int(pid) not in OTHERS]


OTHERS: set[int] = set()


@pytest.fixture(autouse=True)
def _others() -> None:
    OTHERS.clear()
    OTHERS.update(children())


def test_a_decoder_that_fails_takes_down_its_shot_and_no_other(tmp_path: Path) -> None:
    names = ["hang", "good", "exit", "eat", "crash", "gone", "bug", "once", "fine"]
    done = outcomes(processes(LIMITS, FAULTY), jobs(*(str(tmp_path / f"{name}.mov") for name in names)))
    assert sorted(done) == sorted(names)
    reasons = {
        name: outcome.result.warnings[0]
        for name, outcome in done.items()
        if outcome.result.status is Status.SKIPPED
    }
    assert reasons.keys() == {"hang", "exit", "eat", "crash", "gone", "bug"}
    assert "more than 20 seconds" in reasons["hang"]
    assert "ended (7)" in reasons["exit"]
    assert "0.2 GB of memory" in reasons["eat"]
    assert "SIGSEGV" in reasons["crash"]
    assert "not found" in reasons["gone"]
    assert "ZeroDivisionError" in reasons["bug"]
    good = done["good"]
    assert good.result.warnings == ("graded",) and good.pictures.before and good.pictures.after
    assert good.result.shot == jobs("x", str(tmp_path / "good.mov"))[1].shot
    assert not children(), "workers are left behind"


def test_stopping_in_the_middle_ends_the_workers(tmp_path: Path) -> None:
    todo = jobs(str(tmp_path / "good.mov"), *(str(tmp_path / "hang.mov") for _ in range(3)))
    work: Iterator[tuple[Job, Outcome]] = processes(LIMITS, FAULTY)(Recipe(), todo)
    with closing(work):  # type: ignore[type-var]
        job, _ = next(work)
        assert job is todo[0]
        assert children()
    assert not children()


def test_a_worker_that_was_killed_costs_nothing(tmp_path: Path) -> None:
    todo = jobs(*(str(tmp_path / f"good{number}.mov") for number in range(3)))
    work = processes(replace(LIMITS, workers=1), FAULTY)(Recipe(), todo)
    found = [next(work)]
    for pid in children():
        os.kill(pid, signal.SIGKILL)
    found.extend(work)
    assert {job.hash for job, _ in found} == {job.hash for job in todo}
    assert {outcome.result.status for _, outcome in found} == {Status.PROPOSED}


def test_a_worker_that_was_killed_before_it_was_ready_costs_nothing(tmp_path: Path) -> None:
    with Crew(Recipe(), LIMITS, FAULTY, 1) as crew:
        os.kill(children()[0], signal.SIGKILL)
        ((_, first),) = crew.done(jobs(str(tmp_path / "good.mov")))
        (again, second), (_, third) = crew.done(
            jobs(*(str(tmp_path / name) for name in ("fine.mov", "bug.mov")))
        )
        assert Path(again.shot.media or "").stem == "fine"
        statuses = [outcome.result.status for outcome in (first, second, third)]
    assert statuses == [Status.PROPOSED, Status.PROPOSED, Status.SKIPPED]
    assert not children()


def test_a_worker_ends_with_its_parent(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    parent = os.fork()
    if parent == 0:
        work = processes(replace(LIMITS, workers=1), FAULTY)(Recipe(), jobs("good.mov", "hang.mov"))
        next(work)
        os.write(writer, f"{children()[0]}\n".encode())
        time.sleep(3600)
    worker = int(os.read(reader, 100))
    os.kill(parent, signal.SIGKILL)
    os.waitpid(parent, 0)
    deadline = time.monotonic() + 30
    while Path(f"/proc/{worker}/stat").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not Path(f"/proc/{worker}/stat").exists()


def test_a_recipe_that_cannot_be_followed_is_an_error(tmp_path: Path) -> None:
    recipe = Recipe(ReferenceSource("gone.png", (tmp_path / "gone.png",)))
    with pytest.raises(InputError, match=r"gone\.png"):
        list(processes(LIMITS)(recipe, jobs("a.mov")))


def test_a_worker_that_cannot_start_is_an_error() -> None:
    with pytest.raises(LutnetError, match=r"could not be started.*no_such_worker"):
        list(processes(LIMITS, "tests.engine.no_such_worker")(Recipe(), jobs("a.mov")))


@pytest.mark.parametrize("wrong", [{"workers": 0}, {"seconds": 0}, {"memory": 1}])
def test_limits_are_checked(wrong: dict[str, int]) -> None:
    with pytest.raises(InputError):
        Limits(**wrong)
