"""The diagnosis network: a slim VGG trunk beside tonal statistics, and the heads that read both.

A frame is sampled on a square grid without mixing pixels, because sampling, unlike averaging, commutes with
a change of colour: histograms of the grid keep the true extremes. The trunk sees the grid averaged 2 x 2.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn

from lutnet.diagnosis.features import CHROMA_SHAPE, CODES, chroma_histogram, tonal_size, tonal_statistics
from lutnet.diagnosis.heads import CLEAN, HEADS, LEVELS

Layers = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    """What is needed to build the network; stored beside its weights.

    grid: side of the square sampling grid, pixels; the trunk sees half of it.
    layers: the VGG configuration, channels and "M" for max pooling.
    fine_bins, traces: which tonal statistics (see ``features.tonal_statistics``).
    tonal: widths of the two layers that read them. residuals: residual blocks in there and in the mixer.
    compensation: hidden units that make the errors of the levels compensate in colour.
    """

    grid: int = 128
    layers: Layers = (16, 16, "M", 32, 32, "M", 64, 64, "M", 96, 96)
    fine_bins: int = CODES
    traces: bool = True
    tonal: tuple[int, int] = (384, 192)
    hidden: int = 384
    residuals: int = 1
    compensation: int = 192
    dropout: float = 0.1

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "layers": list(self.layers), "tonal": list(self.tonal)}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> NetworkConfig:
        known = {**FIRST_DESIGN, **values}
        return cls(**{**known, "layers": tuple(known["layers"]), "tonal": tuple(known["tonal"])})


FIRST_DESIGN: dict[str, Any] = {
    "fine_bins": 128,
    "traces": False,
    "tonal": (160, 128),
    "residuals": 0,
    "compensation": 64,
}
"""What weights files that do not say it were built with."""


@dataclass(frozen=True, slots=True)
class TrunkFeatures:
    """vector: ``[N, F]`` for the whole frame. map: ``[N, C, h, w]``, one column per part of the frame."""

    vector: Tensor
    map: Tensor


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the network says of each frame.

    levels: logits ``[N, 7 heads, 7 levels]``. fault: logits ``[N, 43]`` (see ``heads.FAULTS``).
    repair: ``[N, 7]`` in -1..1, the amounts to undo. Not the expected levels: errors that cannot be told
        apart are split so that they compensate in colour.
    attention: ``[N, h, w]``, how much each part of the frame spoke; sums to 1.
    hidden: ``[N, H]``, what the heads read of the whole frame. vector: ``[N, F]``, the trunk's.
    """

    levels: Tensor
    fault: Tensor
    repair: Tensor
    attention: Tensor
    hidden: Tensor
    vector: Tensor


