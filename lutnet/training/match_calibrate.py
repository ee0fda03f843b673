"""What a look's confidence means: fitted on pairs of photographs, and of film stocks, that no network here saw.

    python -m lutnet.training.match_calibrate --photos photos/train --luts luts [--blind FILE --blind-luts FOLDER]

Photographs are those of the sources that ``match_train`` holds out. Grades are detunes and CDLs, on one scene, on
eight, and on shots that are spoiled themselves. The networks that ship saw every stock that is not for testing; what
they make of an unseen one is told by ``--blind``, a network trained without the stocks in ``--blind-luts``.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from lutnet.ops.difference import delta_e_rgb
from lutnet.refinement.confidence import Confidence, evidence
from lutnet.refinement.network import Look, MatchNetwork, default_networks
from lutnet.training.grades import (
    GradeKind,
    KnownGrade,
    is_for_testing,
    random_amounts,
    random_grade,
    read_luts,
)
from lutnet.training.match_train import started
from lutnet.training.pairs import Pair, other_scene_pair, spoiled_pair
from lutnet.training.photos import PhotoSet, load_photos, sample_crop, split_by_source

log = logging.getLogger(__name__)

STEPS = 50
SIDE = 160
HELD_OUT, SPLIT_SEED = 0.08, 1
"""As ``match_train`` splits its photographs."""

_COLOURS = 512
_WHOLE = (0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Cell:
    """One kind of pair: how many, scenes that the reference shows, whether the shot is spoiled, and which networks."""

    kind: GradeKind
    pairs: int
    scenes: int = 1
    spoiled: bool = False
    blind: bool = False


CELLS = (
    *(Cell(kind, 160) for kind in (GradeKind.DETUNE, GradeKind.CDL)),
    *(Cell(kind, 80, spoiled=True) for kind in (GradeKind.DETUNE, GradeKind.CDL)),
    *(Cell(kind, 100, scenes=8) for kind in (GradeKind.DETUNE, GradeKind.CDL)),
    *(Cell(kind, 80, blind=True) for kind in (GradeKind.DETUNE, GradeKind.CDL)),
    Cell(GradeKind.LUT, 160, blind=True),
)


@torch.no_grad()
def outcomes(
    cell: Cell, photos: PhotoSet, networks: Sequence[MatchNetwork], luts: Path, draw: torch.Generator
) -> Iterator[tuple[Tensor, float]]:
    """Evidence ``[3]`` of the cell's pairs, and whether their looks helped (1) or not (0)."""
    stocks = [lut for lut in read_luts(luts) if not is_for_testing(lut[0])]
    for _ in range(cell.pairs):
        pair = _pair(cell, photos, random_grade(cell.kind, stocks, draw), draw)
        shown, truth = (
            picture.flatten(1).T[:: SIDE * SIDE // _COLOURS] for picture in (pair.source, pair.truth)
        )
        references = pair.reference.view(-1, 3, SIDE, SIDE)
        looks = [_look(network, pair.source, references) for network in networks]
        graded = torch.stack([look.apply(shown.unsqueeze(0))[0] for look in looks]).mean(0)
        helped = float(delta_e_rgb(graded, truth).mean() < delta_e_rgb(shown, truth).mean())
        yield evidence(looks, shown.unsqueeze(0), cell.scenes)[0], helped


def logistic(values: Tensor, happened: Tensor) -> list[float]:
    """Weights of ``values [P, K]`` and an offset for the log odds that ``happened [P]`` (0 or 1) is 1, by Newton's
    method; lightly held to 0."""
    design = torch.cat((values, torch.ones(len(values), 1)), dim=1).double()
    hold = 1e-3 * torch.eye(design.shape[1]).double()
    found = torch.zeros(design.shape[1], dtype=torch.float64)
    for _ in range(STEPS):
        share = torch.sigmoid(design @ found)
        gradient = design.T @ (share - happened) + hold @ found
        curvature = (design * (share * (1 - share)).unsqueeze(1)).T @ design + hold
        found = found - torch.linalg.solve(curvature, gradient).clamp(-1.0, 1.0)
    return [float(number) for number in found]


def fitted(told: Sequence[tuple[Tensor, float]]) -> Confidence:
    """The confidence that makes what was told most likely."""
    values, helped = torch.stack([each for each, _ in told]), torch.tensor([each for _, each in told])
    return Confidence(*logistic(values, helped))


def _pair(cell: Cell, photos: PhotoSet, grade: KnownGrade, draw: torch.Generator) -> Pair:
    shot = _photo(photos, draw)
    others = torch.stack([_photo(photos, draw) for _ in range(cell.scenes)])
    if cell.spoiled:
        return spoiled_pair(shot, others, grade, random_amounts(draw))
    return other_scene_pair(shot, others, grade)


def _photo(photos: PhotoSet, draw: torch.Generator) -> Tensor:
    image = photos.images[int(torch.randint(len(photos), (), generator=draw))]
    return sample_crop(image, _WHOLE, SIDE).float() / 255.0


def _look(network: MatchNetwork, source: Tensor, references: Tensor) -> Look:
    described = network.describe(references).unsqueeze(0)
    look: Look = network(network.describe(source.unsqueeze(0)), described, torch.ones(described.shape[:2]))
    return look


def main() -> None:
    """The command line of the module docstring: says the four numbers."""
    parser = argparse.ArgumentParser(description="Fit the confidence of guessed looks.")
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--luts", type=Path, required=True)
    parser.add_argument("--blind", type=Path)
    parser.add_argument("--blind-luts", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.set_num_threads(1)
    _, photos = split_by_source(load_photos(options.photos), HELD_OUT, SPLIT_SEED)
    draw = torch.Generator().manual_seed(options.seed)
    blind = None if options.blind is None else (started(options.blind),)
    told: list[tuple[Tensor, float]] = []
    for cell in CELLS:
        networks = blind if cell.blind else default_networks()
        if networks is None:
            continue
        luts = options.blind_luts if cell.blind else options.luts
        found = list(outcomes(cell, photos, networks, luts, draw))
        log.info("%s helped in %.0f %%", cell, 100 * sum(helped for _, helped in found) / len(found))
        told += found
    log.info("%s", fitted(told))


if __name__ == "__main__":
    main()
