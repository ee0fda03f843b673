"""What the parts of a solve came to the last time, so that only what follows from something else is found anew."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext

from lutnet.continuity.cores import Apart, on_all_cores


class Parts:
    """Values by a hash of all that they follow from. Only what was asked for or put is kept for the next time."""

    def __init__(self, known: Mapping[bytes, bytes] | None = None, apart: Apart = nullcontext) -> None:
        """apart: see ``on_all_cores``, which finds what is not known."""
        self.apart = apart
        self._known = known or {}
        self.used: dict[bytes, bytes] = {}

    def get(self, key: bytes) -> bytes | None:
        """What is known by ``key``; None where nothing is."""
        value = self.used.get(key, self._known.get(key))
        if value is not None:
            self.used[key] = value
        return value

    def all(self, keys: Sequence[bytes], find: Callable[[int], bytes]) -> list[bytes]:
        """The values by ``keys``; ``find`` is asked, by their numbers, for those that are not known."""
        missing = {key: number for number, key in enumerate(keys) if self.get(key) is None}
        found = on_all_cores(find, list(missing.values()), self.apart)
        for key, value in zip(missing, found, strict=True):
            self.put(key, value)
        return [self.used[key] for key in keys]

    def again(self, key: bytes) -> bool:
        """Whether this was asked the last time too."""
        self.used[key] = b"1"
        return key in self._known

    def put(self, key: bytes, value: bytes) -> bytes:
        self.used[key] = value
        return value


def part_key(kind: str, *facts: bytes) -> bytes:
    """A key: a hash of what kind of part it is, and of all that it follows from."""
    digest = hashlib.sha256(kind.encode())
    for fact in facts:
        digest.update(len(fact).to_bytes(8, "little") + fact)
    return digest.digest()
