"""What a training batch is: chance is drawn into a record first, then applied; the record is the labels."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from lutnet.diagnosis.heads import CLEAN, FAULTS, HEADS, LEVELS, class_amounts
from lutnet.ops import detune as model
from lutnet.ops.cdl import luma, saturate
from lutnet.training.photos import PhotoSet, sample_crop

SEVERAL_RANGE = (0.6, 0.8, 0.5, 0.6, 0.6, 0.6, 0.5)
"""Protocol M's largest amount per correction, all seven at once."""

NO_CLASS = -100
"""Fault class of a frame with several faults: it teaches the single-fault head nothing."""


@dataclass(frozen=True, slots=True)
class Mix:
    """Shares of the kinds of frames in a batch; the rest of 1 is clean.

    single: one fault at one of the six levels. seven: protocol M. few: 2 to 4 faults of any strength.
    severe: 2 to 4 faults of 66 % or more.
    """

    single: float = 0.26
    seven: float = 0.34
    few: float = 0.10
    severe: float = 0.20


@dataclass(frozen=True, eq=False, slots=True)
class Faults:
    """amounts: ``[B, 7]`` in -1..1. classes: ``[B]``, single-fault class, CLEAN or NO_CLASS."""

    amounts: Tensor
    classes: Tensor


@dataclass(frozen=True, eq=False, slots=True)
class Views:
    """Which part of which photograph: indices ``[B]``, boxes ``[B, 4]``, mirrored ``[B]`` bool.

    joined: ``[B]``, where in 0..1 of the width another frame of the batch takes over; 1 is nowhere.
    """

    indices: Tensor
    boxes: Tensor
    mirrored: Tensor
    joined: Tensor


@dataclass(frozen=True, eq=False, slots=True)
class Wear:
    """What camera and codec do to a frame, ``[B]`` each.

    mixed: 0..1, how far each pixel is the average of 2 x 2, as reducing a frame does; clipped values no
        longer stand alone.
    noise_codes: deviation of sensor noise in 8-bit codes. shared_chroma: 2 x 2 pixels share their colour.
    levels: largest code value, 255 or 1023. noise_seed: the noise itself, drawn when it is applied.
    """

    mixed: Tensor
    noise_codes: Tensor
    shared_chroma: Tensor
    levels: Tensor
    noise_seed: int


def draw_faults(count: int, mix: Mix, generator: torch.Generator) -> Faults:
    """Draw ``count`` detunes of the kinds of ``mix``."""
    edges = torch.tensor([mix.single, mix.seven, mix.few, mix.severe]).cumsum(0)
    kind = torch.bucketize(torch.rand(count, generator=generator), edges, right=True)
    classes = torch.randint(len(FAULTS), (count,), generator=generator)
    amounts = torch.where((kind == 0).unsqueeze(1), single_amounts(classes), torch.zeros(count, len(HEADS)))
    amounts = torch.where((kind == 1).unsqueeze(1), seven_amounts(count, generator), amounts)
    amounts = torch.where((kind == 2).unsqueeze(1), _few_amounts(count, 0.1, generator), amounts)
    amounts = torch.where((kind == 3).unsqueeze(1), _few_amounts(count, 2 / 3, generator), amounts)
    several = torch.full_like(classes, NO_CLASS)
    clean = torch.full_like(classes, CLEAN)
    return Faults(amounts, torch.where(kind == 0, classes, torch.where(kind == 4, clean, several)))


def single_amounts(classes: Tensor) -> Tensor:
    """Amounts ``[B, 7]`` of fault classes ``[B]`` (CLEAN gives zeros)."""
    return class_amounts()[classes]


def seven_amounts(count: int, generator: torch.Generator) -> Tensor:
    """Protocol M: all seven at once, ``[count, 7]``."""
    uniform = torch.rand(count, len(HEADS), generator=generator) * 2.0 - 1.0
    return uniform * torch.tensor(SEVERAL_RANGE)


def some_amounts(count: int, faults: int, lowest: float, generator: torch.Generator) -> Tensor:
    """Exactly ``faults`` corrections per row, each of a strength in ``lowest``..1, either sign."""
    chosen = torch.rand(count, len(HEADS), generator=generator).argsort(1) < faults
    strength = lowest + (1.0 - lowest) * torch.rand(count, len(HEADS), generator=generator)
    sign = torch.randint(2, (count, len(HEADS)), generator=generator) * 2 - 1
    return torch.where(chosen, strength * sign, torch.zeros(()))


def _few_amounts(count: int, lowest: float, generator: torch.Generator) -> Tensor:
    by_number = torch.stack([some_amounts(count, number, lowest, generator) for number in (2, 3, 4)])
    return by_number[torch.randint(3, (count,), generator=generator), torch.arange(count)]


