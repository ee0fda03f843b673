"""The detune model against its written definition, computed here in numpy, number by number."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lutnet.ops.detune import LEVELS, NAMES, detune, undo


def by_the_definition(x: np.ndarray, p: np.ndarray) -> np.ndarray:
    """Section 1 of the detune model, one correction after another (float64)."""
    linear = x**2.2
    s = 0.6 * linear / (1.6 - linear)
    s = s * 2.0 ** (1.5 * p[0])
    s = s * np.array([2.0 ** (0.6 * p[1]), 1.0, 2.0 ** (-0.6 * p[1])])
    s = s * np.array([2.0 ** (-0.15 * p[2]), 2.0 ** (0.45 * p[2]), 2.0 ** (-0.15 * p[2])])
    y = np.clip(1.6 * s / (s + 0.6), 0, 1) ** (1 / 2.2)
    y = np.clip((y - 0.43) * 2.0 ** (0.7 * p[3]) + 0.43, 0, 1)
    b = 0.15 * p[4]
    y = b + (1 - b) * y if b > 0 else np.clip((y + b) / (1 + b), 0, 1)
    w = 0.30 * p[5]
    y = y * (1 + w) if w < 0 else np.clip(y / (1 - w), 0, 1)
    k = 1 + p[6] if p[6] > 0 else 1 + 0.9 * p[6]
    grey = (y @ np.array([0.2126, 0.7152, 0.0722]))[..., None]
    spoiled: np.ndarray = np.clip(grey + k * (y - grey), 0, 1)
    return spoiled


@pytest.mark.parametrize("seed", range(6))
def test_detune_equals_its_definition(seed: int) -> None:
    rng = np.random.default_rng(seed)
    colours, amounts = rng.random((2000, 3)), rng.uniform(-1, 1, 7)
    colours[:2] = [[0, 0, 0], [1, 1, 1]]
    ours = detune(torch.from_numpy(colours), torch.from_numpy(amounts)).numpy()
    # The floor that keeps gradients finite at black is worth 1e-8 ** (1 / 2.2) = 2.3e-4 before contrast.
    assert np.abs(ours - by_the_definition(colours, amounts)).max() <= 5e-4
    inside = colours.min(-1) > 0.05
    assert np.abs(ours - by_the_definition(colours, amounts))[inside].max() <= 1e-9


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("level", [level for level in LEVELS if level])
def test_undo_restores_what_was_not_clipped(name: str, level: float) -> None:
    amounts = torch.zeros(7, dtype=torch.float64)
    amounts[NAMES.index(name)] = level
    colours = torch.rand(4000, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0)) * 0.4 + 0.3
    spoiled = detune(colours, amounts)
    kept = ((spoiled > 1e-3) & (spoiled < 1 - 1e-3)).all(-1)
    assert kept.float().mean() > 0.3
    assert torch.allclose(undo(spoiled, amounts)[kept], colours[kept], atol=1e-6)


def test_amount_zero_changes_nothing() -> None:
    colours = torch.rand(1000, 3)
    assert torch.allclose(detune(colours, torch.zeros(7)), colours, atol=1e-3)


def test_signs_mean_what_their_names_say() -> None:
    grey = torch.full((1, 3), 0.45)

    def spoiled(name: str, level: float) -> torch.Tensor:
        amounts = torch.zeros(7)
        amounts[NAMES.index(name)] = level
        return detune(grey, amounts)[0]

    assert spoiled("exposure", 1.0).mean() > 0.45 > spoiled("exposure", -1.0).mean()
    assert spoiled("temperature", 1.0)[0] > spoiled("temperature", 1.0)[2]
    assert spoiled("tint", 1.0)[1] > spoiled("tint", 1.0)[0]
    assert spoiled("black_point", 1.0).mean() > 0.45
    assert spoiled("white_point", -1.0).mean() < 0.45


def test_a_batch_of_amounts_equals_each_alone_and_gradients_are_finite() -> None:
    colours, amounts = torch.rand(4, 50, 3), (torch.rand(4, 1, 7) * 2 - 1).requires_grad_()
    colours[:, 0], colours[:, 1] = 0.0, 1.0
    together = detune(colours, amounts)
    alone = torch.stack([detune(c, a) for c, a in zip(colours, amounts, strict=True)])
    assert torch.allclose(together, alone, atol=1e-6)
    (together.sum() + undo(colours, amounts).sum()).backward()
    assert amounts.grad is not None and bool(amounts.grad.isfinite().all())
