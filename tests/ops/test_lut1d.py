"""The shaper against OpenColorIO's Lut1DTransform."""

from __future__ import annotations

import numpy as np
import PyOpenColorIO as ocio
import pytest
import torch

from lutnet.errors import InputError
from lutnet.ops.lut1d import apply_lut1d
from tests.ops.test_cdl import edge_and_random_colours


@pytest.mark.parametrize("length", [2, 17, 1024])
def test_lookup_equals_opencolorio_lossless(length: int) -> None:
    rng = np.random.default_rng(length)
    colours = edge_and_random_colours(rng)
    curve = np.sort(rng.uniform(0.0, 1.0, (length, 3)), axis=0).astype(np.float32)
    transform = ocio.Lut1DTransform(length, False)
    transform.setData(curve.reshape(-1))
    theirs = colours.copy()
    processor = ocio.Config.CreateRaw().getProcessor(transform)
    processor.getOptimizedCPUProcessor(ocio.OPTIMIZATION_LOSSLESS).applyRGB(theirs)
    ours = apply_lut1d(torch.from_numpy(colours), torch.from_numpy(curve)).numpy()
    assert np.abs(ours - theirs).max() <= 1e-6


def test_identity_over_a_log_domain_is_the_clamped_input() -> None:
    curve = torch.linspace(-8.0, 4.0, 97).unsqueeze(-1).expand(-1, 3)
    colours = torch.rand(500, 3) * 20.0 - 12.0
    assert torch.allclose(apply_lut1d(colours, curve, (-8.0, 4.0)), colours.clamp(-8.0, 4.0), atol=1e-5)


def test_a_curve_of_one_row_is_refused() -> None:
    with pytest.raises(InputError, match="wrong shape"):
        apply_lut1d(torch.rand(2, 3), torch.rand(1, 3))
