"""Tonal statistics of frames: what a pooled convolutional trunk loses.

All are read off one exact 256-level count per channel, so soft histograms of any kernel and percentiles
cost one pass over the pixels. Nothing here is learned and no gradient flows through it.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from lutnet.ops.cdl import luma
from lutnet.ops.detune import scene_stops

CODES = 256
COARSE_BINS = 48
"""For the shape of a histogram. The fine one is for its spikes: the codes at which clipped highlights and
shadows came to lie tell one fault from another."""
PERCENTILES = (0.0, 0.002, 0.01, 0.03, 0.1, 0.25, 0.5, 0.75, 0.9, 0.97, 0.99, 0.998, 1.0)
CHANNELS = 5  # red, green, blue, luma, saturation
COMB_REGIONS = 16
EXTREMES = (0.005, 0.03, 0.97, 0.995)
"""Ranks of luma: the colours of what is darker than the first two and brighter than the last two."""
CHROMA_SHAPE = (3, 24, 16)
"""Joint chroma histogram: luminance bands (dark, middle, bright), blue-orange axis, magenta-green axis."""

_CHROMA_RANGE = (2.4, 1.2)  # stops of scene light to either side, along the two axes
_BAND_EDGES = (0.25, 0.55)


def tonal_size(fine_bins: int, *, traces: bool) -> int:
    """How many numbers ``tonal_statistics`` gives per frame."""
    of_traces = 3 * 2 * (COMB_REGIONS + len(EXTREMES)) if traces else 0
    return CHANNELS * (COARSE_BINS + len(PERCENTILES) + 2 + fine_bins) + of_traces


def tonal_statistics(frames: Tensor, fine_bins: int = CODES, *, traces: bool = True) -> Tensor:
    """Soft histograms (square-rooted), percentiles and clipped shares of R, G, B, luma and saturation.

    ``frames [N, 3, H, W]`` in 0..1; returns ``[N, tonal_size(fine_bins, traces)]``. fine_bins: of the
    finer histogram; CODES counts every code. traces: with what a change of tones leaves behind, combs
    and the colours of the darkest and brightest pixels.
    """
    values = _channels(frames)
    counts = _counts(values)
    shares = counts / counts.sum(-1, keepdim=True)
    coarse, fine = ((shares @ _kernels(shares, bins)).sqrt() for bins in (COARSE_BINS, fine_bins))
    clipped = torch.stack((shares[..., 0], shares[..., -1]), dim=-1).sqrt()
    statistics = torch.cat((coarse, _percentiles(shares), clipped, fine), dim=-1).flatten(1)
    if not traces:
        return statistics
    return torch.cat((statistics, _combs(counts[:, :3]), _extreme_colours(values, shares[:, 3])), dim=1)


def chroma_histogram(frames: Tensor) -> Tensor:
    """Joint histogram of scene chromaticity in luminance bands, square-rooted: ``[N, *CHROMA_SHAPE]``.

    The axes are the directions in which colour temperature and tint shift a picture, so that a cast
    moves the histogram without changing its shape.
    """
    bands, warm_bins, green_bins = CHROMA_SHAPE
    red, green, blue = scene_stops(frames).unbind(1)
    warm = _bin((red - blue) / 2, _CHROMA_RANGE[0], warm_bins)
    green_shift = _bin(green - (red + blue) / 2, _CHROMA_RANGE[1], green_bins)
    grey = luma(frames.movedim(1, -1)).squeeze(-1)
    band = sum((grey > edge).int() for edge in _BAND_EDGES)
    index = (band * warm_bins + warm) * green_bins + green_shift
    counts = _bincount(index.flatten(1), bands * warm_bins * green_bins)
    return (counts / index[0].numel()).sqrt().view(-1, *CHROMA_SHAPE)


def _channels(frames: Tensor) -> Tensor:
    """R, G, B, luma and saturation (highest less lowest channel) ``[N, 5, P]``."""
    grey = luma(frames.movedim(1, -1)).movedim(-1, 1)
    red, green, blue = frames[:, :1], frames[:, 1:2], frames[:, 2:]
    low, high = (
        red.minimum(green).minimum(blue),
        red.maximum(green).maximum(blue),
    )  # a reduction takes five times as long
    return torch.cat((frames, grey, high - low), dim=1).flatten(2)


def _counts(values: Tensor) -> Tensor:
    """How often each of 256 codes occurs in ``values [N, C, P]``: ``[N, C, 256]``."""
    codes = (values.clamp(0.0, 1.0) * (CODES - 1) + 0.5).int()
    return _bincount(codes.flatten(0, 1), CODES).view(*values.shape[:2], CODES)


def _bincount(index: Tensor, bins: int) -> Tensor:
    """Count ``index [R, P]`` (0..bins-1) row by row: ``[R, bins]``."""
    # 32-bit indices: counting them takes a quarter of the time of 64-bit ones.
    rows = torch.arange(index.shape[0], device=index.device, dtype=torch.int32).unsqueeze(1) * bins
    return torch.bincount((index + rows).flatten(), minlength=index.shape[0] * bins).view(-1, bins).float()


def _bin(stops: Tensor, limit: float, bins: int) -> Tensor:
    # Clamped as floats: torch clamps integers one by one.
    return ((stops / limit + 1.0) * (bins / 2)).clamp(0.0, bins - 1.0).int()


def _kernels(like: Tensor, bins: int) -> Tensor:
    """Triangular kernels ``[256, bins]``: each code shared between its two nearest bin centres."""
    centres = torch.linspace(0.0, 1.0, bins, device=like.device)
    codes = torch.linspace(0.0, 1.0, CODES, device=like.device)
    return (1.0 - (codes.unsqueeze(1) - centres).abs() * (bins - 1)).clamp(min=0.0)


def _percentiles(shares: Tensor, ranks: tuple[float, ...] = PERCENTILES) -> Tensor:
    cumulative = shares.cumsum(-1)
    # 0 asks for the first code that occurs at all, 1 for the last; rounding must not skip past it.
    wanted = shares.new_tensor(ranks).clamp(1e-6, 1.0 - 1e-5)
    wanted = wanted.expand(*shares.shape[:-1], -1).contiguous()
    return torch.searchsorted(cumulative.contiguous(), wanted).clamp(max=CODES - 1) / (CODES - 1)


def _combs(counts: Tensor) -> Tensor:
    """Shares of gaps and of doubled codes per region of ``counts [N, C, 256]``: ``[N, C * 2 * COMB_REGIONS]``.

    Stretching the tones of an 8-bit file leaves codes empty and squeezing them piles codes up, as
    steep as the curve is there.
    """
    around = nn.functional.avg_pool1d(counts, 9, stride=1, padding=4)
    relative = counts / (around + 1.0)
    gaps = ((relative < 0.3) & (around > 4.0)).float()
    piles = (relative - 1.0).clamp(0.0, 2.0)
    both = torch.cat((gaps, piles), dim=1)
    return nn.functional.avg_pool1d(both, CODES // COMB_REGIONS).flatten(1)


def _extreme_colours(values: Tensor, luma_shares: Tensor) -> Tensor:
    """Mean and deviation of R, G, B beyond each of EXTREMES: ``[N, 3 * 2 * len(EXTREMES)]``.

    The clipped highlights and shadows of the clean frame, each of one colour, show what was done to it.
    """
    codes = (values[:, 3:4] * (CODES - 1) + 0.5).int()
    limits = (_percentiles(luma_shares, EXTREMES) * (CODES - 1) + 0.5).int().unsqueeze(-1)
    dark = torch.tensor(EXTREMES, device=values.device) < 0.5
    beyond = torch.cat((codes <= limits[:, dark], codes >= limits[:, ~dark]), dim=1).float()
    moments = torch.cat((values[:, :3], values[:, :3].square()), dim=1).transpose(1, 2)
    mean, square = (beyond @ moments / beyond.sum(-1, keepdim=True)).chunk(2, dim=-1)
    spread = (square - mean * mean).clamp(min=0.0).sqrt()
    return torch.cat((mean, spread), dim=-1).flatten(1)
