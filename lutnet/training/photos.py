"""Photographs that are right, as training material: decoded once, kept as bytes, split by their source."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from lutnet.errors import InputError

SUFFIXES = (".jpg", ".jpeg", ".png")


@dataclass(frozen=True, eq=False)
class PhotoSet:
    """images: uint8 ``[3, H, W]`` each, sRGB, sizes differ. names and sources: one per image."""

    images: tuple[Tensor, ...]
    names: tuple[str, ...]
    sources: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.images)

    def subset(self, indices: Iterable[int]) -> PhotoSet:
        chosen = tuple(indices)
        return PhotoSet(
            tuple(self.images[i] for i in chosen),
            tuple(self.names[i] for i in chosen),
            tuple(self.sources[i] for i in chosen),
        )

    @property
    def digest(self) -> str:
        """SHA-256 over the sorted names: which photographs a training run saw."""
        return hashlib.sha256("\n".join(sorted(self.names)).encode()).hexdigest()


def load_photos(folder: Path) -> PhotoSet:
    """Every photograph directly in ``folder``; sources from ``SOURCES.csv`` beside it, else one per file.

    Raises InputError when the folder holds none.
    """
    paths = sorted(path for path in folder.glob("*") if path.suffix.lower() in SUFFIXES)
    if not paths:
        raise InputError("no photographs found", where=folder, allowed="a folder of .jpg or .png files")
    table = _sources(folder.parent / "SOURCES.csv")
    names = tuple(f"{folder.name}/{path.name}" for path in paths)
    sources = tuple(table.get(name, name) for name in names)
    return PhotoSet(tuple(_decode(path) for path in paths), names, sources)


def split_by_source(photos: PhotoSet, held_out: float, seed: int) -> tuple[PhotoSet, PhotoSet]:
    """(kept, held out): whole sources are held out, drawn by ``seed``, until their share is reached.

    No source gives more than a third of the held-out photographs, so that no publisher decides a figure.
    """
    wanted = held_out * len(photos)
    counts = {source: photos.sources.count(source) for source in sorted(set(photos.sources))}
    order = np.random.default_rng(seed).permutation(list(counts))
    chosen: set[str] = set()
    total = 0
    for source in (str(name) for name in order):
        if total < wanted and counts[source] <= wanted / 3:
            chosen.add(source)
            total += counts[source]
    inside = [i for i, source in enumerate(photos.sources) if source in chosen]
    outside = [i for i, source in enumerate(photos.sources) if source not in chosen]
    return photos.subset(outside), photos.subset(inside)


def sample_crop(image: Tensor, box: Sequence[float], size: int, *, mirrored: bool = False) -> Tensor:
    """``size`` x ``size`` unmixed pixels of the part ``box`` (top, left, height, width; 0..1) of ``image``.

    ``image [3, H, W]`` of any type; returns ``[3, size, size]``.
    """
    top, left, height, width = box
    steps = (torch.arange(size) + 0.5) / size
    rows = ((top + height * steps) * image.shape[1]).long()
    columns = ((left + width * steps) * image.shape[2]).long()
    return image[:, rows][:, :, columns.flip(0) if mirrored else columns]


def _decode(path: Path) -> Tensor:
    try:
        with Image.open(path) as image:
            pixels = np.array(image.convert("RGB"))
    except OSError as error:
        raise InputError("photograph cannot be read", where=path, fix=str(error)) from error
    return torch.from_numpy(pixels).permute(2, 0, 1).contiguous()


def _sources(table: Path) -> dict[str, str]:
    if not table.is_file():
        return {}
    with table.open(newline="", encoding="utf-8") as lines:
        return {row["file"]: row["source"] for row in csv.DictReader(lines)}
