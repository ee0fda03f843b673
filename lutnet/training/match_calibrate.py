"""What a look's confidence means: fitted on pairs of photographs, and of film stocks, that no network here saw.

    python -m lutnet.training.match_calibrate --photos photos/train --luts luts --stocks astia velvia --blind FILE

Photographs, reduced as frames are, are those of the sources that ``pair_train`` holds out. Grades are detunes, CDLs and
film looks, on one scene, on eight, and on shots that are spoiled themselves. Film looks are those of ``--stocks``,
parts of the names of LUTs that ``pair_train`` and ``still_train`` were not given. The networks with eyes of their own
saw them: where the grade is a film look, ``--blind``, one of ``match_train`` that did not, is asked instead.
Beside the confidence it says what gates of ``GATES`` would give: each source's pairs judged by a confidence that
was fitted to the other sources.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from lutnet.diagnosis.model import default_model
from lutnet.diagnosis.predict import look_at, told
from lutnet.grade import LUT3D
from lutnet.ops.difference import delta_e_rgb
from lutnet.refinement.confidence import CONFIDENCE, Confidence, followed_share
from lutnet.refinement.fit import clear_faults, palette_of
from lutnet.refinement.network import MatchNetwork
from lutnet.refinement.predict import predict, shown_by
from lutnet.shot import Frames
from lutnet.training.grades import (
    GradeKind,
    KnownGrade,
    random_amounts,
    random_grade,
    read_luts,
)
from lutnet.training.match_train import started
from lutnet.training.pairs import Pair, other_scene_pair, spoiled_pair
from lutnet.training.photos import PhotoSet, load_photos, sample_crop, split_by_source
from lutnet.training.still_material import REDUCED_BY, reduced

log = logging.getLogger(__name__)

STEPS = 50
SIDE = 160
HELD_OUT, SPLIT_SEED = 0.08, 1
"""As ``pair_train`` splits its photographs."""

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Of a look, at which its pairs are measured."""

GATES = ((0.55, 0.70), (0.60, 0.75), (0.65, 0.80), (0.68, 0.83), (0.70, 0.85), (0.75, 0.90))
FOLDS = 4

_COLOURS = 512
_WHOLE = (0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Cell:
    """One kind of pair: how many, scenes that the reference shows, and whether the shot is spoiled."""

    kind: GradeKind
    pairs: int
    scenes: int = 1
    spoiled: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class Told:
    """One pair: ``evidence [3]``, the source of its shot, the mean DE2000 of the shot as it came, what SHARES of its
    look leave, and how much of its diagnosis is undone, 0..1."""

    evidence: Tensor
    source: str
    untouched: float
    left: tuple[float, ...]
    undone: float = 0.0

    @property
    def helped(self) -> float:
        """Whether the look brought it nearer than only undoing its clear faults, 0 or 1."""
        return float(self.left[-1] < self.left[0])

    def left_by(self, confidence: float, gate: tuple[float, float]) -> float:
        """The difference that is left where the look is followed by ``confidence`` through ``gate``."""
        return float(np.interp(followed_share(confidence, self.undone, gate), SHARES, self.left))


CELLS = tuple(
    Cell(kind, pairs, scenes, spoiled)
    for pairs, scenes, spoiled in ((120, 1, False), (50, 1, True), (40, 8, False))
    for kind in GradeKind
)


@torch.no_grad()
def outcomes(
    cell: Cell,
    photos: PhotoSet,
    luts: Sequence[tuple[str, LUT3D]],
    draw: torch.Generator,
    eyes: Sequence[MatchNetwork] | None = None,
) -> Iterator[Told]:
    """The cell's pairs, one after another. eyes: as ``predict`` takes them."""
    model = default_model()
    for _ in range(cell.pairs):
        source, pair = _pair(cell, photos, random_grade(cell.kind, luts, draw), draw)
        frames = Frames(pair.source[None])
        references = tuple(Frames(picture[None]) for picture in pair.reference.view(-1, 3, SIDE, SIDE))
        looked = look_at(frames, model)
        shown = shown_by(looked, model)
        balanced, undone = clear_faults(told(looked, model).grade, palette_of(frames))
        prediction = (
            None if shown is None else predict(frames, references, shown, balanced, undone, eyes=eyes)
        )
        if prediction is None:
            continue
        colours, truth = (
            picture.flatten(1).T[:: SIDE * SIDE // _COLOURS] for picture in (pair.source, pair.truth)
        )
        start, end = balanced(colours), prediction.followed(colours)
        left = (float(delta_e_rgb(torch.lerp(start, end, share), truth).mean()) for share in SHARES)
        yield Told(prediction.found, source, float(delta_e_rgb(colours, truth).mean()), tuple(left), undone)


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


def fitted(told: Sequence[Told]) -> Confidence:
    """The confidence that makes what was told most likely."""
    helped = torch.tensor([each.helped for each in told])
    return Confidence(*logistic(torch.stack([each.evidence for each in told]), helped))


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
    picture = sample_crop(photos.images[index], _WHOLE, SIDE * REDUCED_BY)
    return photos.sources[index], reduced(picture[None], REDUCED_BY)[0].float() / 255.0


def _say_gates(cells: Mapping[Cell, Sequence[Told]], confidence: Sequence[float]) -> None:
    for gate in GATES:
        first = 0
        for cell, found in cells.items():
            pairs = list(zip(found, confidence[first : first + len(found)], strict=True))
            first += len(found)
            left = np.array([each.left_by(sure, gate) for each, sure in pairs])
            nothing = np.array([each.untouched for each, _ in pairs])
            worse = (left > nothing + 1e-6).mean()
            log.info(
                "%s %s: DE %.2f of %.2f, worse %.0f %%", gate, cell, left.mean(), nothing.mean(), 100 * worse
            )


def _say_reliability(told: Sequence[Told], confidence: Tensor) -> None:
    """How often looks helped, by what was said of them."""
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
    parser.add_argument(
        "--stocks", nargs="+", required=True, help="parts of the names of LUTs never taught with"
    )
    parser.add_argument("--blind", type=Path, help="a network with eyes of its own that never saw --stocks")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1], help="a draw of every cell each")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.set_num_threads(1)
    _, photos = split_by_source(load_photos(options.photos), HELD_OUT, SPLIT_SEED)
    luts = [lut for lut in read_luts(options.luts) if any(stock in lut[0] for stock in options.stocks)]
    draws = [torch.Generator().manual_seed(seed) for seed in options.seeds]
    cells: dict[Cell, list[Told]] = {}
    blind = None if options.blind is None else (started(options.blind),)
    for cell in CELLS:
        eyes = blind if cell.kind is GradeKind.LUT else None
        cells[cell] = [each for draw in draws for each in outcomes(cell, photos, luts, draw, eyes)]
        helped = sum(each.helped for each in cells[cell]) / len(cells[cell])
        log.info("%s helped in %.0f %%", cell, 100 * helped)
    every = [each for found in cells.values() for each in found]
    for name, confidence in (
        ("as it ships", CONFIDENCE.of(torch.stack([each.evidence for each in every]))),
        ("fitted", crossed(every)),
    ):
        log.info(name)
        _say_gates(cells, confidence.tolist())
        _say_reliability(every, confidence)
    log.info("%s", fitted(every))


if __name__ == "__main__":
    main()
