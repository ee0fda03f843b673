"""What is done for many shots on copies of the process: in order, all of it, whatever becomes of a copy."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch

from lutnet.continuity.cores import WORTH, on_all_cores
from lutnet.errors import InputError
from lutnet.store import Store

HERE = os.getpid()


@pytest.fixture(autouse=True)
def own_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As a command is: with one thread, here on a machine of three cores."""
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def told(number: int) -> bytes:
    return number.to_bytes(2, "big") * (1 + 997 * number) + str(os.getpid() == HERE).encode()


@pytest.mark.parametrize("most", [None, 1, 7, 5000])
def test_values_come_in_order_and_from_copies(most: int | None) -> None:
    found = list(on_all_cores(told, range(200), most=most))
    assert found == [number.to_bytes(2, "big") * (1 + 997 * number) + b"False" for number in range(200)]


def test_few_are_done_here() -> None:
    assert {value[-4:] for value in on_all_cores(told, range(WORTH - 1))} == {b"True"}
    assert list(on_all_cores(told, [])) == []


def test_a_host_with_threads_is_not_copied() -> None:
    torch.set_num_threads(2)
    assert {value[-4:] for value in on_all_cores(told, range(60))} == {b"True"}


@pytest.mark.parametrize("victims", [{50}, {0, 20, 40}])
def test_what_a_killed_copy_did_not_give_is_done_here(victims: set[int]) -> None:
    def dying(number: int) -> bytes:
        if number in victims and os.getpid() != HERE:
            os.kill(os.getpid(), signal.SIGKILL)
        return str(number).encode()

    assert list(on_all_cores(dying, range(100))) == [str(number).encode() for number in range(100)]


def test_where_no_copy_can_be_made_all_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_memory() -> int:
        raise OSError("Cannot allocate memory")

    monkeypatch.setattr(os, "fork", no_memory)
    assert len([value for value in on_all_cores(told, range(50)) if value.endswith(b"True")]) == 50


def test_a_fault_is_met_once_and_in_its_place() -> None:
    def faulty(number: int) -> bytes:
        if number == 70:
            raise InputError("this one is damaged", value=number)
        return b"."

    found = on_all_cores(faulty, range(100))
    assert [next(found) for _ in range(70)] == [b"."] * 70
    with pytest.raises(InputError, match="damaged"):
        next(found)


def test_copies_end_when_nobody_asks_any_more() -> None:
    def endless(number: int) -> bytes:
        return b"0" * (1 << 20)

    def children() -> set[str]:
        return set(Path(f"/proc/{HERE}/task/{HERE}/children").read_text().split())

    before = children()  # other tests may have left some
    found = on_all_cores(endless, range(100))
    next(found)
    copies = children() - before
    assert len(copies) == (os.cpu_count() or 1)
    found.close()  # type: ignore[attr-defined]
    assert not children() & copies


def test_what_is_put_away_is_not_in_the_copies(tmp_path: Path) -> None:
    away: list[bool] = []

    @contextmanager
    def put_away() -> Iterator[None]:
        away.append(True)
        yield
        away.clear()

    assert set(on_all_cores(lambda _: repr(away).encode(), range(40), put_away)) == {b"[True]"}
    with Store(tmp_path) as store:
        read = on_all_cores(lambda _: store.compared_of("none") + b"read", range(40), store.put_away)
        for value in read:
            assert value == b"read"
            store.set_written("stamp", "files")  # here it is open again
        assert store.written() == ("stamp", "files")
