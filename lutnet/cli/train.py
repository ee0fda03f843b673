"""``lutnet train``: train the diagnosis network on photographs that are right."""

from __future__ import annotations

import argparse
from pathlib import Path

from lutnet.cli.console import output, progress
from lutnet.diagnosis.network import NetworkConfig
from lutnet.training.train import TrainSettings, train


def add_arguments(parser: argparse.ArgumentParser) -> None:
    defaults = TrainSettings(Path(), Path())
    parser.add_argument(
        "photos", type=Path, help="folder of photographs; SOURCES.csv beside it names their sources"
    )
    parser.add_argument(
        "-o", "--output", type=Path, required=True, help="folder for checkpoint, log and weights"
    )
    parser.add_argument("--from", dest="start", type=Path, metavar="WEIGHTS", help="go on from these weights")
    parser.add_argument(
        "--imagenet", metavar="MODEL", help="start from this torchvision VGG's ImageNet convolutions"
    )
    parser.add_argument("--steps", type=int, default=defaults.steps, help="default: %(default)s")
    parser.add_argument("--batch", type=int, default=defaults.batch, help="default: %(default)s")
    parser.add_argument(
        "--rate", type=float, default=defaults.rate, help="learning rate (default: %(default)s)"
    )
    parser.add_argument("--grid", type=int, default=NetworkConfig().grid, help="default: %(default)s pixels")
    parser.add_argument("--seed", type=int, default=defaults.seed, help="default: %(default)s")
    parser.add_argument("--device", default=defaults.device, help="cpu, cuda, mps (default: %(default)s)")
    parser.add_argument(
        "--mixed-precision", action="store_true", help="bfloat16 where the device is quick at it"
    )


def run(options: argparse.Namespace) -> int:
    settings = TrainSettings(
        photos=options.photos,
        out=options.output,
        start=options.start,
        imagenet=options.imagenet,
        network=NetworkConfig(grid=options.grid),
        steps=options.steps,
        batch=options.batch,
        rate=options.rate,
        seed=options.seed,
        device=options.device,
        mixed_precision=options.mixed_precision,
    )
    with progress() as report:
        train(settings, on_step=lambda step, steps: report("training", step, steps))
    output().print(f"Weights and card are in {options.output}.")
    return 0
