"""Tonal statistics against exact counts by numpy, and the symmetries they promise."""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lutnet.diagnosis.features import (
    CHANNELS,
    CHROMA_SHAPE,
    COARSE_BINS,
    CODES,
    COMB_REGIONS,
    EXTREMES,
    PERCENTILES,
    chroma_histogram,
    tonal_size,
    tonal_statistics,
)
from lutnet.ops.detune import detune


def bytes_frames(seed: int, count: int = 2, side: int = 24) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(256, (count, 3, side, side), generator=generator).float() / 255.0


def split(statistics: torch.Tensor) -> tuple[tuple[torch.Tensor, ...], torch.Tensor, torch.Tensor]:
    sizes = [COARSE_BINS, len(PERCENTILES), 2, CODES]
    histograms = statistics[:, : CHANNELS * sum(sizes)].view(len(statistics), CHANNELS, -1)
    coarse, percentiles, clipped, fine = histograms.split(sizes, dim=-1)
    return (coarse, fine), percentiles, clipped


def combs(frames: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Shares of gaps and of doubled codes, ``[N, 3, COMB_REGIONS]`` each."""
    width = 3 * COMB_REGIONS
    last = tonal_statistics(frames)[:, -2 * width - len(EXTREMES) * 6 :]
    gaps, piles, _ = last.split([width, width, len(EXTREMES) * 6], dim=1)
    return gaps.view(-1, 3, COMB_REGIONS), piles.view(-1, 3, COMB_REGIONS)


def extreme_colours(frames: torch.Tensor) -> torch.Tensor:
    """``[N, ranks, mean and deviation, 3]``."""
    return tonal_statistics(frames)[:, -len(EXTREMES) * 6 :].view(-1, len(EXTREMES), 2, 3)


def test_statistics_have_the_announced_sizes():
    frames = bytes_frames(0)
    for bins, traces in ((256, True), (256, False), (128, False)):
        statistics = tonal_statistics(frames, bins, traces=traces)
        assert statistics.shape == (2, tonal_size(bins, traces=traces))
    assert chroma_histogram(frames).shape == (2, *CHROMA_SHAPE)


def test_soft_histograms_are_linear_splats_of_the_exact_counts():
    frames = bytes_frames(1)
    histograms, _, _ = split(tonal_statistics(frames))
    for soft, bins in zip(histograms, (COARSE_BINS, CODES), strict=True):
        red = frames[0, 0].flatten().double().numpy() * (bins - 1)
        low = np.minimum(np.floor(red).astype(int), bins - 2)
        expected = np.bincount(low, 1 - (red - low), bins) + np.bincount(low + 1, red - low, bins)
        np.testing.assert_allclose(soft[0, 0].double() ** 2, expected / red.size, atol=1e-5)


def test_percentiles_are_those_of_the_pixels():
    frames = bytes_frames(2, side=50)
    _, percentiles, _ = split(tonal_statistics(frames))
    for column, share in enumerate(PERCENTILES):
        exact = np.quantile(frames[1, 2].numpy(), share, method="inverted_cdf")
        assert abs(float(percentiles[1, 2, column]) - exact) <= 1.01 / 255


def test_stretched_tones_leave_gaps_and_squeezed_ones_pile_up():
    frames = bytes_frames(4, side=128)
    stretched = (((frames - 0.5) * 1.5 + 0.5).clamp(0.0, 1.0) * 255.0).round() / 255.0
    squeezed = (((frames - 0.5) * 0.7 + 0.5) * 255.0).round() / 255.0
    (_, plain), (gaps, _), (none, piles) = combs(frames), combs(stretched), combs(squeezed)
    # In the middle, clear of the clipped ends: a third of the codes stays empty; 0.43 of them hold two.
    assert torch.allclose(gaps[:, :, 4:12].mean(), torch.tensor(1 / 3), atol=0.03)
    assert float(none[:, :, 4:12].max()) == 0.0
    assert float(piles[:, :, 4:12].mean()) > 2.0 * float(plain[:, :, 4:12].mean())


def test_extreme_colours_are_those_of_the_darkest_and_the_brightest_pixels():
    frames = torch.full((1, 3, 100, 100), 0.5)
    dark, bright = torch.tensor([0.1, 0.0, 0.2]), torch.tensor([1.0, 0.9, 0.8])
    frames[0, :, :5] = dark.view(3, 1, 1)
    frames[0, :, -5:] = bright.view(3, 1, 1)
    mean, deviation = extreme_colours(frames)[0].unbind(1)
    torch.testing.assert_close(mean, torch.stack((dark, dark, bright, bright)), atol=1e-5, rtol=0)
    torch.testing.assert_close(deviation, torch.zeros(4, 3), atol=1e-3, rtol=0)


def test_clipped_shares_count_black_and_white():
    frames = torch.full((1, 3, 10, 10), 0.5)
    frames[:, :, :2] = 0.0
    frames[:, :, 2:3] = 1.0
    _, _, clipped = split(tonal_statistics(frames))
    torch.testing.assert_close(clipped[0, 0] ** 2, torch.tensor([0.2, 0.1]))


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 1000))
def test_where_pixels_lie_does_not_matter(seed: int) -> None:
    frames = bytes_frames(seed)
    order = torch.randperm(24 * 24, generator=torch.Generator().manual_seed(seed))
    shuffled = frames.flatten(2)[:, :, order].view_as(frames)
    torch.testing.assert_close(tonal_statistics(shuffled), tonal_statistics(frames), atol=1e-3, rtol=0)
    torch.testing.assert_close(chroma_histogram(shuffled), chroma_histogram(frames))


def test_chroma_histogram_sums_to_one():
    torch.testing.assert_close((chroma_histogram(bytes_frames(3)) ** 2).sum((1, 2, 3)), torch.ones(2))


def test_warmth_moves_chroma_along_the_warm_axis_only():
    grey = torch.linspace(0.3, 0.5, 64).view(1, 8, 8, 1).expand(1, 8, 8, 3)
    # Slightly green, to lie in the middle of a bin: neutral is the border of two, where rounding decides.
    amounts = torch.tensor([[0.0, 0.0, 0.125, 0.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.125, 0.0, 0.0, 0.0, 0.0]])
    before, after = (chroma_histogram(detune(grey, amount).movedim(-1, 1))[0].sum(0) for amount in amounts)
    assert after.sum(1).argmax() > before.sum(1).argmax()
    assert after.sum(0).argmax() == before.sum(0).argmax()
