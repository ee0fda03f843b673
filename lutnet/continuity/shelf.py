"""What was kept of the shots of a timeline, read when it is asked for: memory does not grow with the film."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial

from lutnet.continuity.compared import Compared, Kept

HELD = 128
"""Shots whose pictures and features are in memory: more than one is laid beside."""


class Shelf:
    """Gives shots as ``Compared`` that hold nothing large themselves."""

    def __init__(self, read: Callable[[str], bytes]) -> None:
        """read: what was kept of a shot, by the job that did; from any thread."""
        self._read = read
        self._held = lru_cache(maxsize=HELD)(self._kept)

    def compared(self, job: str) -> Compared | None:
        """None where nothing was kept. Raises GradeFileError where it is damaged."""
        data = self._read(job)
        if not data:
            return None
        whole = Compared.from_bytes(data)
        return _Shelved(whole, partial(self._held, job))

    def _kept(self, job: str) -> tuple[Kept, ...]:
        return Compared.from_bytes(self._read(job)).kept


class _Shelved(Compared):
    """One shot, whose pictures and features are fetched whenever they are asked for."""

    __slots__ = ("_fetch", "_key")
    _fetch: Callable[[], tuple[Kept, ...]]
    _key: bytes

    def __init__(self, whole: Compared, fetch: Callable[[], tuple[Kept, ...]]) -> None:
        object.__setattr__(self, "guess", whole.guess)
        object.__setattr__(self, "matched", whole.matched)
        object.__setattr__(self, "_key", whole.key)
        object.__setattr__(self, "_fetch", fetch)

    @property
    def kept(self) -> tuple[Kept, ...]:  # type: ignore[override]
        return self._fetch()

    @property
    def key(self) -> bytes:
        return self._key
