"""What a diagnosis costs beside networks of the usual sizes: processor time a frame, one core, batch of three.

    python -m benchmarks.cost [--rounds 5]

Side by side in one process, on the same frames: the diagnosis network with its features (two views, two looks, as
``diagnose`` asks it), the whole of ``diagnose`` with the fit of the CDL, VGG-11's convolutions and a network of the
paper's scale (VGG-F: five convolutions and three full layers), both at 224 x 224.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torchvision.models import vgg11

from lutnet.diagnosis import diagnose
from lutnet.diagnosis.model import default_model
from lutnet.diagnosis.predict import evidence_of

BATCH, SIDE = 3, 224
BAR_MS = 25.0


def paper_sized(classes: int = 24) -> nn.Module:
    """VGG-F's layers (Chatfield et al., 2014), with ``classes`` answers."""
    layers: list[nn.Module] = []
    channels = 3
    for width, kernel, stride, padding, pooled in (
        (64, 11, 4, 0, True), (256, 5, 1, 2, True), (256, 3, 1, 1, False), (256, 3, 1, 1, False), (256, 3, 1, 1, True),
    ):  # fmt: skip
        layers += [nn.Conv2d(channels, width, kernel, stride, padding), nn.ReLU()]
        layers += [nn.MaxPool2d(3, 2, ceil_mode=True)] if pooled else []
        channels = width
    full = [
        nn.Flatten(),
        nn.LazyLinear(4096),
        nn.ReLU(),
        nn.Linear(4096, 4096),
        nn.ReLU(),
        nn.Linear(4096, classes),
    ]
    return nn.Sequential(*layers, *full)


def fastest(run: Callable[[], object], rounds: int) -> float:
    """Milliseconds of processor time a frame, of the quickest of ``rounds``: wall time on a busy machine measures
    its neighbours."""
    times = []
    for _ in range(rounds + 1):
        started = time.process_time()
        run()
        times.append(time.process_time() - started)
    return 1000.0 * min(times[1:]) / BATCH


def main() -> None:
    """The command line of the module docstring."""
    parser = argparse.ArgumentParser(description="Cost of a diagnosis.")
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    torch.set_num_threads(1)
    frames: Tensor = torch.rand(BATCH, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(1))
    model, trunk, paper = default_model(), vgg11(weights=None).features.eval(), paper_sized().eval()
    with torch.inference_mode():
        paper(frames)
        runs = {
            "the diagnosis network and its features": lambda: evidence_of(frames, model),
            "the same and the fit of the CDL": lambda: diagnose(frames, model=model),
            "VGG-11, convolutions alone": lambda: trunk(frames),
            "paper-sized VGG (VGG-F)": lambda: paper(frames),
        }
        networks = (model.network, model.network, trunk, paper)
        print("| | million parameters | ms a frame |\n|---|---|---|")
        for (name, run), network in zip(runs.items(), networks, strict=True):
            size = sum(parameter.numel() for parameter in network.parameters()) / 1e6
            print(f"| {name} | {size:.1f} | {fastest(run, rounds):.1f} |", flush=True)
    print(f"bar: {BAR_MS:.0f} ms")


if __name__ == "__main__":
    main()