def draw_views(count: int, photos: int, joined_share: float, generator: torch.Generator) -> Views:
    """Draw parts of photographs: at least 60 % of each side, mirrored or not, some joined from two."""
    sides = 0.6 + 0.4 * torch.rand(count, 2, generator=generator)
    corners = torch.rand(count, 2, generator=generator) * (1.0 - sides)
    cut = 0.25 + 0.5 * torch.rand(count, generator=generator)
    joins = torch.rand(count, generator=generator) < joined_share
    return Views(
        indices=torch.randint(photos, (count,), generator=generator),
        boxes=torch.cat((corners, sides), dim=1),
        mirrored=torch.rand(count, generator=generator) < 0.5,
        joined=torch.where(joins, cut, torch.ones(count)),
    )


def take_views(photos: PhotoSet, views: Views, size: int) -> Tensor:
    """The drawn parts as uint8 ``[B, 3, size, size]``."""
    rows = zip(views.indices.tolist(), views.boxes.tolist(), views.mirrored.tolist(), strict=True)
    crops = torch.stack(
        [sample_crop(photos.images[index], box, size, mirrored=flip) for index, box, flip in rows]
    )
    columns = (torch.arange(size) + 0.5) / size
    taken_over = columns >= views.joined.unsqueeze(1)
    return torch.where(taken_over[:, None, None, :], crops.roll(1, dims=0), crops)


def detune_bytes(pixels: Tensor, amounts: Tensor) -> Tensor:
    """``detune`` of uint8 ``[B, 3, H, W]`` by ``amounts [B, 7]``, as float in 0..1, not quantised.

    The first six corrections act on each channel alone, so 256 table entries hold them; only
    saturation is computed per pixel.
    """
    ramp = torch.linspace(0.0, 1.0, 256).unsqueeze(-1).expand(-1, 3)
    tonal = torch.cat((amounts[:, :6], torch.zeros_like(amounts[:, 6:])), dim=1)
    tables = model.detune(ramp, tonal.unsqueeze(1)).transpose(1, 2)
    toned = tables.gather(2, pixels.flatten(2).long()).transpose(1, 2)
    factor = model.saturation_factor(amounts[:, 6]).view(-1, 1, 1)
    return saturate(toned, factor).clamp(0.0, 1.0).transpose(1, 2).reshape(pixels.shape)


def draw_wear(count: int, worn_share: float, generator: torch.Generator) -> Wear:
    """Draw wear for ``count`` frames; one in ``1 / worn_share`` is worn at all."""
    strength = torch.rand(count, 4, generator=generator)
    worn = torch.rand(count, generator=generator) < worn_share
    seeds = torch.randint(2**31, (1,), generator=generator)
    return Wear(
        mixed=torch.where(worn & (strength[:, 3] < 0.75), 0.25 + strength[:, 3], torch.zeros(count)),
        noise_codes=torch.where(worn, (6.0 * strength[:, 0] - 2.0).clamp(min=0.0), torch.zeros(count)),
        shared_chroma=worn & (strength[:, 1] < 0.35),
        levels=torch.where(worn & (strength[:, 2] < 0.3), 1023.0, 255.0),
        noise_seed=int(seeds[0]),
    )


def wear_out(frames: Tensor, wear: Wear) -> Tensor:
    """Frames ``[B, 3, H, W]`` in 0..1 as a worn file holds them: noise, shared chroma, code values."""
    worn = frames.clone()
    mixed = wear.mixed > 0
    averages = nn.functional.avg_pool2d(_edged(worn[mixed]), 2, stride=1)
    worn[mixed] = worn[mixed].lerp(averages, wear.mixed[mixed].view(-1, 1, 1, 1))
    shared = wear.shared_chroma
    worn[shared] = _shared_chroma(worn[shared])
    noisy = wear.noise_codes > 0
    generator = torch.Generator().manual_seed(wear.noise_seed)
    grain = torch.randn(worn[noisy].shape, generator=generator)
    worn[noisy] += grain * (wear.noise_codes[noisy] / 255.0).view(-1, 1, 1, 1)
    levels = wear.levels.view(-1, 1, 1, 1)
    return (worn.clamp(0.0, 1.0) * levels).round() / levels


def _edged(frames: Tensor) -> Tensor:
    return nn.functional.pad(frames, (0, 1, 0, 1), mode="replicate")


def _shared_chroma(frames: Tensor) -> Tensor:
    """Colour difference averaged over 2 x 2 pixels, luma kept, as 4:2:0 files have it."""
    grey = luma(frames.movedim(1, -1)).movedim(-1, 1)
    colour = nn.functional.avg_pool2d(frames - grey, 2)
    return (grey + nn.functional.interpolate(colour, scale_factor=2.0)).clamp(0.0, 1.0)


def quantised(frames: Tensor) -> Tensor:
    """Rounded to 8 bit, as a camera file would be."""
    return (frames * 255.0).round() / 255.0


def soft_levels(amounts: Tensor) -> Tensor:
    """Targets ``[B, 7 heads, 7 levels]``: each amount shared between its two nearest levels.

    The expectation over the levels is the amount itself.
    """
    levels = amounts.new_tensor(LEVELS)
    return (1.0 - (amounts.unsqueeze(-1) - levels).abs() * 3.0).clamp(min=0.0)
