"""Several processes that train one network: what ``torchrun --nproc-per-node N -m lutnet train ...`` starts.

Every process (rank) draws its own share of each batch; torch makes the gradients of all the mean of theirs. Rank 0
alone writes and speaks.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel

from lutnet.errors import InputError


@dataclass(frozen=True, slots=True)
class Ranks:
    """This process among ``count``. place: its number, from 0. device: what it computes on."""

    device: str
    place: int = 0
    count: int = 1

    @property
    def leads(self) -> bool:
        return self.place == 0

    def share(self, batch: int) -> int:
        """This rank's part of a batch. Raises InputError where the parts would differ: the mean would be another."""
        if batch % self.count:
            raise InputError(
                "the batch cannot be shared evenly",
                value=f"{batch} frames, {self.count} processes",
                allowed=f"a multiple of {self.count}",
                where="--batch",
            )
        return batch // self.count

    def seed(self, seed: int) -> int:
        """Another one for every rank; of rank 0 the one that a single process would use."""
        return seed + 7_368_787 * self.place

    def joined(self, network: nn.Module) -> nn.Module:
        """``network``, which every call of ``backward`` gives the mean of all ranks' gradients."""
        # Batch normalisation keeps the statistics of rank 0, which torch hands to the others.
        return network if self.count == 1 else DistributedDataParallel(network)


def started() -> int:
    """How many processes torchrun started; 1 without it."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def leads() -> bool:
    """Whether this process is the one that writes and speaks."""
    return os.environ.get("RANK", "0") == "0"


@contextmanager
def ranks(device: str) -> Iterator[Ranks]:
    """The ranks that torchrun started, connected; without torchrun this process alone.

    device: ``cuda`` is one GPU per process of a machine.
    """
    if started() == 1:
        yield Ranks(device)
        return
    on_gpu = device == "cuda"
    if on_gpu:
        device = f"cuda:{os.environ['LOCAL_RANK']}"
        torch.cuda.set_device(device)
    distributed.init_process_group("nccl" if on_gpu else "gloo")
    try:
        yield Ranks(device, distributed.get_rank(), distributed.get_world_size())
    finally:
        distributed.destroy_process_group()
