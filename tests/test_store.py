from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lutnet.errors import DecisionError, GradeFileError, InputError, OutputError
from lutnet.grade import LUT3D, Grade
from lutnet.result import ClipResult, InScene, KeptAs, Status
from lutnet.store import FILE_NAME, Decision, Store
from tests.export.examples import skipped_result, some_cdl, some_grade, some_lut, some_result, some_shot

RESULTS = (some_result(0), some_result(1), skipped_result(2))
FIRST, SECOND, THIRD = (result.shot.id for result in RESULTS)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    opened = Store(tmp_path)
    opened.save(RESULTS)
    return opened


def same(first: ClipResult, second: ClipResult) -> bool:
    """Equal in all, LUTs by value (records compare arrays by identity)."""
    luts = [result.grade.lut if result.grade else None for result in (first, second)]
    equal_luts = luts[0] is luts[1] or (
        luts[0] is not None and luts[1] is not None and np.array_equal(luts[0].table, luts[1].table)
    )
    bare = [replace(result, grade=None) for result in (first, second)]
    cdls = [result.grade.cdl if result.grade else None for result in (first, second)]
    return equal_luts and bare[0] == bare[1] and cdls[0] == cdls[1]


def statuses(store: Store) -> list[str]:
    return [result.status.value for result in store.results()]


def test_results_come_back_exactly(store: Store, tmp_path: Path) -> None:
    store.close()
    with Store(tmp_path) as again:
        assert all(map(same, again.results(), RESULTS))


def test_a_domain_and_a_diagnosis_with_a_lut_come_back(tmp_path: Path) -> None:
    lut = LUT3D(some_lut(1, 5).table, (-0.5, 0.0, 0.0), (1.5, 1.0, 2.0))
    result = some_result(grade=Grade(some_cdl(), lut))
    assert result.diagnosis is not None
    result = replace(result, diagnosis=replace(result.diagnosis, grade=Grade(some_cdl(), lut)))
    with Store(tmp_path) as store:
        store.save([result])
        (back,) = store.results()
    assert back.grade is not None and back.grade.lut is not None and back.diagnosis is not None
    assert (back.grade.lut.domain_min, back.grade.lut.domain_max) == (lut.domain_min, lut.domain_max)
    assert back.diagnosis.grade.lut is not None
    assert np.array_equal(back.diagnosis.grade.lut.table, lut.table)


@pytest.mark.parametrize("kept_as", [None, *KeptAs])
def test_why_a_scene_was_left_as_it_is_comes_back(tmp_path: Path, kept_as: KeptAs | None) -> None:
    scene = InScene(2, linked=3, matched=True, kept=0.75, kept_as=kept_as)
    result = replace(some_result(), scene=scene)
    with Store(tmp_path) as store:
        store.save([result])
        (again,) = store.results()
    assert again.scene == scene
    assert (scene.why is None) == (kept_as is None)
    assert replace(scene, kept=0.3).why is None


def test_decisions_survive_closing_and_the_same_run_again(store: Store, tmp_path: Path) -> None:
    changed = Grade(some_cdl(9), some_lut(9, 17))
    store.decide(Decision(FIRST, Status.APPROVED), Decision(SECOND, Status.CHANGED, changed, "warmer"))
    store.close()
    with Store(tmp_path) as again:
        results = again.save(RESULTS)
        assert statuses(again) == ["approved", "changed", "skipped"]
        assert again.decisions()[SECOND].note == "warmer"
        assert results[1].grade is not None and results[1].grade.cdl == changed.cdl
        assert results[1].delta_e is None  # nobody measured the changed grade
        assert all(map(same, results, again.results()))


@pytest.mark.parametrize("status", [Status.APPROVED, Status.REJECTED])
def test_another_grade_does_not_overwrite_a_decision(store: Store, status: Status) -> None:
    store.decide(Decision(FIRST, status))
    other = [replace(RESULTS[0], grade=some_grade(5)), replace(RESULTS[1], grade=some_grade(6))]
    with pytest.raises(DecisionError, match=r"sh000.*--discard-decisions") as caught:
        store.save(other)
    assert "sh001" not in str(caught.value)
    assert statuses(store) == [status.value, "proposed", "skipped"]
    assert all(map(same, store.results()[1:], RESULTS[1:]))


def test_discarding_decisions_makes_the_new_grades_proposals(store: Store) -> None:
    store.decide(Decision(FIRST, Status.APPROVED))
    new = replace(RESULTS[0], grade=some_grade(5))
    (saved,) = store.save([new], discard_decisions=True)
    assert same(saved, new)
    assert store.decisions() == {}


def test_many_overwritten_decisions_are_counted(tmp_path: Path) -> None:
    results = [some_result(number, Grade(some_cdl(number))) for number in range(9)]
    with Store(tmp_path) as store:
        store.save(results)
        store.decide(*(Decision(result.shot.id, Status.REJECTED) for result in results))
        with pytest.raises(DecisionError, match=r"9 clip\(s\): sh000, .* and 4 more"):
            store.save([replace(result, grade=Grade()) for result in results])


def test_a_difference_below_what_files_state_is_no_other_grade(store: Store) -> None:
    store.decide(Decision(FIRST, Status.APPROVED))
    grade = RESULTS[0].grade
    assert grade is not None and grade.lut is not None
    store.save([replace(RESULTS[0], grade=Grade(grade.cdl, LUT3D(grade.lut.table + np.float32(2e-7))))])
    assert statuses(store) == ["approved"]


