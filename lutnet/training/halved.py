"""Weights that ship in half precision: half the file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import nn

from lutnet import weights


def save_halved(path: Path, network: nn.Module, config: Mapping[str, Any]) -> str:
    """Write ``network`` in half precision and take up again what was written, so that what is scored is what ships.
    Returns the file's SHA-256."""
    halves = {
        name: tensor.half() if tensor.is_floating_point() else tensor
        for name, tensor in network.state_dict().items()
    }
    digest = weights.save_network(path, halves, config)
    weights.load_state(network, weights.load_network(path))
    return digest
