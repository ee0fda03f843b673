"""What was kept of the shots of a timeline, read when it is asked for: memory does not grow with the film."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from functools import lru_cache, partial

from lutnet.continuity.compared import Compared, Kept, Matched

_SMALL = tuple(part.name for part in fields(Compared) if part.name not in {"kept", "matched"})

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
        return _Shelved(whole, partial(self._held, job), partial(self._beside, job))

    def _kept(self, job: str) -> tuple[Kept, ...]:
        return Compared.from_bytes(self._read(job)).kept

    def _beside(self, job: str) -> Matched | None:
        return Compared.from_bytes(self._read(job)).matched


class _Shelved(Compared):
    """One shot, whose pictures and features are fetched whenever they are asked for."""

    __slots__ = ("_beside", "_fetch", "_key")
    _beside: Callable[[], Matched | None]
    _fetch: Callable[[], tuple[Kept, ...]]
    _key: bytes

    def __init__(
        self,
        whole: Compared,
        fetch: Callable[[], tuple[Kept, ...]],
        beside: Callable[[], Matched | None],
    ) -> None:
        for name in _SMALL:
            object.__setattr__(self, name, getattr(whole, name))
        object.__setattr__(self, "_key", whole.key)
        object.__setattr__(self, "_fetch", fetch)
        object.__setattr__(self, "_beside", beside)

    @property
    def kept(self) -> tuple[Kept, ...]:  # type: ignore[override]
        return self._fetch()

    @property
    def matched(self) -> Matched | None:  # type: ignore[override]
        return self._beside()

    @property
    def key(self) -> bytes:
        return self._key
