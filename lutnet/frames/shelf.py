"""Video files that stay open for a while: a film cuts the same files many times, and opening one costs as much as
decoding several of its frames, as its head is decoded to learn what it is.

Nothing is kept unless a process that is ours asks for it (``keep_open``): a library must not hold its host's files.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

ROOM = 2**28
"""Bytes for what kept decoders hold, at most: six files of 1080p, one of 4K in 8 bits."""

_INDEXED = "mov,mp4,m4a,3gp,3g2,mj2"
"""Containers whose index says where every frame is: after a seek nothing is left of what was read before."""
_PICTURES = 12
"""That a decoder holds, about."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A file as it is now: one that was exchanged is another."""

    path: Path
    size: int
    changed_ns: int

    @classmethod
    def of(cls, path: Path) -> Identity:
        """``path`` is there."""
        facts = path.stat()
        return cls(path.resolve(), facts.st_size, facts.st_mtime_ns)


class Shelf:
    """Open files that nobody uses just now, those used last kept. Whoever takes one has it alone."""

    def __init__(self, room: int = 0) -> None:
        self.room = room
        self._files: OrderedDict[Identity, tuple[Any, Any]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._files)

    def take(self, identity: Identity) -> tuple[Any, Any] | None:
        """The container and its stream, if they stand here."""
        with self._lock:
            return self._files.pop(identity, None)

    def put(self, identity: Identity, container: Any, stream: Any) -> None:
        """Keep them if there is room, else close them, and those that were used longest ago where they make room."""
        with self._lock:
            if container.format.name != _INDEXED or held_by(stream) > self.room:
                container.close()
                return
            self._files[identity] = container, stream
            while sum(held_by(each) for _, each in self._files.values()) > self.room:
                self._files.popitem(last=False)[1][0].close()


def held_by(stream: Any) -> int:
    """Bytes that the decoder of ``stream`` holds, about."""
    context = stream.codec_context
    deep = context.format is not None and context.format.components[0].bits > 8
    return int(_PICTURES * context.width * context.height * 3 // 2 * (2 if deep else 1))


SHELF = Shelf()


def keep_open(room: int) -> None:
    """Have this process keep files open that it reads, as many as fit into ``room`` bytes, and into ROOM."""
    SHELF.room = min(room, ROOM)
