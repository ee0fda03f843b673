"""What a training run holds between two steps, and its file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from lutnet.diagnosis.network import DiagnosisNetwork


@dataclass(eq=False, slots=True)
class TrainState:
    """The one mutable thing of a run. step: how many steps were taken.

    joined: what is trained: the network, or what shares its gradients with other processes.
    """

    network: DiagnosisNetwork
    optimiser: torch.optim.Optimizer
    joined: nn.Module
    step: int = 0


def save_checkpoint(state: TrainState, path: Path) -> None:
    """Write ``state`` to ``path``; a reader never sees half of it."""
    temporary = path.with_suffix(".tmp")
    torch.save(
        {
            "network": state.network.state_dict(),
            "optimiser": state.optimiser.state_dict(),
            "step": state.step,
            "config": state.network.config.as_json(),
        },
        temporary,
    )
    temporary.replace(path)


def load_checkpoint(state: TrainState, path: Path, device: str) -> None:
    """Bring ``state`` to where ``path`` was written; its network must be built alike."""
    # weights_only: tensors and plain values, nothing that could run code.
    saved = torch.load(path, map_location=device, weights_only=True)
    state.network.load_state_dict(saved["network"])
    state.optimiser.load_state_dict(saved["optimiser"])
    state.step = saved["step"]