class Residual(nn.Module):
    """Two layers that add to what they are given; at first they add nothing."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.inner = nn.Linear(width, width)
        self.outer = silent(nn.Linear(width, width))

    def forward(self, values: Tensor) -> Tensor:
        """``[N, width]`` to ``[N, width]``."""
        added: Tensor = self.outer(nn.functional.relu(self.inner(values)))
        return values + added


class Trunk(nn.Module):
    """Frames to features: VGG blocks pooled by mean and deviation, tonal statistics, joint chroma."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.grid, self.fine_bins, self.traces = config.grid, config.fine_bins, config.traces
        self.blocks = _vgg_blocks(config.layers)
        self.map_channels = [width for width in config.layers if isinstance(width, int)][-1]
        statistics, (wide, narrow) = tonal_size(config.fine_bins, traces=config.traces), config.tonal
        self.tonal = nn.Sequential(
            *(nn.BatchNorm1d(statistics), nn.Linear(statistics, wide), nn.ReLU()),
            *(Residual(wide) for _ in range(config.residuals)),
            *(nn.Linear(wide, narrow), nn.ReLU()),
        )
        self.chroma = nn.Sequential(
            *(nn.Conv2d(CHROMA_SHAPE[0], 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(16, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Flatten(), nn.Linear(32 * (CHROMA_SHAPE[1] // 4) * (CHROMA_SHAPE[2] // 4), 96), nn.ReLU()),
        )
        self.size = 2 * self.map_channels + narrow + 96

    def forward(self, frames: Tensor) -> TrunkFeatures:
        """``frames [N, 3, H, W]`` in 0..1, any size."""
        grid = sample_grid(frames, self.grid)
        small = nn.functional.avg_pool2d(grid, 2).contiguous(memory_format=torch.channels_last)
        feature_map = self.blocks((small - 0.45) * 4.0).float()
        pooled = (feature_map.mean((2, 3)), feature_map.flatten(2).std(-1))
        with torch.autocast(frames.device.type, enabled=False):
            # Half precision would round percentiles to 1/256 and cost as much.
            statistics = tonal_statistics(grid, self.fine_bins, traces=self.traces)
            tonal, chroma = self.tonal(statistics), self.chroma(chroma_histogram(grid))
        return TrunkFeatures(torch.cat((*pooled, tonal, chroma), dim=1), feature_map)


class DiagnosisNetwork(nn.Module):
    """The trunk and its heads. Levels are voted by the whole frame and by each of its parts."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        self.trunk = Trunk(config)
        self.mixer = nn.Sequential(
            nn.Dropout(config.dropout),
            nn.Linear(self.trunk.size, config.hidden),
            nn.ReLU(),
            *(Residual(config.hidden) for _ in range(config.residuals)),
            nn.Dropout(config.dropout),
        )
        votes = len(HEADS) * len(LEVELS)
        self.level_head = nn.Linear(config.hidden, votes)
        self.fault_head = nn.Linear(config.hidden, CLEAN + 1)
        self.part_votes = nn.Conv2d(self.trunk.map_channels, votes + CLEAN + 1 + 1, 1)
        self.fault_of_levels = silent(nn.Linear(votes, CLEAN + 1))
        self.compensation = nn.Sequential(
            nn.Linear(config.hidden + votes, config.compensation),
            nn.ReLU(),
            silent(nn.Linear(config.compensation, len(HEADS))),
        )

    def forward(self, frames: Tensor) -> Verdict:
        """``frames [N, 3, H, W]`` in 0..1, any size."""
        return self.judge(self.trunk(frames))

    def judge(self, features: TrunkFeatures) -> Verdict:
        """The heads on features that are at hand already."""
        hidden = self.mixer(features.vector)
        parts = self.part_votes(features.map)
        attention = parts[:, -1].flatten(1).softmax(-1)
        voted = (parts[:, :-1].flatten(2) * attention.unsqueeze(1)).sum(-1)
        votes = len(HEADS) * len(LEVELS)
        levels = (self.level_head(hidden) + voted[:, :votes]).view(-1, len(HEADS), len(LEVELS))
        shares = levels.softmax(-1)
        compensation = self.compensation(torch.cat((hidden, shares.flatten(1)), dim=1))
        return Verdict(
            levels=levels,
            fault=self.fault_head(hidden) + voted[:, votes:] + self.fault_of_levels(shares.flatten(1)),
            repair=((shares * shares.new_tensor(LEVELS)).sum(-1) + compensation).clamp(-1.0, 1.0),
            attention=attention.view(-1, *features.map.shape[-2:]),
            hidden=hidden,
            vector=features.vector,
        )


def sample_grid(frames: Tensor, size: int, *, corners: bool = False) -> Tensor:
    """Pixels of ``frames [N, 3, H, W]`` at the centres of a ``size`` x ``size`` grid, unmixed.

    corners: at the upper left corners of its cells instead: other pixels, where the frame has them.
    """
    if frames.shape[-2:] == (size, size):
        return frames
    place = 0.0 if corners else 0.5
    rows, columns = (
        ((torch.arange(size, device=frames.device) + place) * (side / size)).long()
        for side in frames.shape[-2:]
    )
    return frames.index_select(2, rows).index_select(3, columns)


def _vgg_blocks(layers: Layers) -> nn.Sequential:
    """VGG's convolutions with batch normalisation, with torchvision's names of the weights.

    torchvision itself takes as long to import as torch, which every worker process would pay.
    """
    blocks: list[nn.Module] = []
    width = 3
    for layer in layers:
        if isinstance(layer, int):
            blocks += [nn.Conv2d(width, layer, 3, padding=1), nn.BatchNorm2d(layer), nn.ReLU(inplace=True)]
            width = layer
        else:
            blocks.append(nn.MaxPool2d(2))
    return nn.Sequential(*blocks)


def silent(layer: nn.Linear) -> nn.Linear:
    """The layer with all its numbers at zero: it says nothing until it has learned something."""
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer
