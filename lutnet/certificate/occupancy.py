"""Which colours real pictures hold: per space, the share of photographs that visit each cell of the colour cube.

``occupancy.npz`` is made by ``python -m lutnet.training.occupancy`` from photographs.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from lutnet.errors import InputError

CELLS = 32
DISPLAY = "Rec.1886 Rec.709 - Display"
LOG_SPACES = (
    "ACEScct",
    "ARRI LogC3 (EI800)",
    "ARRI LogC4",
    "S-Log3 S-Gamut3.Cine",
    "V-Log V-Gamut",
    "Log3G10 REDWideGamutRGB",
    "DaVinci Intermediate WideGamut",
)
"""OpenColorIO names of the camera and working spaces for which there is a map."""

SPACES = (DISPLAY, *LOG_SPACES)
LEAST_SHARE = 0.05
"""A cell of the map is occupied where at least this share of photographs has a colour in it."""

_COARSEST = 8

Cells = npt.NDArray[np.bool_]


def occupied_cells(space: str, cells: int) -> Cells:
    """The cells of a lattice of ``cells`` cells a side that are occupied for half of their volume or more.

    Returns ``[cells, cells, cells]`` (axes r, g, b); all of them where the lattice is too coarse to tell.
    space: one of SPACES. Raises InputError for another.
    """
    if space not in SPACES:
        raise InputError("there is no map of colours for the space", value=space, allowed=", ".join(SPACES))
    if cells < _COARSEST:
        return np.ones((cells, cells, cells), dtype=np.bool_)
    occupied = _shares(space) >= LEAST_SHARE
    overlap = _overlap(cells)
    share = np.einsum("ri,gj,bk,ijk->rgb", overlap, overlap, overlap, occupied, optimize=True)
    return np.asarray(share >= 0.5 - 1e-9)


@cache
def _shares(space: str) -> npt.NDArray[np.float64]:
    with (
        files("lutnet.certificate").joinpath("occupancy.npz").open("rb") as file,
        np.load(file, allow_pickle=False) as maps,
    ):
        return np.asarray(maps[str(SPACES.index(space))] / 255.0)


def _overlap(cells: int) -> npt.NDArray[np.float64]:
    """Share of each of ``cells`` cells that lies in each of the map's, along one axis: ``[cells, CELLS]``."""
    start = np.arange(cells)[:, None] / cells
    low = np.arange(CELLS)[None] / CELLS
    common = np.minimum(start + 1 / cells, low + 1 / CELLS) - np.maximum(start, low)
    return np.asarray(np.clip(common, 0.0, None) * cells)
