"""Colours behind a view, and a CDL fitted through one."""

from __future__ import annotations

import torch
from torch import Tensor

from lutnet.grade import CDL
from lutnet.ops.pull_back import loudness, pull_back
from lutnet.ops.shaped_lattice import ShapedLattice


def shoulder(colours: Tensor) -> Tensor:
    """A log picture on a display: contrast in the middle, black below 0.1, white from 0.7 on."""
    return ((colours - 0.1) / 0.6).clamp(0.0, 1.0) ** 1.2


VIEW = ShapedLattice.sampled(shoulder)


def test_what_is_pulled_back_is_seen_as_wanted() -> None:
    random = torch.Generator().manual_seed(0)
    start = 0.2 + 0.4 * torch.rand(500, 3, generator=random)
    aim = shoulder(start + 0.1 * (torch.rand(500, 3, generator=random) - 0.5))
    found = pull_back(VIEW, start, aim)
    off = (shoulder(found) - aim).abs().amax(-1)
    assert off.quantile(0.95) < 5e-3 and off.max() < 0.02  # the lattice itself is off by 0.002


def test_what_nobody_sees_stays_where_it_is() -> None:
    highlights = torch.linspace(0.75, 1.0, 20).unsqueeze(-1).expand(-1, 3).contiguous()
    found = pull_back(VIEW, highlights, torch.ones(20, 3))
    assert torch.allclose(found, highlights, atol=1e-6)
    assert bool((loudness(VIEW, highlights) == 0).all())
    assert bool((loudness(VIEW, highlights - 0.3) > 10).all())


def test_a_cdl_is_found_through_a_view() -> None:
    source = 0.15 + 0.45 * torch.rand(1500, 3, generator=torch.Generator().manual_seed(1))
    truth = CDL((1.1, 0.95, 1.0), (0.02, -0.01, 0.03), (1.05, 1.0, 0.95), 1.2)
    found = CDL.fitted(source, shoulder(truth.apply(source)), through=VIEW)
    off = shoulder(found.apply(source)) - shoulder(truth.apply(source))
    assert off.abs().mean() < 1e-3


def test_a_cdl_is_undone() -> None:
    colours = 0.2 + 0.5 * torch.rand(200, 3, generator=torch.Generator().manual_seed(2))
    cdl = CDL((1.2, 0.8, 1.0), (0.05, -0.1, 0.0), (0.9, 1.2, 1.0), 0.8)
    assert torch.allclose(cdl.undo(cdl.apply(colours, clamp=False)), colours, atol=1e-5)
