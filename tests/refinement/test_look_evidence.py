"""What graded stills show together."""

from __future__ import annotations

import pytest
import torch

from lutnet.diagnosis.model import default_model
from lutnet.ops.detune import NAMES, detune
from lutnet.refinement.look_evidence import FEATURES, RANKS, STATISTICS, look_evidence, statistics


def pictures(count: int, seed: int) -> torch.Tensor:
    """Made-up pictures ``[N, 3, 128, 128]``: patches of tones and colours, neutral on average."""
    draw = torch.Generator().manual_seed(seed)
    tones = 0.45 + 0.2 * torch.randn(count, 1, 16, 16, generator=draw)
    colours = 0.08 * torch.randn(count, 3, 16, 16, generator=draw)
    fine = 0.02 * torch.randn(count, 3, 128, 128, generator=draw)
    patches = torch.nn.functional.interpolate(tones + colours, size=128)
    return (patches + fine).clamp(0.0, 1.0)


def test_statistics_of_two_tones_are_those_read_off_by_hand() -> None:
    colours = torch.tensor([[0.2, 0.2, 0.2]] * 150 + [[0.6, 0.6, 0.9]] * 151)[None]
    found = statistics(colours)[0]
    assert found.shape == (STATISTICS,)
    ranks = len(RANKS)
    red, _, blue = found[: 3 * ranks].view(ranks, 3).unbind(1)
    assert red.tolist() == pytest.approx([0.2] * 3 + [0.6] * 4)
    assert blue.tolist() == pytest.approx([0.2] * 3 + [0.9] * 4)
    grey = 0.6 + 0.3 * 0.0722
    assert found[3 * ranks : 4 * ranks].tolist() == pytest.approx([0.2] * 3 + [grey] * 4)
    assert found[4 * ranks : 5 * ranks - 2].tolist() == pytest.approx([0.0] + [0.3] * 4)
    assert found[-9:-6].tolist() == pytest.approx([0.0] * 3, abs=1e-6)  # dark third
    assert found[-3:].tolist() == pytest.approx([2 * (0.6 - grey)] * 2 + [2 * (0.9 - grey)], rel=1e-5)


def test_the_order_of_pixels_says_nothing() -> None:
    colours = pictures(2, 1)[:, :, ::8, ::8].flatten(2).transpose(1, 2)
    shuffled = colours[:, torch.randperm(256, generator=torch.Generator().manual_seed(2))]
    assert torch.allclose(statistics(colours), statistics(shuffled), atol=1e-6)


def test_the_order_of_stills_says_nothing() -> None:
    stills = pictures(6, 3)
    one, other = (look_evidence(each, default_model()) for each in (stills, stills.flip(0)))
    assert one.features.shape == (FEATURES,)
    torch.testing.assert_close(one.features, other.features, atol=2e-4, rtol=1e-3)


def test_the_first_guess_goes_the_way_of_the_look() -> None:
    amounts = torch.zeros(7)
    amounts[NAMES.index("temperature")] = 0.8
    stills = pictures(6, 4)
    graded = detune(stills.movedim(1, -1), amounts).movedim(-1, 1)
    before, after = (look_evidence(each, default_model()).amounts for each in (stills, graded))
    assert after[NAMES.index("temperature")] > before[NAMES.index("temperature")] + 0.2
