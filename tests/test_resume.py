"""A run does what no run has done before it, and nothing that is finished or decided is lost."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from lutnet.errors import MediaError, OutputError
from lutnet.export.folder import NEW
from lutnet.frames import read_shot
from lutnet.grade import Grade
from lutnet.job import Job, Outcome, Recipe
from lutnet.pipeline import GradedTimeline, grade_timeline
from lutnet.result import ClipResult, Status
from lutnet.settings import GradeSettings
from lutnet.store import FILE_NAME, Decision, Store
from lutnet.store.rows import Fetch, result_from_row
from tests.export.examples import some_cdl, some_grade, some_lut, some_result

CLIPS = 11


class Crew:
    """An engine with made-up outcomes that remembers what it was given, and may be stopped."""

    def __init__(self, stop_after: int = 10**9, then: BaseException | None = None, seed: int = 0) -> None:
        self.given: list[str] = []
        self._stop_after = stop_after
        self._then = then or KeyboardInterrupt()
        self._seed = seed

    def __call__(self, recipe: Recipe, jobs: Sequence[Job]) -> Iterator[tuple[Job, Outcome]]:
        for job in jobs:
            if len(self.given) >= self._stop_after:
                raise self._then
            self.given.append(job.shot.name)
            number = int(job.shot.id[:4], 16) + self._seed
            grade = Grade(some_cdl(number), some_lut(number, 5))
            yield job, Outcome(replace(some_result(grade=grade), shot=job.shot))


def run(footage: Path, crew: Crew, output: str = "out", **settings: object) -> GradedTimeline:
    return grade_timeline(
        footage / "timeline.otio",
        footage / "reference.png",
        footage / output,
        GradeSettings(**settings),  # type: ignore[arg-type]
        engine=crew,
    )


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and FILE_NAME not in path.name)
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def times(folder: Path) -> dict[str, int]:
    return {name: (folder / name).stat().st_ino for name in contents(folder)}


def touch(path: Path) -> None:
    path.write_bytes(path.read_bytes())
    os.utime(path, ns=(1, 1))


def test_a_second_run_does_nothing(footage: Path) -> None:
    first, second = Crew(), Crew()
    graded = run(footage, first)
    before = times(footage / "out")
    again = run(footage, second)
    assert (len(first.given), second.given) == (CLIPS, [])
    assert times(footage / "out") == before
    assert [clip.shot for clip in again.clips] == [clip.shot for clip in graded.clips]


def test_a_run_that_changes_nothing_reads_every_result_once_and_no_pictures(
    footage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    graded = run(footage, Crew())
    read: list[str] = []

    def counted(text: str, *luts: Fetch) -> ClipResult:
        result = result_from_row(text, *luts)
        read.append(result.shot.id)
        return result

    monkeypatch.setattr("lutnet.store.state.result_from_row", counted)
    monkeypatch.setattr(Store, "pictures_of", lambda *_: pytest.fail("a picture was read"))
    heard: list[str] = []
    again = grade_timeline(
        footage / "timeline.otio",
        footage / "reference.png",
        footage / "out",
        on_clip=lambda clip, *_: heard.append(clip.shot.id),
        engine=Crew(),
    )
    assert sorted(read) == sorted(clip.shot.id for clip in graded.clips)
    assert heard == [clip.shot.id for clip in graded.clips]
    assert [clip.shot for clip in again.clips] == [clip.shot for clip in graded.clips]


def test_a_run_that_was_stopped_before_its_package_is_no_reason_to_leave_the_old_one(
    footage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(footage, Crew())
    with monkeypatch.context() as stopped:
        stopped.setattr(
            "lutnet.delivery.write_package", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt)
        )
        with pytest.raises(KeyboardInterrupt):
            run(footage, Crew(seed=1), strength=0.5)
    graded = run(footage, Crew())
    with Store(footage / "out") as store:
        stored = [clip.grade and clip.grade.cdl for clip in store.results()]
    assert stored == [clip.grade and clip.grade.cdl for clip in graded.clips]
    run(footage, Crew(), output="undisturbed")
    assert contents(footage / "out") == contents(footage / "undisturbed")


def test_only_what_changed_is_done_again(footage: Path) -> None:
    run(footage, Crew())
    touch(footage / "media" / "4.mp4")
    second = Crew()
    graded = run(footage, second)
    assert second.given == [graded.clips[4].shot.name]
    touch(footage / "reference.png")
    third = Crew()
    run(footage, third)
    assert len(third.given) == CLIPS


def test_other_settings_of_the_package_alone_compute_nothing(footage: Path) -> None:
    run(footage, Crew())
    before = contents(footage / "out")
    second = Crew()
    run(footage, second, carriers=("ccc",))
    assert second.given == []
    assert contents(footage / "out").keys() - before.keys() == {"carriers/ccc/timeline.ccc"}


def test_a_file_that_was_touched_is_put_right(footage: Path) -> None:
    run(footage, Crew())
    before = contents(footage / "out")
    touch(next((footage / "out" / "luts").iterdir()))
    next((footage / "out" / "cdl").iterdir()).unlink()
    (footage / "out" / NEW).mkdir()
    second = Crew()
    run(footage, second)
    assert second.given == [] and contents(footage / "out") == before
    assert not (footage / "out" / NEW).exists()


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), SystemExit(1), OutputError("disk full")])
def test_a_run_that_was_stopped_goes_on(footage: Path, stop: BaseException) -> None:
    first = Crew(stop_after=3, then=stop)
    with pytest.raises(type(stop)):
        run(footage, first)
    assert {path.name for path in (footage / "out").iterdir()} == {FILE_NAME}
    second = Crew()
    run(footage, second)
    assert len(first.given) == 3 and len(second.given) == CLIPS - 3
    assert not set(first.given) & set(second.given)
    run(footage, Crew(), output="undisturbed")
    assert contents(footage / "out") == contents(footage / "undisturbed")


def test_a_run_that_finished_nothing_leaves_nothing(footage: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(footage, Crew(stop_after=0))
    assert not (footage / "out").exists()


def test_fresh_computes_everything_and_keeps_decisions(footage: Path) -> None:
    graded = run(footage, Crew())
    with Store(footage / "out") as store:
        store.decide(Decision(graded.clips[0].shot.id, Status.APPROVED, note="mine"))
        store.decide(Decision(graded.clips[1].shot.id, Status.CHANGED, some_grade(77)))
    second = Crew()
    again = run(footage, second, fresh=True)
    assert len(second.given) == CLIPS
    assert [clip.status for clip in again.clips[:3]] == [Status.APPROVED, Status.CHANGED, Status.PROPOSED]
    with Store(footage / "out") as store:
        assert store.decisions()[graded.clips[0].shot.id].note == "mine"


def test_a_decision_is_in_the_package_after_the_next_run(footage: Path) -> None:
    graded = run(footage, Crew())
    with Store(footage / "out") as store:
        store.decide(Decision(graded.clips[0].shot.id, Status.REJECTED))
    second = Crew()
    again = run(footage, second)
    assert second.given == [] and again.clips[0].status is Status.REJECTED
    assert b'"rejected"' in contents(footage / "out")["grades.json"]


def test_skipped_shots_are_tried_again(footage: Path) -> None:
    class Failing(Crew):
        def __call__(self, recipe: Recipe, jobs: Sequence[Job]) -> Iterator[tuple[Job, Outcome]]:
            for number, (job, outcome) in enumerate(super().__call__(recipe, jobs)):
                yield job, outcome if number else Outcome.skipped(job.shot, "the decoder crashed")

    graded = run(footage, Failing())
    assert [clip.warnings for clip in graded.skipped] == [("the decoder crashed",)]
    second = Crew()
    assert not run(footage, second).skipped
    assert second.given == [graded.skipped[0].shot.name]


def test_media_that_goes_away_during_the_run_costs_its_shots(footage: Path) -> None:
    class Removing(Crew):
        def __call__(self, recipe: Recipe, jobs: Sequence[Job]) -> Iterator[tuple[Job, Outcome]]:
            for number, (job, outcome) in enumerate(super().__call__(recipe, jobs)):
                found = outcome
                try:
                    read_shot(job.shot, count=1)
                except MediaError as error:
                    found = Outcome.skipped(job.shot, str(error))
                yield job, found
                if number == 5:
                    for path in (footage / "media").iterdir():
                        path.unlink()

    graded = run(footage, Removing())
    assert len(graded.clips) - len(graded.skipped) == 6
    assert all("not found" in clip.warnings[0] for clip in graded.skipped)


@contextmanager
def full_disk() -> Iterator[None]:
    """No file may grow beyond 40 kB, as on a disk without room."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_a_full_disk_is_one_error_and_the_next_run_goes_on(footage: Path) -> None:
    with full_disk(), pytest.raises(OutputError, match=r"full|I/O|cannot write"):
        run(footage, Crew())
    assert not (footage / "out" / "grades.json").exists()
    second = Crew()
    run(footage, second)
    run(footage, Crew(), output="undisturbed")
    assert contents(footage / "out") == contents(footage / "undisturbed")


