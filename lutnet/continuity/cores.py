"""The same thing done for many shots, on all cores.

By copies of this process where that can be: what is done to one shot is many small steps, and threads would wait for
each other in turn. A copy has all that is in memory, and gives bytes back. One that is lost, whatever ended it, costs
nothing but its time: what it did not give is done here.
"""

from __future__ import annotations

import gc
import os
import selectors
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, nullcontext, suppress
from itertools import islice
from typing import Any, Generic, NoReturn, TypeVar

LEAST = 24
"""Calls of one copy, or more: they are neighbours and share what they read. It ends with them, and what it held is
free."""

TURNS = 8
"""Copies that each core makes, about, so that none waits long for the last."""

WORTH = 16
"""Calls from which on more than this process is asked."""

_LENGTH = 4
_PIECE = 1 << 20

_WAITING = 8
"""Calls a thread has before it: what they are given is read only shortly before, so memory stays flat."""

Item = TypeVar("Item")
Result = TypeVar("Result")

Apart = Callable[[], AbstractContextManager[object]]
"""Puts away, while a copy is made, what must not be in it."""


def on_all_cores(
    function: Callable[[Item], bytes],
    items: Sequence[Item],
    apart: Apart = nullcontext,
    *,
    most: int | None = None,
) -> Iterator[bytes]:
    """``function`` of each of ``items``, in order. It has to be the same wherever it is called.

    most: calls of one copy; what is large does not pile up then, as few copies are waited for.
    In a host that has threads of its own no copies are made: there it is done on threads.
    """
    cores = os.cpu_count() or 1
    size = min(max(LEAST, len(items) // (TURNS * cores)), most or len(items))
    blocks = [items[first : first + size] for first in range(0, len(items), max(1, size))]
    if cores == 1 or len(items) < WORTH:
        yield from map(function, items)
        return
    if not _can_be_copied():
        yield from on_threads(function, ((item,) for item in items))
        return
    waiting = deque(blocks)
    under_way: deque[_Copy[Item]] = deque()
    try:
        while waiting or under_way:
            while waiting and sum(not each.ended for each in under_way) < cores and len(under_way) <= cores:
                with apart():
                    under_way.append(_Copy(function, waiting.popleft()))
            first = under_way[0]
            yield from first.given()
            if not first.ended:
                _hear(under_way)
                continue
            yield from first.given()
            yield from map(function, first.left)
            under_way.popleft().end()
    finally:
        for each in under_way:
            each.end()


def on_threads(function: Callable[..., Result], calls: Iterable[tuple[Any, ...]]) -> Iterator[Result]:
    """``function(*call)`` of each of ``calls``, in order, on as many threads; ``calls`` is read in this one."""
    waiting = iter(calls)
    cores = os.cpu_count() or 1
    with ThreadPoolExecutor(cores, thread_name_prefix="scene") as pool:
        while batch := list(islice(waiting, cores * _WAITING)):
            yield from pool.map(lambda call: function(*call), batch)


def _can_be_copied() -> bool:
    """Whether this process is ours: with threads in its libraries, a copy would wait for those it does not have."""
    import cv2
    import torch

    if not sys.platform.startswith("linux") or torch.get_num_threads() > 1:
        return False
    cv2.setNumThreads(1)
    return True


class _Copy(Generic[Item]):
    """A copy of this process that does ``block``, and what is heard of it."""

    def __init__(self, function: Callable[[Item], bytes], block: Sequence[Item]) -> None:
        self._block = block
        self._done = 0
        self._heard = bytearray()
        self.ended = False
        self.pipe, end = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            _do(function, block, self.pipe, end)
        os.close(end)

    def given(self) -> Iterator[bytes]:
        """What it has given since it was last asked."""
        while len(self._heard) >= _LENGTH:
            end = _LENGTH + int.from_bytes(self._heard[:_LENGTH], "little")
            if len(self._heard) < end:
                return
            value = bytes(self._heard[_LENGTH:end])
            del self._heard[:end]
            self._done += 1
            yield value

    @property
    def left(self) -> Sequence[Item]:
        """What it has not given."""
        return self._block[self._done :]

    def hear(self) -> None:
        piece = os.read(self.pipe, _PIECE)
        self._heard += piece
        self.ended = not piece

    def end(self) -> None:
        os.close(self.pipe)
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)


def _hear(copies: Sequence[_Copy[Item]]) -> None:
    """Wait until one of ``copies`` says something, or ends."""
    with closing(selectors.DefaultSelector()) as selector:
        for each in copies:
            if not each.ended:
                selector.register(each.pipe, selectors.EVENT_READ, each)
        for key, _ in selector.select():
            key.data.hear()


def _do(function: Callable[[Item], bytes], block: Sequence[Item], heard: int, pipe: int) -> NoReturn:
    """What the copy does; a fault in it will be met, and told, where the rest is done."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent to hear
        os.close(heard)  # so that it ends when nobody listens any more
        gc.freeze()  # what is not looked at stays shared memory
        with open(pipe, "wb") as stream:
            for item in block:
                value = function(item)
                stream.write(len(value).to_bytes(_LENGTH, "little") + value)
                stream.flush()
    finally:
        os._exit(0)
