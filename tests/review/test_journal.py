"""Steps can be taken back after a restart, and two servers on one package cannot write over each other."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from lutnet.result import Status
from lutnet.review.history import replayed
from lutnet.store import Change, Decision, Moment, Step, Store, journal
from tests.review.serving import Served, served


def decide(server: Served, *wishes: dict[str, Any]) -> list[dict[str, Any]]:
    answer = server.post("/api/decisions", list(wishes))
    assert answer.status == 200, answer.body
    found: list[dict[str, Any]] = answer.json()
    return found


def back(step: list[dict[str, str]]) -> list[dict[str, Any]]:
    return [{"id": each["id"], "restore": each["from"], "stamp": each["to"]} for each in step]


def again(step: list[dict[str, str]]) -> list[dict[str, Any]]:
    return [{"id": each["id"], "restore": each["to"], "stamp": each["from"]} for each in step]


def test_steps_are_taken_back_after_a_restart(package: Path) -> None:
    with served(package) as server:
        one, two, three = (shot["id"] for shot in server.shots())
        decide(server, {"id": one, "status": "changed", "controls": {"strength": 0.5}, "note": "half"})
        decide(server, {"id": two, "status": "changed", "copy": one}, {"id": three, "status": "rejected"})
        decide(server, {"id": one, "status": "approved"})
        shots = server.shots()
    with served(package) as server:
        steps = server.ask("/api/history").json()
        assert [len(step) for step in steps["done"]] == [1, 2, 1] and not steps["undone"]
        decide(server, *back(steps["done"][2]))
        first = server.shots()[0]
        assert (first["status"], first["note"]) == ("changed", "half")
        assert server.ask(f"/api/shots/{one}").json()["controls"]["strength"] == 0.5
        decide(server, *back(steps["done"][1]))
        assert [shot["status"] for shot in server.shots()] == ["changed", "proposed", "proposed"]
    with served(package) as server:
        left = server.ask("/api/history").json()
        assert left["done"] == steps["done"][:1]
        assert left["undone"] == [steps["done"][2], steps["done"][1]]
        decide(server, *again(left["undone"][1]))
        decide(server, *again(left["undone"][0]))
        assert server.shots() == shots
        with Store(package) as store:  # the copied LUT came back with the copied CDL
            results = store.results()
            assert results[0].grade and results[1].grade
            assert results[1].grade.lut is not None
        assert server.ask("/api/history").json() == steps


def test_a_new_decision_ends_what_could_be_done_once_more() -> None:
    one, two = (Change("a", "-", "1"),), (Change("a", "1", "2"),)
    turned = (Change("a", "2", "1"),)
    other = (Change("b", "-", "3"),)
    steps = [Step(one, False), Step(two, False), Step(turned, True)]
    assert [len(side) for side in replayed(steps, {"a", "b"}).values()] == [1, 1]
    assert [len(side) for side in replayed([*steps, Step(other, False)], {"a", "b"}).values()] == [2, 0]
    assert replayed([*steps, Step(other, False)], {"b"})["done"] == [[{"id": "b", "from": "-", "to": "3"}]]


def test_the_journal_stays_bounded(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "KEPT_STEPS", 60)
    with Store(package) as store:
        shot_id = store.results()[0].shot.id

        def moment(number: int) -> Moment:
            return Moment(
                shot_id, str(number), Decision(shot_id, Status.APPROVED, note=str(number)), str(number)
            )

        for number in range(100):
            store.decide(journal=lambda number=number: [(moment(number), moment(number + 1))])  # type: ignore[misc]
        assert len(store.steps()) == 60
        assert store.moment(shot_id, "3") is None
        last = store.moment(shot_id, "100")
        assert last is not None and last.note == "100"


def test_of_two_servers_on_one_package_exactly_one_decides(package: Path) -> None:
    """Both have seen the same state; both write at the same moment; the slower one is refused, every time."""
    with served(package) as one, served(package) as two:
        for turn in range(25):
            shot = one.shots()[turn % 3]
            assert two.shots()[turn % 3] == shot
            start = threading.Barrier(2)
            answers: dict[str, int] = {}

            def write(server: Served, note: str, shot: dict[str, Any] = shot) -> None:
                wish = {"id": shot["id"], "status": "approved", "note": note, "stamp": shot["stamp"]}
                start.wait()  # noqa: B023 - joined within the turn
                answers[note] = server.post("/api/decisions", [wish]).status  # noqa: B023

            notes = (f"one {turn}", f"two {turn}")
            threads = [
                threading.Thread(target=write, args=pair) for pair in zip((one, two), notes, strict=True)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert sorted(answers.values()) == [200, 409]
            (winner,) = (note for note, status in answers.items() if status == 200)
            assert one.shots()[turn % 3]["note"] == two.shots()[turn % 3]["note"] == winner
