"""Image sequences, written as one name: ``plate.[1001-1100].png``, every second image ``[1001-1100x2]``.

    name = head "[" first "-" last [ "x" step ] "]" tail

Numbers in file names have as many digits as ``first`` is written with, at least.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAME = re.compile(
    r"^(?P<head>.*)\[(?P<first>\d+)-(?P<last>\d+)(x(?P<step>\d+))?\](?P<tail>[^\[\]/\\]*)$", re.S
)


@dataclass(frozen=True, slots=True)
class ImageSequence:
    """Images ``first``, ``first + step``, ... up to ``last``; ``head`` may hold folders."""

    head: str
    first: int
    last: int
    digits: int
    tail: str
    step: int = 1

    @classmethod
    def parse(cls, text: str) -> ImageSequence | None:
        """None where ``text`` is no sequence's name."""
        match = _NAME.match(text)
        if match is None:
            return None
        first, last, step = int(match["first"]), int(match["last"]), int(match["step"] or 1)
        if last < first or step < 1:
            return None
        return cls(match["head"], first, last, len(match["first"]), match["tail"], step)

    def __str__(self) -> str:
        step = f"x{self.step}" if self.step > 1 else ""
        return f"{self.head}[{self.first:0{self.digits}d}-{self.last:0{self.digits}d}{step}]{self.tail}"

    def __len__(self) -> int:
        return (self.last - self.first) // self.step + 1

    def image(self, index: int) -> str:
        """The path of the image at ``index``, counted from 0."""
        return f"{self.head}{self.first + index * self.step:0{self.digits}d}{self.tail}"
