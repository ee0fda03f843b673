"""3D LUT application against OpenColorIO's lossless processor, and its gradients."""

from __future__ import annotations

import numpy as np
import PyOpenColorIO as ocio
import pytest
import torch

from lutnet.errors import InputError
from lutnet.ops.lut3d import Interpolation, apply_lut3d, identity_lattice
from tests.ops.test_cdl import edge_and_random_colours

OCIO_NAMES = {
    Interpolation.TRILINEAR: ocio.INTERP_LINEAR,
    Interpolation.TETRAHEDRAL: ocio.INTERP_TETRAHEDRAL,
}


def with_opencolorio(colours: np.ndarray, lattice: np.ndarray, interpolation: Interpolation) -> np.ndarray:
    transform = ocio.Lut3DTransform(gridSize=lattice.shape[0])
    transform.setInterpolation(OCIO_NAMES[interpolation])
    transform.setData(lattice.reshape(-1))  # both are blue fastest
    processor = ocio.Config.CreateRaw().getProcessor(transform)
    result = colours.copy()
    processor.getOptimizedCPUProcessor(ocio.OPTIMIZATION_LOSSLESS).applyRGB(result)
    return result


@pytest.mark.parametrize("interpolation", Interpolation)
@pytest.mark.parametrize("size", [2, 3, 17, 33, 65])
def test_lookup_equals_opencolorio_lossless(size: int, interpolation: Interpolation) -> None:
    rng = np.random.default_rng(size)
    colours = edge_and_random_colours(rng)
    lattice = rng.uniform(-0.2, 1.2, (size, size, size, 3)).astype(np.float32)
    ours = apply_lut3d(torch.from_numpy(colours), torch.from_numpy(lattice), interpolation=interpolation)
    theirs = with_opencolorio(colours, lattice, interpolation)
    assert (np.abs(ours.numpy() - theirs) <= 1e-6 * np.maximum(1.0, np.abs(theirs))).all()


@pytest.mark.parametrize("interpolation", Interpolation)
def test_identity_over_a_wide_domain_is_the_clamped_input(interpolation: Interpolation) -> None:
    domain = ((-0.5, -0.25, 0.0), (1.5, 2.0, 1.0))
    colours = torch.rand(1000, 3) * 3.0 - 1.0
    result = apply_lut3d(colours, identity_lattice(9, domain), domain, interpolation)
    clamped = torch.maximum(torch.minimum(colours, torch.tensor(domain[1])), torch.tensor(domain[0]))
    assert torch.allclose(result, clamped, atol=1e-6)


@pytest.mark.parametrize("interpolation", Interpolation)
def test_a_batch_equals_each_lattice_alone(interpolation: Interpolation) -> None:
    lattices, colours = torch.rand(3, 5, 5, 5, 3), torch.rand(3, 7, 11, 3)
    together = apply_lut3d(colours, lattices, interpolation=interpolation)
    alone = [apply_lut3d(c, m, interpolation=interpolation) for c, m in zip(colours, lattices, strict=True)]
    assert torch.equal(together, torch.stack(alone))


@pytest.mark.parametrize("interpolation", Interpolation)
def test_gradcheck_in_lattice_and_colours(interpolation: Interpolation) -> None:
    generator = torch.Generator().manual_seed(1)
    lattice = torch.rand(3, 3, 3, 3, generator=generator, dtype=torch.float64, requires_grad=True)
    # Inside cells and with clearly different fractions: on a face the interpolant has a kink.
    colours = torch.tensor([[0.1, 0.2, 0.4], [0.6, 0.9, 0.7]], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(
        lambda c, m: apply_lut3d(c, m, interpolation=interpolation), (colours, lattice)
    )


@pytest.mark.parametrize("interpolation", Interpolation)
def test_gradients_are_finite_on_greys_and_outside(interpolation: Interpolation) -> None:
    lattice = torch.rand(4, 4, 4, 3, requires_grad=True)
    colours = torch.tensor([[0.0] * 3, [1.0] * 3, [0.5] * 3, [-2.0, 3.0, 0.5]], requires_grad=True)
    apply_lut3d(colours, lattice, interpolation=interpolation).sum().backward()
    assert lattice.grad is not None and bool(lattice.grad.isfinite().all())
    assert colours.grad is not None and bool(colours.grad.isfinite().all())


def test_wrong_shapes_and_nan_are_refused() -> None:
    with pytest.raises(InputError, match="not a cube"):
        apply_lut3d(torch.rand(2, 3), torch.rand(3, 3, 4, 3))
    with pytest.raises(InputError, match="batch"):
        apply_lut3d(torch.rand(2, 5, 3), torch.rand(3, 4, 4, 4, 3))
    with pytest.raises(InputError, match="not a number"):
        apply_lut3d(torch.tensor([[float("nan"), 0.0, 0.0]]), identity_lattice(3))
    with pytest.raises(InputError, match="not a number"):
        apply_lut3d(torch.rand(2, 3), torch.full((2, 2, 2, 3), float("nan")))
    with pytest.raises(InputError, match="floating-point"):
        apply_lut3d(torch.zeros(2, 3, dtype=torch.uint8), identity_lattice(3))
