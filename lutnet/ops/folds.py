"""Folds of a 3D LUT: where two colours change places, gradients tear. Finding them, and easing them out."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

import torch
from torch import Tensor

from lutnet.ops.lut3d import identity_lattice

DECIMALS = 6
"""Of the values in a ``.cube``: a lattice is judged as its file will hold it."""

ROUNDS = 30
WIDEN_EVERY = 6
BISECTIONS = 6

_ROUNDING = 1e-5
"""Largest error of a volume in single precision, as a share of the cube of its longest edge."""

_Corner = tuple[int, int]
_Edges = dict[_Corner, Tensor]
# Which edge along r (at g, b), g (at r, b) and b (at r, g) spans each volume: those that meet in one of the
# cell's 8 corners, and those along the 6 tetrahedra of tetrahedral interpolation.
_CORNERS: list[tuple[_Corner, _Corner, _Corner]] = [
    ((g, b), (r, b), (r, g)) for r in (0, 1) for g in (0, 1) for b in (0, 1)
]
_TETRAHEDRA: list[tuple[_Corner, _Corner, _Corner]] = [
    ((0, 0), (1, 0), (1, 1)),
    ((0, 0), (1, 1), (1, 0)),
    ((1, 0), (0, 0), (1, 1)),
    ((1, 1), (0, 0), (0, 1)),
    ((0, 1), (1, 1), (0, 0)),
    ((1, 1), (0, 1), (0, 0)),
]


def smallest_volume(lattice: Tensor) -> Tensor:
    """Smallest Jacobian of each cell, ``[N-1, N-1, N-1]`` float64; 1 everywhere for the identity.

    ``lattice [N, N, N, 3]`` over 0..1. Below 0 the cell is folded; a clipped cell has 0.
    """
    exact = _edges(lattice.double())
    rough = [{key: edge.float() for key, edge in edges.items()} for edges in exact]
    smallest = _least(*rough).double()
    # Single precision suffices where a cell is clearly sound; only near 0 does every digit count.
    steepest = max(float(edge.abs().max()) for edges in rough for edge in edges.values())
    doubtful = smallest < _ROUNDING * steepest**3
    smallest[doubtful] = _least(*({key: edge[:, doubtful] for key, edge in edges.items()} for edges in exact))
    return smallest


def _least(along_r: _Edges, along_g: _Edges, along_b: _Edges) -> Tensor:
    volumes = (
        _volume(along_r[at_r], along_g[at_g], along_b[at_b]) for at_r, at_g, at_b in _CORNERS + _TETRAHEDRA
    )
    return reduce(torch.minimum, volumes)


def backward_pace(lattice: Tensor, cells: Tensor) -> Tensor:
    """How fast colours run backwards in each of ``cells`` (bool ``[N-1, N-1, N-1]``), ``[K]`` float64.

    In the units of the identity, whose pace is 1: the smallest singular value of the Jacobian of each tetrahedron
    of tetrahedral interpolation that is folded, the largest of a cell; 0 where only corners are.
    """
    along_r, along_g, along_b = _edges(lattice.double())
    paces = []
    for at_r, at_g, at_b in _TETRAHEDRA:
        edges = (along_r[at_r], along_g[at_g], along_b[at_b])
        sides = torch.stack([edge[:, cells].T for edge in edges], -1)
        pace = torch.linalg.svdvals(sides)[..., -1]
        paces.append(torch.where(torch.linalg.det(sides) < 0, pace, torch.zeros_like(pace)))
    return torch.stack(paces).amax(0)


def neutral_steps(lattice: Tensor) -> Tensor:
    """Smallest step of any channel along each cell of the neutral axis, ``[N-1]``; 1 for the identity."""
    size = lattice.shape[0]
    index = torch.arange(size)
    return lattice[index, index, index].double().diff(dim=0).amin(-1) * (size - 1)


def unfold(lattice: Tensor) -> Tensor:
    """A lattice without a fold and with rising neutrals, near ``lattice``.

    The surroundings of every fault are smoothed, round by round and slowly wider, so that sound places stay
    as they are. What smoothing cannot mend is drawn toward the identity as a whole, as little as suffices.
    ``lattice [N, N, N, 3]`` over 0..1; returns the same shape and type, values in 0..1 with six decimals.
    """
    eased = as_stored(lattice.double())
    for number in range(ROUNDS):
        faults = _faulty_cells(eased)
        if not bool(faults.any()):
            return eased.to(lattice.dtype)
        eased = eased_at(eased, faults, number)
    return drawn_to_identity(eased, is_folded).to(lattice.dtype)


def eased_at(lattice: Tensor, cells: Tensor, number: int) -> Tensor:
    """``lattice`` (float64) smoothed around the marked ``cells [N-1, N-1, N-1]``, in round ``number`` from 0."""
    identity = identity_lattice(lattice.shape[0], dtype=torch.float64)
    share = _spread(_corners_of(cells), 1 + number // WIDEN_EVERY).unsqueeze(-1)
    return as_stored(torch.lerp(lattice, identity + _blurred(lattice - identity), share))


def as_stored(lattice: Tensor) -> Tensor:
    """``lattice`` with values in 0..1 and as many decimals as a file holds."""
    return lattice.clamp(0.0, 1.0).round(decimals=DECIMALS)


def is_folded(lattice: Tensor) -> bool:
    """Whether any cell of ``lattice`` is folded or its neutral diagonal falls."""
    return bool((smallest_volume(lattice) < 0).any() or (neutral_steps(lattice) < 0).any())


def drawn_to_identity(lattice: Tensor, faulty: Callable[[Tensor], bool]) -> Tensor:
    """``lattice`` mixed with the identity, with as little of it as makes it not ``faulty``."""
    identity = identity_lattice(lattice.shape[0], dtype=lattice.dtype)
    low, high = 0.0, 1.0
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        wrong = faulty(as_stored(torch.lerp(lattice, identity, middle)))
        low, high = (middle, high) if wrong else (low, middle)
    return as_stored(torch.lerp(lattice, identity, high))


def _blurred(change: Tensor) -> Tensor:
    """``change`` averaged over the neighbours along each axis, edges repeated."""
    planes = change.movedim(-1, 0).unsqueeze(0)
    padded = torch.nn.functional.pad(planes, (1,) * 6, mode="replicate")
    return torch.nn.functional.avg_pool3d(padded, 3, 1)[0].movedim(0, -1)


def _edges(lattice: Tensor) -> tuple[_Edges, ...]:
    """Per axis, the cell's four parallel edges ``[3, ...]``, keyed by where they lie on the two other axes."""
    # Channels first: whole planes are multiplied, which is several times as fast as triples.
    scaled = (lattice * (lattice.shape[0] - 1)).movedim(-1, 0).contiguous()
    keys = [(0, 0), (0, 1), (1, 0), (1, 1)]
    last = lattice.shape[0] - 1

    def part(values: Tensor, axes: tuple[int, int], key: _Corner) -> Tensor:
        return values.narrow(axes[0], key[0], last).narrow(axes[1], key[1], last)

    others = ((2, 3), (1, 3), (1, 2))
    return tuple(
        {key: part(scaled.diff(dim=1 + axis), others[axis], key) for key in keys} for axis in range(3)
    )


