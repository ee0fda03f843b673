"""Any single call going wrong, at any moment: the user's versions stay, and the report says what failed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from resolve_bridge.errors import BridgeError
from resolve_bridge.ledger import PREFIX
from resolve_bridge.report import ACCEPTED, FAILED, Report
from resolve_bridge.revert import revert
from tests.resolve_bridge.conftest import Bench, MakeBench
from tests.resolve_bridge.standin.data import Fault, snapshot
from tests.resolve_bridge.standin.remote import Faults

FAULTS = {
    "answers None": Fault(None),
    "answers False": Fault(False),
    "raises": Fault(raises=RuntimeError("the pipe is closed")),
    "is None": Fault(raises=TypeError("'NoneType' object is not callable")),
    "is done but answers False": Fault(False, does_it=True),
    "is done and raises": Fault(raises=RuntimeError("the pipe is closed"), does_it=True),
}
State = dict[str, Any]


def state(made: Bench) -> State:
    return snapshot(made.desk.open_timeline)


def at(number: int, fault: Fault) -> Faults:
    """The call of this number goes wrong, and no other."""
    return lambda index, name: fault if index == number else None


def run_with(made: Bench, number: int, fault: Fault) -> Report | BridgeError:
    made.desk.world.calls.clear()
    made.desk.world.faults = at(number, fault)
    try:
        return made.apply(lut_node="look")
    except BridgeError as error:
        return error
    finally:
        made.desk.world.faults = lambda index, name: None


def users_versions(item: State) -> State:
    return {key: nodes for key, nodes in item["versions"].items() if not key[0].startswith(PREFIX)}


def each_call(made: Bench) -> Iterator[int]:
    """Numbers of all calls of a clean run, from a fresh project each."""
    made.apply(lut_node="look")
    count = len(made.desk.world.calls)
    revert(made.desk.resolve())
    yield from range(count)


def problems(outcome: Report | BridgeError) -> bool:
    """Whether the outcome says that something went wrong."""
    if isinstance(outcome, BridgeError):
        return True
    return bool(outcome.failed or outcome.notes or any(line.notes for line in outcome.lines))


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_call_that_fails_leaves_every_item_whole_and_is_reported(bench: MakeBench, fault: Fault) -> None:
    made = bench()
    made.item("b.mov").nodes.append(made.item("b.mov").nodes[0].copy())
    made.item("b.mov").nodes[1].label = "look"
    before = state(made)
    for number in each_call(made):
        outcome = run_with(made, number, fault)
        name = made.desk.world.calls[number].name
        after = state(made)
        accepted = (
            {line.name for line in outcome.lines if line.outcome == ACCEPTED}
            if isinstance(outcome, Report)
            else set()
        )
        for key, item in after.items():
            assert users_versions(item) == users_versions(before[key]), (
                f"{name} ({number}) changed the user's version"
            )
            if key.split(":", 1)[1].lstrip("0123456789") in accepted:
                assert item["current"][0].startswith(PREFIX), name
            else:
                assert item == before[key], f"{name} ({number}) left something behind: {outcome}"
        assert problems(outcome) or len(accepted) == 3, f"{name} ({number}) failed and nobody was told"
        revert(made.desk.resolve())
        made.desk.world.page = "edit"
        assert state(made) == before, name


def test_ctrl_c_leaves_the_item_whole(bench: MakeBench) -> None:
    made = bench()
    before = state(made)
    for number in each_call(made):
        made.desk.world.calls.clear()
        made.desk.world.faults = at(number, Fault(raises=KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            made.apply(lut_node="look")
        made.desk.world.faults = lambda index, name: None
        assert all(users_versions(item) == users_versions(before[key]) for key, item in state(made).items())
        revert(made.desk.resolve())
        assert state(made) == before
        made.desk.world.page = "edit"


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_revert_that_fails_somewhere_says_so_and_can_be_run_again(bench: MakeBench, fault: Fault) -> None:
    made = bench()
    before = state(made)
    made.apply()
    made.desk.world.calls.clear()
    revert(made.desk.resolve())
    for number in range(len(made.desk.world.calls)):
        made.apply()
        applied = state(made)
        made.desk.world.calls.clear()
        made.desk.world.faults = at(number, fault)
        try:
            failed = bool(revert(made.desk.resolve()).failed)
        except BridgeError:
            failed = True
        made.desk.world.faults = lambda index, name: None
        assert failed or state(made) in (before, applied)
        revert(made.desk.resolve())
        assert state(made) == before, made.desk.world.calls[number].name


def test_when_resolve_stops_answering_the_rest_is_not_tried(bench: MakeBench) -> None:
    made = bench()

    def dialog_opens(index: int, name: str) -> Fault | None:
        made.desk.world.dialog = made.desk.world.dialog or name == "SetCDL"
        return None

    before = state(made)
    made.desk.world.faults = dialog_opens
    report = made.apply()
    assert [line.outcome for line in report.lines] == [FAILED] * 3
    assert report.lines[1].reason.startswith("not tried: Resolve stopped answering")
    assert "could not be taken back" in report.lines[0].notes[0]
    assert any("dialog" in note for note in report.notes)
    made.desk.world.faults = lambda index, name: None
    made.desk.world.dialog = False
    made.desk.world.page = "edit"
    assert state(made) != before
    assert not revert(made.desk.resolve()).failed
    assert state(made) == before
