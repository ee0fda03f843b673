"""Protocol M on footage as people have it: spoiled, encoded, read again, judged without a reference.

    LUTNET_SHARED=... python -m benchmarks.encoded [--half reporting] [--seed 1] [--draws 6]

Six frames of every clip of a half of the footage (see ``benchmarks.scene_solve``) at 720 lines are spoiled by seven
faults and by two of 66 % or more, and given to the diagnosis as 8 bits and as H.264 of CRF 14 and 23. Measured is the
mean DE2000 of the spoiled frames, and of those with the CDL that was found, to the frames as they were.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

import lutnet
from benchmarks import clips
from benchmarks.scene_end_to_end import write_film
from lutnet.frames import read_frames
from lutnet.frames.readers import reader_of
from lutnet.frames.record import Span
from lutnet.grade import CDL
from lutnet.ops.detune import detune
from lutnet.ops.difference import delta_e_rgb
from lutnet.shot import Frames
from lutnet.training.evaluate import SEVERE
from lutnet.training.sampling import quantised, seven_amounts, some_amounts

FRAMES, HEIGHT = 6, 720
CRF = (14, 23)
FAULTS: dict[str, Callable[[torch.Generator], Tensor]] = {
    "seven": lambda draw: seven_amounts(1, draw)[0],
    "two, each of 66 % or more": lambda draw: some_amounts(1, 2, SEVERE, draw)[0],
}


def main() -> None:
    """The command line of the module docstring."""
    parser = argparse.ArgumentParser(description="Protocol M on encoded footage.")
    parser.add_argument("--half", choices=("choosing", "reporting"), default="reporting")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--draws", type=int, default=6)
    options = parser.parse_args()
    folder, draw = Path(os.environ["LUTNET_SHARED"]) / "footage", torch.Generator().manual_seed(options.seed)
    paths = clips.half(folder, options.half)
    heads = "".join(f" H.264, CRF {crf} | less |" for crf in CRF)
    print(f"| faults | clips | nothing | 8 bits | less |{heads}")
    print("|" + "---|" * (5 + 2 * len(CRF)))
    rows: dict[str, list[list[float]]] = {name: [] for name in FAULTS}
    for path in paths:
        clean = _clean(path)
        for name, drawn in FAULTS.items():
            rows[name] += [_measured(clean, drawn(draw)) for _ in range(options.draws)]
    for name, found in rows.items():
        nothing, *after = np.array(found).mean(0)
        cells = " | ".join(f"{each:.2f} | {1.0 - each / nothing:.0%}" for each in after)
        print(f"| {name} | {len(paths)} | {nothing:.2f} | {cells} |")


def _clean(path: Path) -> Tensor:
    """The first FRAMES frames ``[N, H, W, 3]``, with even sides."""
    pictures = reader_of(path).read(path, Span(0, FRAMES), FRAMES, HEIGHT)
    pixels = torch.from_numpy(np.stack([picture.pixels for picture in pictures])).float()
    return pixels[:, : pixels.shape[1] // 2 * 2, : pixels.shape[2] // 2 * 2]


def _measured(clean: Tensor, amounts: Tensor) -> list[float]:
    """DE of the spoiled frames, then of those corrected: judged as 8 bits, and as films of each CRF."""
    spoiled = quantised(detune(clean, amounts))
    aim, given = (frames[::3, ::4, ::4].reshape(-1, 3) for frames in (clean, spoiled))
    cdls = [CDL(), lutnet.diagnose(Frames(spoiled.movedim(-1, 1))).cdl]
    with tempfile.TemporaryDirectory() as folder:
        for crf in CRF:
            film = Path(folder) / f"{crf}.mp4"
            write_film(film, spoiled, crf)
            cdls.append(lutnet.diagnose(read_frames(film, count=FRAMES)).cdl)
    return [float(delta_e_rgb(cdl.apply(given), aim).mean()) for cdl in cdls]


if __name__ == "__main__":
    main()