def _volume(red: Tensor, green: Tensor, blue: Tensor) -> Tensor:
    across = (green[1] * blue[2] - green[2] * blue[1]) * red[0]
    across += (green[2] * blue[0] - green[0] * blue[2]) * red[1]
    across += (green[0] * blue[1] - green[1] * blue[0]) * red[2]
    return across


def _faulty_cells(lattice: Tensor) -> Tensor:
    """Folded cells and those of falling neutrals, above 0 in ``[N-1, N-1, N-1]``."""
    cells = (smallest_volume(lattice) < 0).double()
    index = torch.arange(len(cells))
    cells[index, index, index] += (neutral_steps(lattice) < 0).double()
    return cells


def _corners_of(cells: Tensor) -> Tensor:
    """Lattice points of marked cells, as 0 or 1 ``[N, N, N]``."""
    padded = torch.nn.functional.pad(cells[None, None].clamp(max=1.0), (1,) * 6)
    return torch.nn.functional.max_pool3d(padded, 2, 1)[0, 0]


def _spread(points: Tensor, radius: int) -> Tensor:
    """A soft hill of ``radius`` points around every marked point, 1 on the marks."""
    size = 2 * radius + 1
    wide = torch.nn.functional.max_pool3d(points[None, None].float(), size, 1, radius)
    smooth = torch.nn.functional.avg_pool3d(wide, size, 1, radius, count_include_pad=False)
    return torch.maximum(smooth[0, 0].double(), points)
