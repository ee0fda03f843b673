"""Rows of three numbers that are all laid out as the first one is, digit under digit: read column by column."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

_ROW = re.compile(rb"(\d{1,3}\.\d{1,12}) (\d{1,3}\.\d{1,12}) (\d{1,3}\.\d{1,12})\n")


def even_rows(text: bytes) -> npt.NDArray[np.float64] | None:
    """The values ``[N, 3]`` of ``text``, each the float64 nearest to what is written; None where rows differ in layout.

    Programs write most tables so, and this takes a fifth of the time of reading one number after the other.
    """
    first = _ROW.match(text)
    if first is None or len(text) % first.end():
        return None
    table = np.frombuffer(text, dtype=np.uint8).reshape(-1, first.end())
    values = np.empty((len(table), 3))
    for number, (start, end) in enumerate(first.span(group) for group in (1, 2, 3)):
        point = text.index(b".", start)
        if not (table[:, end] == text[end]).all() or not (table[:, point] == text[point]).all():
            return None
        whole = np.zeros(len(table), dtype=np.int64)
        for column in (*range(start, point), *range(point + 1, end)):
            digits = table[:, column] - 48  # what is no digit is above 9, since uint8 wraps
            if digits.max() > 9:
                return None
            whole = 10 * whole + digits
        values[:, number] = whole / 10.0 ** (
            end - point - 1
        )  # both exact, so that the quotient is the nearest
    return values
