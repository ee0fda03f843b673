"""Stills for the show tests: parts of photographs that ship with the dependencies, under a known grade."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from skimage import data
from sklearn.datasets import load_sample_images

from lutnet.grade import CDL

Pixels = npt.NDArray[np.uint8]

HIDDEN = CDL((1.05, 0.98, 0.85), (0.02, 0.0, 0.03), (0.95, 1.0, 1.1), 0.8)


def pictures() -> list[Pixels]:
    """Twelve pictures ``[H, W, 3]`` uint8."""
    found = []
    whole = [np.asarray(getattr(data, name)()) for name in ("astronaut", "coffee", "chelsea", "rocket")]
    for pixels in (*whole, *load_sample_images().images):
        step = max(1, pixels.shape[0] // 200)
        half = pixels.shape[1] // 2
        found += [pixels[::step, :half:step], pixels[::step, half::step]]
    return found


def graded(picture: Pixels, cdl: CDL = HIDDEN) -> Pixels:
    colours = cdl.apply(torch.from_numpy(picture.astype(np.float32) / 255.0))
    return np.asarray((colours.numpy() * 255.0).round(), dtype=np.uint8)


def write_folders(root: Path) -> tuple[Path, Path]:
    """``ungraded`` and ``graded`` below ``root``, a still of every picture in each."""
    folders = (root / "ungraded", root / "graded")
    for folder in folders:
        folder.mkdir()
    for number, picture in enumerate(pictures()):
        Image.fromarray(picture).save(folders[0] / f"still_{number}.png")
        Image.fromarray(graded(picture)).save(folders[1] / f"still_{number}.png")
    return folders
