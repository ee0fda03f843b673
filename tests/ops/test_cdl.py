"""The ASC CDL against OpenColorIO's lossless processor, and its gradients."""

from __future__ import annotations

import numpy as np
import PyOpenColorIO as ocio
import pytest
import torch

from lutnet.errors import InputError
from lutnet.ops.cdl import apply_cdl, luma

EDGES = [-1.5, -0.25, -1e-7, 0.0, 1e-7, 0.18, 0.5, 1.0 - 1e-7, 1.0, 1.0 + 1e-6, 1.75, 4.0]


def edge_and_random_colours(rng: np.random.Generator) -> np.ndarray:
    grid = np.stack(np.meshgrid(EDGES, EDGES, EDGES, indexing="ij"), -1).reshape(-1, 3)
    return np.concatenate([grid, rng.uniform(-0.5, 1.5, (4000, 3))]).astype(np.float32)


def draw_cdl(rng: np.random.Generator) -> dict[str, np.ndarray]:
    return {
        "slope": rng.uniform(0.0, 2.5, 3).astype(np.float32),
        "offset": rng.uniform(-0.4, 0.4, 3).astype(np.float32),
        "power": rng.uniform(0.2, 4.0, 3).astype(np.float32),
        "saturation": rng.uniform(0.0, 2.0, 1).astype(np.float32),
    }


def with_opencolorio(colours: np.ndarray, cdl: dict[str, np.ndarray], clamp: bool) -> np.ndarray:
    transform = ocio.CDLTransform(
        slope=cdl["slope"].tolist(),
        offset=cdl["offset"].tolist(),
        power=cdl["power"].tolist(),
        sat=float(cdl["saturation"][0]),
    )
    transform.setStyle(ocio.CDL_ASC if clamp else ocio.CDL_NO_CLAMP)
    processor = ocio.Config.CreateRaw().getProcessor(transform)
    result = colours.copy()
    processor.getOptimizedCPUProcessor(ocio.OPTIMIZATION_LOSSLESS).applyRGB(result)
    return result


@pytest.mark.parametrize("clamp", [True, False])
@pytest.mark.parametrize("seed", range(8))
def test_cdl_equals_opencolorio_lossless(seed: int, clamp: bool) -> None:
    rng = np.random.default_rng(seed)
    colours, cdl = edge_and_random_colours(rng), draw_cdl(rng)
    ours = apply_cdl(
        torch.from_numpy(colours),
        torch.from_numpy(cdl["slope"]),
        torch.from_numpy(cdl["offset"]),
        torch.from_numpy(cdl["power"]),
        torch.from_numpy(cdl["saturation"]),
        clamp=clamp,
    ).numpy()
    theirs = with_opencolorio(colours, cdl, clamp)
    tolerance = 1e-6 * np.maximum(1.0, np.abs(theirs))
    assert (np.abs(ours - theirs) <= tolerance).all()


def test_identity_changes_nothing_in_range() -> None:
    colours = torch.rand(500, 3)
    one, zero = torch.ones(3), torch.zeros(3)
    assert torch.allclose(apply_cdl(colours, one, zero, one, torch.ones(1)), colours, atol=1e-7)


def test_saturation_zero_leaves_only_luma() -> None:
    colours = torch.rand(100, 3)
    one, zero = torch.ones(3), torch.zeros(3)
    grey = apply_cdl(colours, one, zero, one, torch.zeros(1))
    assert torch.allclose(grey, luma(colours).expand(-1, 3), atol=1e-6)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
def test_values_that_are_not_numbers_are_refused(bad: float) -> None:
    one, zero = torch.ones(3), torch.zeros(3)
    with pytest.raises(InputError, match="not a number"):
        apply_cdl(torch.tensor([[0.1, bad, 0.2]]), one, zero, one, torch.ones(1))


@pytest.mark.parametrize("clamp", [True, False])
def test_gradients_are_finite_at_black_white_and_out_of_range(clamp: bool) -> None:
    colours = torch.tensor([[0.0] * 3, [1.0] * 3, [-0.3] * 3, [1.7] * 3, [0.0, 0.5, 1.0]], requires_grad=True)
    slope, offset, power = (torch.full((3,), v, requires_grad=True) for v in (1.1, 0.0, 0.45))
    saturation = torch.tensor([0.8], requires_grad=True)
    apply_cdl(colours, slope, offset, power, saturation, clamp=clamp).sum().backward()
    for tensor in (colours, slope, offset, power, saturation):
        assert tensor.grad is not None and bool(tensor.grad.isfinite().all())


def test_gradcheck_away_from_clip_points() -> None:
    generator = torch.Generator().manual_seed(3)

    def draw(*shape: int, low: float, high: float) -> torch.Tensor:
        span = torch.rand(*shape, generator=generator, dtype=torch.float64) * (high - low) + low
        return span.requires_grad_()

    inputs = (
        draw(6, 3, low=0.25, high=0.7),
        draw(3, low=0.8, high=1.1),
        draw(3, low=-0.05, high=0.05),
        draw(3, low=0.7, high=1.4),
        draw(1, low=0.7, high=1.1),
    )
    assert torch.autograd.gradcheck(apply_cdl, inputs)
