"""Splines over the colour cube are SciPy's B-splines, and their least squares are those of a dense design."""

import numpy as np
import torch
from scipy.interpolate import BSpline

from lutnet.ops.spline import banded, normal_equations, sampled, solved

CONTROL = 7
DRAW = torch.Generator().manual_seed(3)
COLOURS = torch.rand(300, 3, generator=DRAW, dtype=torch.float64)


def dense(colours: torch.Tensor, control: int = CONTROL) -> np.ndarray:
    """Every control point's weight for every colour, ``[P, control ** 3]``."""
    knots = np.arange(-3, control + 1) / (control - 3)
    red, green, blue = (
        BSpline.design_matrix(colours[:, channel].numpy(), knots, 3).toarray() for channel in range(3)
    )
    ruled: np.ndarray = np.einsum("pr,pg,pb->prgb", red, green, blue)
    return ruled.reshape(len(colours), -1)


def whole(band: torch.Tensor) -> np.ndarray:
    """The symmetric matrix of which ``band[b, j]`` is what is at ``[j + b, j]``."""
    size = band.shape[1]
    lower = sum(np.diag(row[: size - below].numpy(), -below) for below, row in enumerate(band))
    assert isinstance(lower, np.ndarray)
    return lower + lower.T - np.diag(np.diag(lower))


def test_sums_are_those_of_a_dense_design():
    values = torch.rand(300, 2, generator=DRAW, dtype=torch.float64)
    precision = torch.rand(300, generator=DRAW, dtype=torch.float64)
    system, right = normal_equations(COLOURS, values, precision, CONTROL)
    design = dense(COLOURS)
    weighted = design.T * precision.numpy()
    assert np.allclose(whole(system), weighted @ design, atol=1e-12)
    assert np.allclose(right.numpy(), weighted @ values.numpy(), atol=1e-12)


def test_no_colours_ask_for_nothing():
    none = COLOURS[:0]
    system, right = normal_equations(none, none, none[:, 0], CONTROL)
    assert not system.any()
    assert not right.any()


def test_the_last_colour_of_the_cube_counts_too():
    white = torch.ones(1, 3, dtype=torch.float64)
    system, _ = normal_equations(white, white, white[:, 0], CONTROL)
    assert np.allclose(whole(system).sum(), 1.0)


def test_a_banded_system_is_solved_as_a_dense_one():
    values = torch.rand(300, 2, generator=DRAW, dtype=torch.float64)
    system, right = normal_equations(COLOURS, values, torch.ones(300, dtype=torch.float64), CONTROL)
    system[0] += 0.01
    expected = np.linalg.solve(whole(system), right.numpy())
    assert np.allclose(solved(system, right).numpy(), expected, atol=1e-9)


def test_a_matrix_is_a_band_and_back():
    near = whole(normal_equations(COLOURS, COLOURS, COLOURS[:, 0], CONTROL)[0])
    assert np.array_equal(whole(banded(torch.from_numpy(near), CONTROL)), near)


def test_a_lattice_holds_the_values_of_the_spline():
    points = torch.rand(CONTROL**3, 3, generator=DRAW, dtype=torch.float64)
    lattice = sampled(points, 5)
    inside = torch.linspace(0, 1, 5, dtype=torch.float64)
    colours = torch.cartesian_prod(inside, inside, inside)
    assert np.allclose(lattice.view(-1, 3).numpy(), dense(colours) @ points.numpy(), atol=1e-12)