def test_shots_that_find_no_room_are_kept_once_there_is_some(footage: Path) -> None:
    with ExitStack() as until_there_is_room:

        class Filling(Crew):
            def __call__(self, recipe: Recipe, jobs: Sequence[Job]) -> Iterator[tuple[Job, Outcome]]:
                for number, done in enumerate(super().__call__(recipe, jobs), start=1):
                    if number == 3:
                        until_there_is_room.enter_context(full_disk())
                    if number == 8:
                        until_there_is_room.close()
                    yield done

        run(footage, Filling())
    run(footage, Crew(), output="undisturbed")
    assert contents(footage / "out") == contents(footage / "undisturbed")


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    """``folder`` as a file system of its own, of ``size``."""
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if os.geteuid() != 0 or shutil.which("mount") is None or subprocess.run(words, check=False).returncode:
        pytest.skip("a file system can only be mounted by root, and not everywhere")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_on_a_disk_that_fills_up_the_rest_is_computed_and_the_next_run_does_only_what_is_missing(
    footage: Path,
) -> None:
    with small_disk(footage / "disk", "12m"):
        ballast = footage / "disk" / "ballast"

        class Filling(Crew):
            def __call__(self, recipe: Recipe, jobs: Sequence[Job]) -> Iterator[tuple[Job, Outcome]]:
                for number, done in enumerate(super().__call__(recipe, jobs), start=1):
                    if number == 5:
                        with suppress(OSError), ballast.open("wb", buffering=0) as file:
                            while True:
                                file.write(bytes(4096))
                    yield done

        first = Filling()
        with pytest.raises(OutputError, match="full; computed, but not kept: ") as stopped:
            run(footage, first, output="disk/out")
        assert len(first.given) == CLIPS
        assert not (footage / "disk" / "out" / "grades.json").exists()
        ballast.unlink()
        second = Crew()
        run(footage, second, output="disk/out")
        assert 0 < len(second.given) <= CLIPS - 4
        assert all(name in str(stopped.value) for name in second.given)
        run(footage, Crew(), output="disk/undisturbed")
        assert contents(footage / "disk" / "out") == contents(footage / "disk" / "undisturbed")


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Nobody may write into ``folder``; root, who always may, becomes nobody, who may look into it."""
    user = os.geteuid()
    folder.chmod(0o555)
    if user == 0:
        for parent in folder.parents[:4]:  # pytest's own
            parent.chmod(parent.stat().st_mode | 0o011)
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)
        folder.chmod(0o755)


def test_an_output_that_becomes_read_only_is_one_error_and_the_next_run_goes_on(footage: Path) -> None:
    with ExitStack() as until_the_end:

        class Locking(Crew):
            def __call__(self, recipe: Recipe, jobs: Sequence[Job]) -> Iterator[tuple[Job, Outcome]]:
                for number, done in enumerate(super().__call__(recipe, jobs), start=1):
                    if number == 5:
                        until_the_end.enter_context(read_only(footage / "out"))
                    yield done

        with pytest.raises(OutputError, match=r"readonly|cannot write|unable to open|cannot be opened"):
            run(footage, Locking())
    assert not (footage / "out" / "grades.json").exists()
    second = Crew()
    run(footage, second)
    assert len(second.given) <= CLIPS - 4, "four shots were finished before"
    run(footage, Crew(), output="undisturbed")
    assert contents(footage / "out") == contents(footage / "undisturbed")


def test_a_clock_that_goes_backwards_changes_nothing(footage: Path) -> None:
    run(footage, Crew())
    touch(footage / "media" / "4.mp4")  # to the first second of 1970
    second, third = Crew(), Crew()
    run(footage, second)
    run(footage, third)
    assert (len(second.given), third.given) == (1, [])
