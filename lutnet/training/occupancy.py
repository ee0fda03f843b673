"""The map of colours that photographs hold: ``python -m lutnet.training.occupancy PHOTOS [-o FILE]``.

Photographs are display-referred. For the map of a log space they are taken as scenes at several exposures: as they
are, and two stops under and over, since a camera holds more than a display shows.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import PyOpenColorIO as ocio
from PIL import Image, UnidentifiedImageError

from lutnet.certificate.occupancy import CELLS, LOG_SPACES

CONFIG = "ocio://studio-config-v2.2.0_aces-v1.3_ocio-v2.4"
_ENCODED, _LINEAR = "sRGB Encoded Rec.709 (sRGB)", "Linear Rec.709 (sRGB)"
_EXPOSURES = (0.25, 1.0, 4.0)
_SIDE = 128
_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff"}

Colours = npt.NDArray[np.float32]


def occupancy(folder: Path) -> npt.NDArray[np.uint8]:
    """Share of the photographs in ``folder`` that visit each cell, in 1/255: ``[spaces, CELLS, CELLS, CELLS]``."""
    counts = np.zeros((1 + len(LOG_SPACES), CELLS, CELLS, CELLS))
    config = ocio.Config.CreateFromFile(CONFIG)
    to_linear = _processor(config, _ENCODED, _LINEAR)
    to_log = [_processor(config, _LINEAR, space) for space in LOG_SPACES]
    total = 0
    for encoded in _photographs(folder):
        total += 1
        counts[0] += _visited(encoded)
        scene = _applied(to_linear, encoded)
        scenes = np.concatenate([scene * np.float32(exposure) for exposure in _EXPOSURES])
        for number, processor in enumerate(to_log, start=1):
            counts[number] += _visited(_applied(processor, scenes))
    return np.asarray(np.rint(255 * counts / max(1, total)), dtype=np.uint8)


def _photographs(folder: Path) -> Iterator[Colours]:
    """Every picture as encoded colours ``[P, 3]``, sampled without mixing neighbours."""
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in _SUFFIXES:
            continue
        try:
            with Image.open(path) as image:
                image.draft("RGB", (4 * _SIDE, 4 * _SIDE))
                small = image.convert("RGB").resize((_SIDE, _SIDE), Image.Resampling.NEAREST)
        except (OSError, UnidentifiedImageError):
            continue
        yield np.asarray(small, dtype=np.float32).reshape(-1, 3) / np.float32(255)


def _visited(colours: Colours) -> npt.NDArray[np.bool_]:
    cell = np.clip((colours * CELLS).astype(np.int64), 0, CELLS - 1)
    visited = np.zeros((CELLS, CELLS, CELLS), dtype=np.bool_)
    visited[cell[:, 0], cell[:, 1], cell[:, 2]] = True
    return visited


def _processor(config: ocio.Config, source: str, target: str) -> ocio.CPUProcessor:
    return config.getProcessor(source, target).getDefaultCPUProcessor()


def _applied(processor: ocio.CPUProcessor, colours: Colours) -> Colours:
    out = colours.copy()
    processor.applyRGB(out)
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", type=Path)
    parser.add_argument("-o", "--output", type=Path, default=Path("lutnet/certificate/occupancy.npz"))
    options = parser.parse_args()
    maps = occupancy(options.photos)
    with options.output.with_suffix(".part").open("wb") as file:
        np.savez_compressed(file, **{str(number): each for number, each in enumerate(maps)})
    options.output.with_suffix(".part").replace(options.output)


if __name__ == "__main__":
    main()