def test_a_decided_clip_that_went_offline_keeps_its_grade(store: Store) -> None:
    store.decide(Decision(FIRST, Status.APPROVED))
    offline = ClipResult(some_shot(0, skipped="media is offline"), Status.SKIPPED)
    (kept,) = store.save([offline])
    assert kept.status is Status.APPROVED
    assert kept.grade is not None and kept.grade.cdl == some_cdl(0)
    assert "media is offline" in kept.warnings[-1]
    assert all(map(same, store.results(), [kept]))


def test_a_decided_clip_that_was_cut_out_comes_back_as_decided(store: Store) -> None:
    store.decide(Decision(FIRST, Status.APPROVED))
    store.save(RESULTS[1:])
    assert statuses(store) == ["proposed", "skipped"]
    store.save(RESULTS)
    assert statuses(store) == ["approved", "proposed", "skipped"]


def test_clips_come_in_the_order_of_the_last_run(store: Store) -> None:
    store.save(RESULTS[::-1])
    assert [result.shot.id for result in store.results()] == [THIRD, SECOND, FIRST]


def test_a_decision_can_be_taken_back(store: Store) -> None:
    store.decide(Decision(FIRST, Status.REJECTED))
    store.withdraw(FIRST)
    assert statuses(store) == ["proposed", "proposed", "skipped"]


def test_a_decision_about_an_unknown_clip_is_refused_with_all_others(store: Store) -> None:
    with pytest.raises(InputError, match="no clip"):
        store.decide(Decision(FIRST, Status.APPROVED), Decision("nobody", Status.APPROVED))
    assert store.decisions() == {}


def test_only_a_changed_clip_has_a_grade_of_its_own() -> None:
    for status, grade in ((Status.APPROVED, Grade()), (Status.CHANGED, None), (Status.PROPOSED, None)):
        with pytest.raises(InputError):
            Decision(FIRST, status, grade)


def test_a_job_finds_what_it_computed_and_no_other_does(store: Store) -> None:
    store.save(RESULTS, jobs={FIRST: "abc"})
    found = store.result_of_job(FIRST, "abc")
    assert found is not None and same(found, RESULTS[0])
    assert store.result_of_job(FIRST, "abd") is None
    assert store.result_of_job(SECOND, "abc") is None


def test_decisions_are_guarded_before_the_work_begins(store: Store) -> None:
    store.save(RESULTS, jobs={FIRST: "a", SECOND: "b"})
    store.decide(Decision(FIRST, Status.APPROVED))
    store.require_undecided({FIRST: "a", SECOND: "other"})
    with pytest.raises(DecisionError, match="sh000"):
        store.require_undecided({FIRST: "other"})


def test_two_windows_see_each_others_decisions(store: Store, tmp_path: Path) -> None:
    with Store(tmp_path) as other:
        other.decide(Decision(FIRST, Status.APPROVED))
        store.decide(Decision(SECOND, Status.REJECTED))
        assert statuses(other) == statuses(store) == ["approved", "rejected", "skipped"]


def test_closing_leaves_one_file(store: Store, tmp_path: Path) -> None:
    store.close()
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


def _decide_until_killed(folder: str, pipe: int) -> None:
    with Store(Path(folder)) as store:
        for number in range(1000):
            store.decide(Decision(FIRST, Status.APPROVED, note=str(number)))
            os.write(pipe, b"%d\n" % number)


def test_no_decision_that_was_reported_is_lost_to_a_kill(store: Store, tmp_path: Path) -> None:
    for _ in range(3):
        reader, writer = os.pipe()
        worker = multiprocessing.get_context("fork").Process(
            target=_decide_until_killed, args=(str(tmp_path), writer)
        )
        worker.start()
        os.close(writer)
        reported = 0
        with os.fdopen(reader) as lines:
            for line in lines:
                reported = int(line)
                if reported == 20:
                    assert worker.pid is not None
                    os.kill(worker.pid, signal.SIGKILL)
        worker.join()
        assert int(store.decisions()[FIRST].note) >= reported >= 20


def _no_database(path: Path) -> None:
    path.write_bytes(b"this is no database, but long enough to look like a header" * 99)


def _damaged(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xff" * len(data[4096:])
    path.write_bytes(data)


def _newer(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()


def _foreign(path: Path) -> None:
    path.unlink()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE theirs (x)")
    connection.commit()
    connection.close()


@pytest.mark.parametrize("spoil", [_no_database, _damaged, _newer, _foreign])
def test_a_spoilt_file_is_one_clear_error_and_stays_as_it_is(
    store: Store, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    store.close()
    path = tmp_path / FILE_NAME
    spoil(path)
    before = path.read_bytes()
    with (
        pytest.raises(GradeFileError, match=r"damaged|newer|another program") as caught,
        Store(tmp_path) as opened,
    ):
        opened.results()
    assert str(path) in str(caught.value)
    assert path.read_bytes() == before


def test_a_folder_that_is_not_there_is_an_output_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot write"):
        Store(tmp_path / "missing")


def test_a_full_disk_leaves_state_and_decisions_as_they_were(store: Store, tmp_path: Path) -> None:
    store.decide(Decision(FIRST, Status.APPROVED))
    pages = store._connection.execute("PRAGMA page_count").fetchone()[0]
    store._connection.execute(f"PRAGMA max_page_count = {pages}")
    more = [some_result(number) for number in range(10, 30)]
    with pytest.raises(OutputError, match="full"):
        store.save([*RESULTS, *more])
    assert statuses(store) == ["approved", "proposed", "skipped"]
    assert store.decisions()[FIRST].status is Status.APPROVED
