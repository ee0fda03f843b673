"""Values that are no numbers are found wherever they stand; the largest numbers are numbers."""

from __future__ import annotations

import pytest
import torch

from lutnet.errors import InputError
from lutnet.ops.finite import require_finite
from lutnet.shot import Frames

BAD = (float("nan"), float("inf"), float("-inf"))


@pytest.mark.parametrize("bad", [(value,) for value in BAD] + [(float("inf"), float("-inf"))])
def test_a_value_that_is_no_number_is_refused(bad: tuple[float, ...]) -> None:
    values = torch.full((2, 3, 40, 50), 0.5)
    for place, value in enumerate(bad):
        values[1, place, 39, 49] = value
    with pytest.raises(InputError, match="not a number"):
        require_finite("values", values)
    with pytest.raises(InputError, match="not a number"):
        Frames(values)


@pytest.mark.parametrize("dtype", [torch.float16, torch.float32])
def test_vast_numbers_whose_sum_is_none_are_numbers(dtype: torch.dtype) -> None:
    values = torch.full((2, 3, 40, 50), torch.finfo(dtype).max, dtype=dtype)
    require_finite("values", values)
    assert len(Frames(values)) == 2
