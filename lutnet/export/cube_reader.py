"""Reading ``.cube``: every dialect that real files hold, as shaper, 3D LUT and what the header says.

Both dialects are read: Iridas and Adobe (``DOMAIN_MIN``, ``DOMAIN_MAX``; 1D or 3D) and Resolve (``LUT_1D_INPUT_RANGE``,
``LUT_3D_INPUT_RANGE``; a 1D shaper may stand before the 3D LUT; ``LUT_IN_VIDEO_RANGE``, ``LUT_OUT_VIDEO_RANGE``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from lutnet.errors import GradeFileError, InputError
from lutnet.export.even_rows import even_rows
from lutnet.grade import LUT3D, Triple

if TYPE_CHECKING:
    from torch import Tensor

SIZES = {"LUT_1D_SIZE": (2, 65536), "LUT_3D_SIZE": (2, 256)}
UNIT: tuple[Triple, Triple] = ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_KEYWORD = re.compile(r"[A-Za-z_]")
_KNOWN = (
    "TITLE, LUT_1D_SIZE, LUT_3D_SIZE, DOMAIN_MIN, DOMAIN_MAX, LUT_1D_INPUT_RANGE, LUT_3D_INPUT_RANGE, "
    "LUT_IN_VIDEO_RANGE, LUT_OUT_VIDEO_RANGE"
)


@dataclass(frozen=True, eq=False)
class Curves:
    """A 1D LUT: ``table [N, 3]``, a column per channel, between the inputs ``domain_min`` and ``domain_max``."""

    table: npt.NDArray[np.float32]
    domain_min: Triple = UNIT[0]
    domain_max: Triple = UNIT[1]

    def apply(self, colours: Tensor) -> Tensor:
        """Look colours ``[..., 3]`` up, linearly; inputs outside the domain are clamped to it."""
        import torch

        from lutnet.ops.lut1d import apply_lut1d

        low, high = (colours.new_tensor(end) for end in (self.domain_min, self.domain_max))
        table = torch.from_numpy(self.table.copy()).to(colours)
        return apply_lut1d((colours - low) / (high - low), table)


@dataclass(frozen=True, eq=False)
class CubeFile:
    """All that a ``.cube`` says. ``curves`` come first, then ``lut``; at least one is there.

    video_in, video_out: the file declares inputs or outputs in video range, which most programs ignore.
    """

    curves: Curves | None
    lut: LUT3D | None
    dialect: str
    comments: tuple[str, ...] = ()
    video_in: bool = False
    video_out: bool = False

    def apply(self, colours: Tensor) -> Tensor:
        """Colours ``[..., 3]`` through curves and LUT, in full range."""
        for part in (self.curves, self.lut):
            colours = colours if part is None else part.apply(colours)
        return colours


def read_cube_file(path: Path) -> CubeFile:
    """Read a 1D, a 3D LUT or a shaper with a 3D LUT.

    Raises GradeFileError, with line and cause, for a file that is missing, binary, has a wrong number of rows or
    columns, a size out of range, NaN, infinity, decimal commas, an empty or doubly stated domain, or a keyword
    that is not known.
    """
    return _Reader(path).read()


@dataclass
class _Reader:
    path: Path
    sizes: dict[str, int] = field(default_factory=dict)
    ranges: dict[str, Triple] = field(default_factory=dict)
    flags: set[str] = field(default_factory=set)
    comments: list[str] = field(default_factory=list)

    def read(self) -> CubeFile:
        lines = self._lines()
        first = next((number for number, line in enumerate(lines) if _is_row(line)), len(lines))
        for number in range(first):
            self._read_keyword(lines, number)
        rows = self._rows(lines, first)
        self._check(len(rows))
        count = self.sizes.get("LUT_1D_SIZE", 0)
        return CubeFile(
            self._curves(rows[:count]) if count else None,
            self._lut(rows[count:]) if "LUT_3D_SIZE" in self.sizes else None,
            dialect=self._dialect(),
            comments=tuple(self.comments),
            video_in="LUT_IN_VIDEO_RANGE" in self.flags,
            video_out="LUT_OUT_VIDEO_RANGE" in self.flags,
        )

    def _curves(self, rows: npt.NDArray[np.float64]) -> Curves:
        with np.errstate(over="ignore"):
            table = rows.astype(np.float32)
        low, high = self._domain("1D")
        if not np.isfinite(table).all():
            raise GradeFileError("LUT table holds a value that is not a number", where=self.path)
        if not all(one < other for one, other in zip(low, high, strict=True)):
            raise GradeFileError("LUT domain is empty", value=(low, high), where=self.path)
        return Curves(table, low, high)

    def _lut(self, rows: npt.NDArray[np.float64]) -> LUT3D:
        size = self.sizes["LUT_3D_SIZE"]
        with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinite, and is refused as such
            table = rows.astype(np.float32).reshape(size, size, size, 3).transpose(2, 1, 0, 3)
        try:
            return LUT3D(table, *self._domain("3D"))
        except InputError as error:
            raise GradeFileError(error.what, value=error.value, where=self.path) from error

    def _domain(self, kind: str) -> tuple[Triple, Triple]:
        def end(name: str, default: Triple) -> Triple:
            return self.ranges.get(f"{kind} {name}", self.ranges.get(f"any {name}", default))

        return end("min", UNIT[0]), end("max", UNIT[1])

    def _dialect(self) -> str:
        resolve = self.flags or len(self.sizes) == 2 or any(name[0] in "13" for name in self.ranges)
        return "Resolve" if resolve else "Iridas"

    def _lines(self) -> list[str]:
        try:
            data = self.path.read_bytes()
        except OSError as error:
            raise GradeFileError(f"cannot read the LUT: {error.strerror}", where=self.path) from error
        if b"\0" in data:
            raise GradeFileError("LUT is no text file in UTF-8 or ASCII", where=self.path)
        text = data.decode("utf-8-sig", errors="replace")
        return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")

    def _rows(self, lines: list[str], first: int) -> npt.NDArray[np.float64]:
        """The values ``[n^3, 3]``: at once where the rest is nothing but rows, else line by line."""
        if first == len(lines):
            return np.empty((0, 3))
        even = even_rows("\n".join((*lines[first:], "")).rstrip("\n").encode() + b"\n")
        if even is not None:
            return even
        try:
            rows = np.loadtxt(lines[first:], dtype=np.float64, comments="#", ndmin=2)
        except ValueError:
            rows = self._rows_with_keywords(lines, first)
        if rows.size and (rows.shape[1] != 3 or not np.isfinite(rows).all()):
            rows = self._rows_with_keywords(lines, first)
        return rows.reshape(-1, 3)

    def _rows_with_keywords(self, lines: list[str], first: int) -> npt.NDArray[np.float64]:
        rows = []
        for number in range(first, len(lines)):
            words = _words(lines[number])
            if not words or not _is_row(lines[number]):
                self._read_keyword(lines, number)
            elif len(words) != 3:
                cause = "a comma as decimal sign" if "," in lines[number] else f"{len(words)} values"
                raise self._error(f"row has {cause}", lines, number, "three numbers, with points")
            else:
                rows.append(self._numbers(words, lines, number))
        return np.array(rows, dtype=np.float64)

    def _read_keyword(self, lines: list[str], number: int) -> None:
        words = _words(lines[number])
        if not words:
            comment = lines[number].strip().lstrip("#").strip()
            self.comments += [comment] if comment else []
            return
        keyword, values = words[0].upper(), words[1:]
        if keyword in SIZES:
            self._set_size(keyword, values, lines, number)
        elif keyword in {"DOMAIN_MIN", "DOMAIN_MAX"}:
            self._set_range(
                f"any {keyword[-3:].lower()}", self._numbers(values, lines, number), lines, number
            )
        elif keyword in {"LUT_1D_INPUT_RANGE", "LUT_3D_INPUT_RANGE"}:
            low, high = self._numbers(values, lines, number, count=2)
            self._set_range(f"{keyword[4:6]} min", (low, low, low), lines, number)
            self._set_range(f"{keyword[4:6]} max", (high, high, high), lines, number)
        elif keyword in {"LUT_IN_VIDEO_RANGE", "LUT_OUT_VIDEO_RANGE"}:
            self.flags.add(keyword)
        elif keyword != "TITLE":
            raise self._error("keyword is not known", lines, number, _KNOWN)

    def _set_size(self, keyword: str, values: list[str], lines: list[str], number: int) -> None:
        if keyword in self.sizes:
            raise self._error("size is stated twice", lines, number, f"one {keyword}")
        low, high = SIZES[keyword]
        allowed = f"a whole number, {low} to {high}"
        if len(values) != 1 or not values[0].isascii() or not values[0].isdigit():
            raise self._error("size is no number", lines, number, allowed)
        if len(values[0]) > 5 or not low <= int(values[0]) <= high:
            raise self._error("size is out of range", lines, number, allowed)
        self.sizes[keyword] = int(values[0])

    def _set_range(self, name: str, values: Sequence[float], lines: list[str], number: int) -> None:
        kind, end = name.split()
        rivals = {f"any {end}", name} if kind != "any" else {f"{each} {end}" for each in ("any", "1D", "3D")}
        if rivals & self.ranges.keys():
            raise self._error("domain is stated twice", lines, number, "one range")
        red, green, blue = values
        self.ranges[name] = (red, green, blue)

    def _numbers(self, words: list[str], lines: list[str], number: int, count: int = 3) -> list[float]:
        if len(words) != count:
            raise self._error(f"keyword has {len(words)} values", lines, number, f"{count} numbers")
        if any("," in word for word in words):
            raise self._error("comma as decimal sign", lines, number, "numbers with points")
        if not all(_NUMBER.fullmatch(word) for word in words) or not np.isfinite([*map(float, words)]).all():
            raise self._error("value is not a number", lines, number, "finite numbers")
        return [float(word) for word in words]

    def _check(self, rows: int) -> None:
        if not self.sizes:
            raise GradeFileError(
                "file states no LUT_3D_SIZE and no LUT_1D_SIZE", where=self.path, fix="Is it a LUT?"
            )
        if len(self.sizes) == 2 and any(name.startswith("any") for name in self.ranges):
            raise GradeFileError(
                "it is not clear which LUT the domain is of",
                value="DOMAIN_MIN or DOMAIN_MAX with a shaper",
                allowed="LUT_1D_INPUT_RANGE, LUT_3D_INPUT_RANGE",
                where=self.path,
            )
        expected = self.sizes.get("LUT_1D_SIZE", 0) + self.sizes.get("LUT_3D_SIZE", 0) ** 3
        if rows != expected:
            raise GradeFileError(
                "LUT has a wrong number of rows",
                value=rows,
                allowed=f"{expected} for {' and '.join(f'{name} {size}' for name, size in self.sizes.items())}",
                where=self.path,
                fix="It was cut off or put together wrongly; export it again.",
            )

    def _error(self, what: str, lines: list[str], number: int, allowed: str) -> GradeFileError:
        return GradeFileError(
            what, value=lines[number].strip()[:80], allowed=allowed, where=f"{self.path}, line {number + 1}"
        )


def _words(line: str) -> list[str]:
    return line.split("#", 1)[0].split()


def _is_row(line: str) -> bool:
    """Whether a line holds values; ``nan`` and ``inf`` are values, and refused as such."""
    words = _words(line)
    if not words:
        return False
    return _KEYWORD.match(words[0]) is None or words[0].lower() in {"nan", "inf", "infinity"}
