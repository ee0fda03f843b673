"""Is data, model or ambiguity the limit? Protocol U and M over the number of training photographs.

    LUTNET_SHARED=... python -m benchmarks.learning_curve [--sizes 60 240 960 1900] [--steps 600] [--grid 128]

Every size gets the same number of steps from fresh weights, on photographs drawn from the sources that are not
held out, and is scored on held-out sources and on as many of the photographs that it was trained on: where the two
differ, more photographs would help; where they agree, the model or the question itself is the limit.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import torch

from lutnet.diagnosis.model import DiagnosisModel
from lutnet.diagnosis.network import NetworkConfig
from lutnet.training.calibrate import calibrate
from lutnet.training.evaluate import EvaluateSettings, Evaluation, evaluate_model
from lutnet.training.photos import PhotoSet, load_photos, split_by_source
from lutnet.training.train import TrainSettings, batches, resume, take_step

SEVEN = 7


def learned(photos: PhotoSet, held_out: PhotoSet, settings: TrainSettings) -> DiagnosisModel:
    """A fresh network after ``settings.steps`` on ``photos``, calibrated on ``held_out``."""
    state = resume(settings)
    for batch in batches(photos, settings, 0):
        take_step(state, batch, settings)
    network = state.network.eval()
    return DiagnosisModel(network, calibrate(network, held_out, settings.mix))


def cells(result: Evaluation) -> list[str]:
    unseen, seven = result.unseen, result.several[SEVEN]
    return [f"{100 * unseen.exact:.0f} / {100 * unseen.neighbour:.0f} %", f"{100 * seven.cdl_gain:.0f} %"]


def main() -> None:
    """The command line of the module docstring."""
    parser = argparse.ArgumentParser(description="Learning curve over the number of photographs.")
    parser.add_argument("--sizes", type=int, nargs="+", default=[60, 240, 960, 1900])
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--batch", type=int, default=96)
    parser.add_argument("--grid", type=int, default=128, help="pixels a side that the network sees")
    parser.add_argument("--judged", type=int, default=150, help="photographs that each is scored on")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    folder = Path(os.environ["LUTNET_SHARED"]) / "photos" / "train"
    photos, held_out = split_by_source(load_photos(folder), 0.08, options.seed)
    order = torch.randperm(len(photos), generator=torch.Generator().manual_seed(options.seed)).tolist()
    held_out = held_out.subset(range(min(options.judged, len(held_out))))
    network = NetworkConfig(grid=options.grid)
    settings = TrainSettings(
        folder, Path(), network=network, steps=options.steps, batch=options.batch, seed=options.seed
    )
    judge = EvaluateSettings(folder, classes_per_photo=2, grid=settings.network.grid)
    print("| photographs | U unseen | M7 unseen | U of those trained on | M7 of those |\n|" + "---|" * 5)
    for size in options.sizes:
        chosen = photos.subset(order[:size])
        model = learned(chosen, held_out, settings)
        seen = chosen.subset(range(min(options.judged, len(chosen))))
        row = [*cells(evaluate_model(model, held_out, judge)), *cells(evaluate_model(model, seen, judge))]
        print("| " + " | ".join([str(len(chosen)), *row]) + " |", flush=True)


if __name__ == "__main__":
    main()
