"""``.cube``, the 3D LUT file that Resolve, Adobe and FFmpeg all read.

Written is the common denominator of all readers::

    # comments, ASCII
    TITLE "ascii"
    LUT_3D_SIZE n            2..256
    DOMAIN_MIN r g b         only where the domain is not 0..1
    DOMAIN_MAX r g b
    r g b                    n^3 rows, red fastest, %.6f

Read is what real files hold besides: a byte order mark, any line ends, tabs, indents, blank lines, comments
anywhere, lower-case keywords in any order, Resolve's ``LUT_3D_INPUT_RANGE min max``, numbers as ``2e-02``.
Refused is what another program would make a different picture of.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lutnet.errors import GradeFileError, InputError
from lutnet.export.atomic import write_bytes
from lutnet.grade import LUT3D, Triple

SIZES = (2, 256)
_LINE_LIMIT = 240  # readers may refuse lines of more than 250 characters
_UNIT = ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_KEYWORD = re.compile(r"[A-Za-z_]")


def write_cube(path: Path, lut: LUT3D, *, title: str, comments: Sequence[str] = ()) -> None:
    """Write ``lut`` to ``path``. ``title`` and ``comments`` are reduced to printable ASCII, one line each.

    Raises OutputError where ``path`` cannot be written; nothing has changed then.
    """
    write_bytes(path, cube_bytes(lut, title=title, comments=comments))


def cube_bytes(lut: LUT3D, *, title: str, comments: Sequence[str] = ()) -> bytes:
    """The content of the file that ``write_cube`` writes."""
    header = [f"# {plain(comment)}" for comment in comments]
    header.append(f'TITLE "{plain(title).replace(chr(34), chr(39))}"')
    header.append(f"LUT_3D_SIZE {lut.size}")
    if (lut.domain_min, lut.domain_max) != _UNIT:
        header.append("DOMAIN_MIN {:.6f} {:.6f} {:.6f}".format(*lut.domain_min))
        header.append("DOMAIN_MAX {:.6f} {:.6f} {:.6f}".format(*lut.domain_max))
    return ("\n".join(header) + "\n" + _rows(lut)).encode("ascii")


def read_cube(path: Path) -> LUT3D:
    """Read a 3D LUT.

    Raises GradeFileError, with line and cause, for a file that is missing, binary, 1D or has a shaper, has a
    wrong number of rows or columns, a size outside 2..256, NaN, infinity, decimal commas, an empty or doubly
    stated domain, a declared video range, or a keyword that is not known.
    """
    return _Reader(path).read()


def _rows(lut: LUT3D) -> str:
    red_fastest = lut.table.transpose(2, 1, 0, 3).astype(np.float64)
    values = np.round(red_fastest, 6) + 0.0  # + 0.0 turns -0.0 into 0.0
    return "%.6f %.6f %.6f\n" * lut.size**3 % tuple(values.ravel().tolist())


def plain(text: str) -> str:
    """``text`` as one line of printable ASCII that no reader finds too long."""
    printable = "".join(sign if " " <= sign <= "~" else "?" for sign in " ".join(text.split()))
    return printable[:_LINE_LIMIT]


@dataclass
class _Reader:
    path: Path
    size: int | None = None
    domain: dict[str, Triple] = field(default_factory=dict)

    def read(self) -> LUT3D:
        lines = self._lines()
        first = next((number for number, line in enumerate(lines) if _is_row(line)), len(lines))
        for number in range(first):
            self._read_keyword(lines, number)
        rows = self._rows(lines, first)
        size = self._checked_size(len(rows))
        with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinite, and is refused as such
            table = rows.astype(np.float32).reshape(size, size, size, 3).transpose(2, 1, 0, 3)
        try:
            return LUT3D(table, self.domain.get("min", _UNIT[0]), self.domain.get("max", _UNIT[1]))
        except InputError as error:
            raise GradeFileError(error.what, value=error.value, where=self.path) from error

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
            return
        keyword, values = words[0].upper(), words[1:]
        if keyword == "TITLE":
            return
        if keyword == "LUT_3D_SIZE":
            self._set_size(values, lines, number)
        elif keyword in {"DOMAIN_MIN", "DOMAIN_MAX"}:
            self._set_domain(keyword[-3:].lower(), self._numbers(values, lines, number), lines, number)
        elif keyword == "LUT_3D_INPUT_RANGE":
            low, high = self._numbers(values, lines, number, count=2)
            self._set_domain("min", (low, low, low), lines, number)
            self._set_domain("max", (high, high, high), lines, number)
        else:
            what, allowed = _REFUSED.get(keyword, ("keyword is not known", _KNOWN))
            raise self._error(what, lines, number, allowed)

    def _set_size(self, values: list[str], lines: list[str], number: int) -> None:
        if self.size is not None:
            raise self._error("size is stated twice", lines, number, "one LUT_3D_SIZE")
        allowed = f"a whole number, {SIZES[0]} to {SIZES[1]}"
        if len(values) != 1 or not values[0].isascii() or not values[0].isdigit():
            raise self._error("size is no number", lines, number, allowed)
        if len(values[0]) > 3 or not SIZES[0] <= int(values[0]) <= SIZES[1]:
            raise self._error("size is out of range", lines, number, allowed)
        self.size = int(values[0])

    def _set_domain(self, end: str, values: Sequence[float], lines: list[str], number: int) -> None:
        if end in self.domain:
            raise self._error("domain is stated twice", lines, number, "one range")
        red, green, blue = values
        self.domain[end] = (red, green, blue)

    def _numbers(self, words: list[str], lines: list[str], number: int, count: int = 3) -> list[float]:
        if len(words) != count:
            raise self._error(f"keyword has {len(words)} values", lines, number, f"{count} numbers")
        if any("," in word for word in words):
            raise self._error("comma as decimal sign", lines, number, "numbers with points")
        if not all(_NUMBER.fullmatch(word) for word in words) or not np.isfinite([*map(float, words)]).all():
            raise self._error("value is not a number", lines, number, "finite numbers")
        return [float(word) for word in words]

    def _checked_size(self, rows: int) -> int:
        if self.size is None:
            raise GradeFileError("file states no LUT_3D_SIZE", where=self.path, fix="Is it a 3D LUT?")
        if rows != self.size**3:
            raise GradeFileError(
                "LUT has a wrong number of rows",
                value=rows,
                allowed=f"{self.size**3} for {self.size} points",
                where=self.path,
                fix="It was cut off or put together wrongly; export it again.",
            )
        return self.size

    def _error(self, what: str, lines: list[str], number: int, allowed: str) -> GradeFileError:
        return GradeFileError(
            what, value=lines[number].strip()[:80], allowed=allowed, where=f"{self.path}, line {number + 1}"
        )


_KNOWN = "TITLE, LUT_3D_SIZE, DOMAIN_MIN, DOMAIN_MAX, LUT_3D_INPUT_RANGE"
_SHAPER = ("LUT is 1D or has a 1D shaper", "a 3D LUT alone")
_VIDEO_RANGE = ("LUT is made for video range, which most programs ignore in silence", "full range")
_REFUSED = {
    "LUT_1D_SIZE": _SHAPER,
    "LUT_1D_INPUT_RANGE": _SHAPER,
    "LUT_IN_VIDEO_RANGE": _VIDEO_RANGE,
    "LUT_OUT_VIDEO_RANGE": _VIDEO_RANGE,
}


def _words(line: str) -> list[str]:
    return line.split("#", 1)[0].split()


def _is_row(line: str) -> bool:
    """Whether a line holds values; ``nan`` and ``inf`` are values, and refused as such."""
    words = _words(line)
    if not words:
        return False
    return _KEYWORD.match(words[0]) is None or words[0].lower() in {"nan", "inf", "infinity"}
