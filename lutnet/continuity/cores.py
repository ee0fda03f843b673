"""The same thing done for many shots, on all cores."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any, TypeVar

_WAITING = 8
"""Calls a core has before it: what they are given is read only shortly before, so memory stays flat."""

Result = TypeVar("Result")


def on_all_cores(function: Callable[..., Result], calls: Iterable[tuple[Any, ...]]) -> Iterator[Result]:
    """``function(*call)`` of each of ``calls``, in order, on threads; ``calls`` is read in this one."""
    waiting = iter(calls)
    cores = os.cpu_count() or 1
    with ThreadPoolExecutor(cores, thread_name_prefix="scene") as pool:
        while batch := list(islice(waiting, cores * _WAITING)):
            yield from pool.map(lambda call: function(*call), batch)
