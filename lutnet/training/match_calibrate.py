"""What a look's confidence means: fitted on pairs of photographs, and of film stocks, that no network here saw.

    python -m lutnet.training.match_calibrate --photos photos/train --luts luts [--blind FILE --blind-luts FOLDER]

Photographs are those of the sources that ``match_train`` holds out. Grades are detunes, CDLs and film looks, on one
scene, on eight, and on shots that are spoiled themselves. The networks that ship saw every stock that is not for
testing; what they make of an unseen one is told by ``--blind``, a network trained without the stocks in
``--blind-luts``. Film looks count half with the networks that ship and half with it.
Beside the confidence it says what gates of ``GATES`` would give: each source's pairs judged by a confidence that
was fitted to the other sources.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from lutnet.diagnosis import diagnose
from lutnet.ops.difference import delta_e_rgb
from lutnet.refinement.confidence import Confidence, evidence, undone_share
from lutnet.refinement.fit import palette_of
from lutnet.refinement.network import Look, MatchNetwork, default_networks
from lutnet.refinement.several import look_of_set, share_of_set
from lutnet.shot import Frames
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

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Of a look, at which its pairs are measured."""

GATES = ((0.50, 0.65), (0.55, 0.70), (0.60, 0.75), (0.65, 0.80), (0.70, 0.85), (0.75, 0.90))
FOLDS = 4

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


@dataclass(frozen=True, eq=False, slots=True)
class Told:
    """One pair: ``evidence [3]``, the source of its shot, the mean DE2000 of the shot as it came, and what SHARES of
    its look leave. weight: how much the pair counts."""

    evidence: Tensor
    source: str
    untouched: float
    left: tuple[float, ...]
    weight: float = 1.0

    @property
    def helped(self) -> float:
        """Whether the look brought it nearer than only undoing its clear faults, 0 or 1."""
        return float(self.left[-1] < self.left[0])

    def left_by(self, confidence: float, gate: tuple[float, float]) -> float:
        """The difference that is left where the look is followed by ``confidence`` through ``gate``."""
        return float(np.interp((confidence - gate[0]) / (gate[1] - gate[0]), SHARES, self.left))


CELLS = tuple(
    Cell(kind, pairs, scenes, spoiled=spoiled, blind=blind)
    for pairs, scenes, spoiled in ((120, 1, False), (50, 1, True), (40, 8, False))
    for kind in GradeKind
    for blind in ((False, True) if kind is GradeKind.LUT else (False,))
)


