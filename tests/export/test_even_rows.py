"""Reading rows column by column, against Python's own reading of each number."""

from __future__ import annotations

import numpy as np
import pytest

from lutnet.export.even_rows import even_rows


@pytest.mark.parametrize("decimals", [1, 3, 6, 7, 9, 12])
def test_even_rows_are_read_as_python_reads_each_number(decimals: int) -> None:
    values = np.random.default_rng(decimals).uniform(0, 9.9, (500, 3))
    text = "".join(f"{r:.{decimals}f} {g:.{decimals}f} {b:.{decimals}f}\n" for r, g, b in values)
    found = even_rows(text.encode())
    assert found is not None
    assert found.tolist() == [[float(word) for word in row.split()] for row in text.splitlines()]


@pytest.mark.parametrize(
    "rows",
    [
        b"0.5 0.5 0.5\n-.5 0.5 0.5\n",
        b"0.5 0.5 0.5\n0.5 0.5 0,5\n",
        b"0.5 0.5 0.5\n0.5 0.5\t0.5\n",
        b"0.5 0.5 0.5\n0.5 0.5 0.:\n",
        b"0.5 0.5 0.5\n0.5 0.5 nan\n",
        b"0.5 0.5 0.5\n0.55 0.5 0.\n",
        b"0.5 0.5 0.5\n0.5 0.5 0.5",
        b"0.50 0.50 0.50\n0.5e 0.50 0.50\n",
        b"1 0 0\n0 1 0\n",
        b"",
    ],
)
def test_rows_of_another_layout_are_left_to_others(rows: bytes) -> None:
    assert even_rows(rows) is None
