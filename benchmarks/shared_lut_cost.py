"""What one LUT for many clips costs: ``python -m benchmarks.shared_lut_cost [--clips 100 500] [--seed 1]``.

Photographs of ``photos/train``, each with its own detune and all with one look, stand for what is kept of clips;
nothing is decoded. Processor seconds of the LUT and the CDLs for all of them together (``--lut-per timeline``) and in
scenes of SCENE (``--lut-per scene``), the most memory so far, and the mean DE2000 to a LUT each.
"""

from __future__ import annotations

import argparse
import os
import resource
import time
from pathlib import Path

import numpy as np
import torch

from lutnet.colourspace import ColourSettings, colour_management
from lutnet.continuity.shared_lut import COLOURS, Sharer, balancing, cost_of_sharing, share_lut
from lutnet.grade import LUT3D, Grade
from lutnet.looks import read_look, shipped_looks
from lutnet.ops.detune import detune, undo
from lutnet.training.photos import load_photos
from lutnet.training.sampling import quantised, seven_amounts

SCENE = 8
LOOK = "warm_print"


def sharers_of(photos: Path, count: int, seed: int) -> list[Sharer]:
    view = colour_management(ColourSettings()).view
    look = read_look(shipped_looks()[LOOK]).lut()
    images = load_photos(photos).images
    chosen = np.random.default_rng(seed).permutation(len(images))[:count]
    amounts = seven_amounts(count, torch.Generator().manual_seed(seed))
    found = []
    for number, row in zip(chosen, amounts, strict=True):
        flat = images[int(number)].flatten(1).T.float() / 255.0
        clean = flat[torch.linspace(0, len(flat) - 1, COLOURS).long()]
        spoiled = quantised(detune(clean, row))
        balance = balancing(spoiled, undo(spoiled, row), view)
        found.append(Sharer(spoiled, Grade(balance, LUT3D(look.table)), balance))
    return found


def main() -> None:
    """The command line of the module docstring."""
    parser = argparse.ArgumentParser(description="The cost of shared LUTs.")
    parser.add_argument("--clips", type=int, nargs="+", default=[100, 500])
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    view = colour_management(ColourSettings()).view
    photos = Path(os.environ["LUTNET_SHARED"]) / "photos" / "train"
    for count in options.clips:
        sharers = sharers_of(photos, count, options.seed)
        for name, size in (("scene", SCENE), ("timeline", count)):
            groups = [sharers[first : first + size] for first in range(0, count, size)]
            start = time.process_time()
            shared = [share_lut(group, view) for group in groups]
            took = time.process_time() - start
            costs = [
                float(cost_of_sharing(each, Grade(cdl, lut), view).mean())
                for group, (lut, cdls) in zip(groups, shared, strict=True)
                for each, cdl in zip(group, cdls, strict=True)
            ]
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"{count} clips, --lut-per {name}: {took:.1f} s, {1000 * took / count:.0f} ms a clip, "
                f"{memory:.0f} MB at most, DE {np.mean(costs):.2f} to a LUT each",
                flush=True,
            )


if __name__ == "__main__":
    main()
