"""The baselines do what their names say, so that beating them means something."""

from __future__ import annotations

import pytest
import torch

from lutnet.training.baselines import BASELINES, auto_contrast, grey_world_levels


@pytest.fixture
def frame() -> torch.Tensor:
    return torch.rand(3, 40, 40, generator=torch.Generator().manual_seed(0)) * 0.4 + 0.2


def test_grey_world_removes_a_cast(frame):
    cast = frame * torch.tensor([1.2, 1.0, 0.8]).view(3, 1, 1)
    means = grey_world_levels(cast).mean((1, 2))
    assert float(means.max() - means.min()) < 0.02


@pytest.mark.parametrize("correct", BASELINES.values(), ids=list(BASELINES))
def test_every_baseline_stretches_a_flat_frame_and_stays_in_range(correct, frame):
    result = correct(frame)
    assert result.shape == frame.shape
    assert float(result.min()) == 0.0 and 0.99 < float(result.max()) <= 1.0


def test_auto_contrast_stretches_each_channel(frame):
    tinted = frame * torch.tensor([1.0, 0.5, 0.8]).view(3, 1, 1)
    assert (auto_contrast(tinted).amax((1, 2)) > 0.99).all()
