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
import struct
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from functools import partial
from itertools import islice
from typing import Any, NoReturn, TypeVar

LEAST = 16
"""Neighbours, or more, that a copy takes at a time: they share what they read."""

TURNS = 4
"""Times that each copy takes some, about: the more, the sooner all end together."""

WORTH = 16
"""Calls from which on more than this process is asked."""

_NUMBER = struct.Struct("<I")
_HEAD = struct.Struct("<II")  # number of the call, bytes that follow
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

    most: neighbours that a copy takes at a time; where values are large, few are waited for.
    In a host that has threads of its own no copies are made: there it is done on threads.
    """
    cores = os.cpu_count() or 1
    if cores == 1 or len(items) < WORTH:
        yield from map(function, items)
        return
    if not _can_be_copied():
        yield from on_threads(function, ((item,) for item in items))
        return
    size = min(max(LEAST, len(items) // (TURNS * cores)), most or len(items))
    found: dict[int, bytes] = {}
    with _copies(cores, function, items, size, apart) as copies:
        for number, item in enumerate(items):
            while number not in found and not any(each.lost for each in copies) and _hear(copies, found):
                pass
            yield found.pop(number) if number in found else function(item)


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


@contextmanager
def _copies(
    count: int, function: Callable[[Item], bytes], items: Sequence[Item], size: int, apart: Apart
) -> Iterator[list[_Copy]]:
    """Copies of this process that do all of ``items`` among them."""
    tickets, end = os.pipe()
    os.write(end, b"".join(map(_NUMBER.pack, range(0, len(items), size))))
    os.close(end)
    copies: list[_Copy] = []
    try:
        with apart(), suppress(OSError):  # no memory for another: then it is done by fewer, or here
            while len(copies) < count:
                copies.append(_Copy(partial(_do, function, items, size, tickets)))
        yield copies
    finally:
        os.close(tickets)
        for each in copies:
            each.end()


class _Copy:
    """A copy of this process, and what is heard of it. lost: it ended, and not because all was done."""

    def __init__(self, work: Callable[[int], NoReturn]) -> None:
        """work: what it does, with the pipe to write to."""
        self._heard = bytearray()
        self.ended = self.lost = False
        self.pipe, end = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            os.close(self.pipe)  # so that it ends when nobody listens any more
            work(end)
        os.close(end)

    def hear(self) -> Iterator[tuple[int, bytes]]:
        """Numbers and values of the calls that it has done since."""
        piece = os.read(self.pipe, _PIECE)
        if not piece:
            self.ended, self.lost = True, os.waitpid(self._pid, 0)[1] != 0
        self._heard += piece
        while len(self._heard) >= _HEAD.size:
            number, length = _HEAD.unpack_from(self._heard)
            end = _HEAD.size + length
            if len(self._heard) < end:
                return
            value = bytes(self._heard[_HEAD.size : end])
            del self._heard[:end]
            yield number, value

    def end(self) -> None:
        os.close(self.pipe)
        if not self.ended:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)


def _hear(copies: Sequence[_Copy], found: dict[int, bytes]) -> bool:
    """Wait until one of ``copies`` says something or ends, and note it; False where all have ended."""
    with closing(selectors.DefaultSelector()) as selector:
        for each in copies:
            if not each.ended:
                selector.register(each.pipe, selectors.EVENT_READ, each)
        for key, _ in selector.select() if selector.get_map() else ():
            found.update(key.data.hear())
            return True
    return False


def _do(
    function: Callable[[Item], bytes], items: Sequence[Item], size: int, tickets: int, pipe: int
) -> NoReturn:
    """What a copy does; a fault in it will be met, and told, where the rest is done."""
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent to hear
        gc.freeze()  # what is not looked at stays shared memory
        with open(pipe, "wb") as stream:
            while ticket := os.read(tickets, _NUMBER.size):
                (first,) = _NUMBER.unpack(ticket)
                for number, item in enumerate(items[first : first + size], first):
                    value = function(item)
                    stream.write(_HEAD.pack(number, len(value)) + value)
                    stream.flush()
        code = 0
    finally:
        os._exit(code)
