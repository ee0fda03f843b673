"""Run by torchrun: one step of training; every rank leaves the gradients that it had in ``OUT/<rank>.safetensors``."""

from __future__ import annotations

import sys
from pathlib import Path

from safetensors.torch import save_file

from lutnet.training.photos import load_photos
from lutnet.training.ranks import ranks
from lutnet.training.train import TrainSettings, batches, resume, take_step
from tests.training.test_train import TINY

if __name__ == "__main__":
    photos, out = Path(sys.argv[1]), Path(sys.argv[2])
    settings = TrainSettings(photos, out, network=TINY, steps=6, batch=8)
    with ranks("cpu") as here:
        state = resume(settings, here)
        batch = next(batches(load_photos(photos), settings, 0, here))
        take_step(state, batch, settings, here)
        found = {name: each.grad for name, each in state.network.named_parameters() if each.grad is not None}
        save_file(found, out / f"{here.place}.safetensors")
