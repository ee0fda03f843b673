"""Image sequences, written as one name: ``plate.[1001-1100].png``, every second image ``[1001-1100x2]``.

    name = head "[" first "-" last [ "x" step ] "]" tail

Numbers in file names have as many digits as ``first`` is written with, at least.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

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

    def present(self) -> list[int]:
        """The indices of the images that are there, rising: one listing of the folder, whatever a name claims."""
        parent, name = os.path.split(self.head)
        pattern = re.compile(rf"{re.escape(name)}(\d{{{self.digits},}}){re.escape(self.tail)}", re.S)
        try:
            with os.scandir(parent or ".") as entries:
                found = [pattern.fullmatch(entry.name) for entry in entries if entry.is_file()]
        except OSError:
            return []
        steps = [divmod(int(match[1]) - self.first, self.step) for match in found if match]
        indices = {index for index, rest in steps if rest == 0 and 0 <= index < len(self)}
        names = {match[0] for match in found if match}
        return sorted(index for index in indices if Path(self.image(index)).name in names)

    def image(self, index: int) -> str:
        """The path of the image at ``index``, counted from 0."""
        return f"{self.head}{self.first + index * self.step:0{self.digits}d}{self.tail}"
