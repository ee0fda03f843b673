"""Half precision for networks that only look on, where it saves time."""

from __future__ import annotations

import torch


def quick_look(device: str) -> torch.autocast:
    """A block in which the trunk takes half the time, and rounds by less than the next frame of a shot differs.

    device: "cpu", "cuda"... Processors without instructions for bfloat16 take ten times as long with it, and keep to
    single precision.
    """
    quick = device != "cpu" or torch.backends.cpu.get_cpu_capability().startswith("AVX512")
    return torch.autocast(device, torch.bfloat16, enabled=quick)