@torch.no_grad()
def outcomes(
    cell: Cell, photos: PhotoSet, networks: Sequence[MatchNetwork], luts: Path, draw: torch.Generator
) -> Iterator[Told]:
    """The cell's pairs, one after another."""
    stocks = [lut for lut in read_luts(luts) if not is_for_testing(lut[0])]
    for _ in range(cell.pairs):
        source, pair = _pair(cell, photos, random_grade(cell.kind, stocks, draw), draw)
        shown, truth = (
            picture.flatten(1).T[:: SIDE * SIDE // _COLOURS] for picture in (pair.source, pair.truth)
        )
        pictures = pair.reference.view(-1, 3, SIDE, SIDE)
        references = tuple(Frames(picture[None]) for picture in pictures)
        balanced, undone = _balanced(Frames(pair.source[None]), shown)
        of_pair = [_look(network, pair.source, pictures).apply(shown.unsqueeze(0))[0] for network in networks]
        together, of_set = look_of_set(references), share_of_set(references)
        opinions = torch.stack(of_pair).mean(0), together.apply(balanced)
        found = evidence(shown, opinions, of_set, film=together.film * (1.0 - undone), scenes=len(references))
        graded = torch.lerp(*opinions, of_set)
        left = (float(delta_e_rgb(torch.lerp(balanced, graded, share), truth).mean()) for share in SHARES)
        untouched = float(delta_e_rgb(shown, truth).mean())
        yield Told(found, source, untouched, tuple(left), 0.5 if cell.kind is GradeKind.LUT else 1.0)


def _balanced(frames: Frames, shown: Tensor) -> tuple[Tensor, float]:
    """``shown`` without the clear faults of the shot, and how much of its diagnosis that is."""
    grade, palette = diagnose(frames).grade, palette_of(frames)
    undone = undone_share(float(delta_e_rgb(palette, grade.apply_colours(palette)).mean()))
    return torch.lerp(shown, grade.apply_colours(shown), undone), undone


def logistic(values: Tensor, happened: Tensor, counts: Tensor) -> list[float]:
    """Weights of ``values [P, K]`` and an offset for the log odds that ``happened [P]`` (0 or 1) is 1, by Newton's
    method; lightly held to 0. counts: how much each counts, ``[P]``."""
    design = torch.cat((values, torch.ones(len(values), 1)), dim=1).double()
    hold = 1e-3 * torch.eye(design.shape[1]).double()
    found = torch.zeros(design.shape[1], dtype=torch.float64)
    for _ in range(STEPS):
        share = torch.sigmoid(design @ found)
        gradient = design.T @ (counts * (share - happened)) + hold @ found
        curvature = (design * (counts * share * (1 - share)).unsqueeze(1)).T @ design + hold
        found = found - torch.linalg.solve(curvature, gradient).clamp(-1.0, 1.0)
    return [float(number) for number in found]


def fitted(told: Sequence[Told]) -> Confidence:
    """The confidence that makes what was told most likely."""
    helped = torch.tensor([each.helped for each in told])
    counts = torch.tensor([each.weight for each in told])
    return Confidence(*logistic(torch.stack([each.evidence for each in told]), helped, counts))


def crossed(told: Sequence[Told]) -> Tensor:
    """Confidence ``[P]`` of each pair, by a fit to pairs of other sources."""
    sources = sorted({each.source for each in told})
    fold = torch.tensor([sources.index(each.source) % FOLDS for each in told])
    confidence = torch.zeros(len(told))
    for number in range(FOLDS):
        kept = [each for each, part in zip(told, fold.tolist(), strict=True) if part != number]
        values = torch.stack([each.evidence for each in told])
        confidence = torch.where(fold == number, fitted(kept).of(values), confidence)
    return confidence


def _pair(cell: Cell, photos: PhotoSet, grade: KnownGrade, draw: torch.Generator) -> tuple[str, Pair]:
    source, shot = _photo(photos, draw)
    others = torch.stack([_photo(photos, draw)[1] for _ in range(cell.scenes)])
    if cell.spoiled:
        return source, spoiled_pair(shot, others, grade, random_amounts(draw))
    return source, other_scene_pair(shot, others, grade)


def _photo(photos: PhotoSet, draw: torch.Generator) -> tuple[str, Tensor]:
    index = int(torch.randint(len(photos), (), generator=draw))
    return photos.sources[index], sample_crop(photos.images[index], _WHOLE, SIDE).float() / 255.0


def _look(network: MatchNetwork, source: Tensor, references: Tensor) -> Look:
    described = network.describe(references).unsqueeze(0)
    look: Look = network(network.describe(source.unsqueeze(0)), described, torch.ones(described.shape[:2]))
    return look


def _say_gates(cells: Sequence[Cell], told: Sequence[Told]) -> None:
    confidence = crossed(told).tolist()
    for gate in GATES:
        first = 0
        for cell in cells:
            part = slice(first, first + cell.pairs)
            first += cell.pairs
            pairs = list(zip(told[part], confidence[part], strict=True))
            left = np.array([each.left_by(sure, gate) for each, sure in pairs])
            nothing = np.array([each.untouched for each, _ in pairs])
            worse = (left > nothing + 1e-6).mean()
            log.info(
                "%s %s: DE %.2f of %.2f, worse %.0f %%", gate, cell, left.mean(), nothing.mean(), 100 * worse
            )


def _say_reliability(told: Sequence[Told]) -> None:
    """How often looks helped, by what was said of them."""
    confidence = crossed(told)
    for low, high in pairwise((0.0, 0.3, 0.5, 0.65, 0.8, 0.9, 1.01)):
        rows = ((confidence >= low) & (confidence < high)).nonzero().flatten().tolist()
        if rows:
            helped = np.mean([told[row].helped for row in rows])
            said = float(confidence[rows].mean())
            log.info("said %.2f (%d pairs): helped %.2f", said, len(rows), helped)


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
    cells = [cell for cell in CELLS if blind or not cell.blind]
    told: list[Told] = []
    for cell in cells:
        networks = blind if cell.blind and blind else default_networks()
        luts = options.blind_luts if cell.blind else options.luts
        found = list(outcomes(cell, photos, networks, luts, draw))
        log.info("%s helped in %.0f %%", cell, 100 * sum(each.helped for each in found) / len(found))
        told += found
    _say_gates(cells, told)
    _say_reliability(told)
    log.info("%s", fitted(told))


if __name__ == "__main__":
    main()
