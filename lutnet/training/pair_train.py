"""Teach the network of pairs: what a reference's grade would do to a shot of another scene.

    python -m lutnet.training.pair_train --photos photos/train --luts luts [--stills 98304] -o pair.safetensors

The diagnosis that ships stays as it is; what it says of every still is computed once and kept in ``--keep``. Shots are
right, or spoiled by a detune, half and half; a reference never shows the shot's photograph. Publishers that the
diagnosis was not trained with, and LUTs whose names hold ``--blind``, only score.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import torch
from torch import Tensor, nn

from lutnet.diagnosis.model import default_model
from lutnet.diagnosis.shipped import fingerprint
from lutnet.ops.difference import delta_e_rgb
from lutnet.refinement.pair_network import (
    SHIPPED,
    PairConfig,
    PairNetwork,
    Sides,
    mean_of,
    stored_config,
)
from lutnet.training.descent import descend_each
from lutnet.training.grade_batch import DETUNE, NOTHING
from lutnet.training.grades import GradeKind
from lutnet.training.halved import save_halved
from lutnet.training.look_course import course_of, options_of
from lutnet.training.pairs import stored
from lutnet.training.still_material import SET_SIZE, Stills
from lutnet.training.still_train import harm

STEPS, BATCH, RATE, DECAY = 5000, 192, 1.2e-3, 0.1
COLOURS_SEEN = 48
"""Of a shot, in the loss of a step."""

SINGLE = 0.65
"""Share of the pairs whose reference is one picture."""

HARM_WEIGHT, BEND_WEIGHT = 0.5, 20.0
NOISE = 0.3  # of the features while teaching, in their own deviations
TYPICAL = 8192
"""Stills that say how large the features are."""

JUDGED_PAIRS, JUDGE_SEED = 4800, 3

LIMITS = (
    "For the answers of the diagnosis whose fingerprint it carries, and no other.",
    "Display-referred Rec.709 frames only; no log footage. Where a reference shows another scene, its look is a guess.",
    "Taught on documentary and press photographs: nights and faces alone lie apart from them.",
)


@dataclass(frozen=True, eq=False, slots=True)
class Pairs:
    """B pairs. sides: what the network is given (features as they are). shown, truth: ``[B, P, 3]``, colours of the
    shots and what they should become. kinds: ``[B]``, of the references' grades; spoiled: ``[B]``, of the shots."""

    sides: Sides
    shown: Tensor
    truth: Tensor
    kinds: Tensor
    spoiled: Tensor


class PairDraw:
    """Draws pairs of ``stills``, whose film looks are in ``pool``."""

    def __init__(self, stills: Stills, pool: Tensor) -> None:
        self.stills, self.pool = stills, pool
        self.right = (stills.kinds == NOTHING).nonzero()[:, 0]
        self.spoiled = (stills.kinds == DETUNE).nonzero()[:, 0]
        self.graded = (stills.kinds != NOTHING).nonzero()[:, 0]
        others = torch.searchsorted(stills.sets, stills.sets).unsqueeze(1) + torch.arange(SET_SIZE)
        inside = others.clamp(max=len(stills) - 1)
        self.set_of = torch.where(stills.sets[inside] == stills.sets.unsqueeze(1), inside, -1)

    def pairs(self, count: int, draw: torch.Generator, colours: int, single: float = SINGLE) -> Pairs:
        """``count`` pairs, less those whose reference would show the shot's own photograph."""
        stills = self.stills
        spoiled = torch.rand(count, generator=draw) < 0.5
        shot = torch.where(spoiled, _some(self.spoiled, count, draw), _some(self.right, count, draw))
        chosen = _some(self.graded, count, draw)
        rows = self.set_of[chosen]
        size = torch.randint(2, SET_SIZE + 1, (count,), generator=draw)
        order = torch.rand(rows.shape, generator=draw).argsort(1)
        one = torch.rand(count, generator=draw) < single
        counted = torch.where(one.unsqueeze(1), rows == chosen.unsqueeze(1), order < size.unsqueeze(1))
        present = counted & (rows >= 0) & (stills.photos[rows] != stills.photos[shot].unsqueeze(1))
        usable = present.any(1)
        shot, rows, present, chosen = (values[usable] for values in (shot, rows, present, chosen))
        judged = torch.randperm(stills.colours.shape[1], generator=draw)[:colours]
        clean = stills.colours[shot][:, judged].float() / 255.0
        of, seen = present.nonzero()[:, 0], rows[present]
        said = [(stills.features[each].float(), stills.amounts[each]) for each in (shot, seen)]
        sides = Sides(*said[0], *said[1], of)
        return Pairs(
            sides,
            stored(stills.grades(shot, self.pool).apply(clean)),
            stills.grades(chosen, self.pool).apply(clean),
            stills.kinds[chosen],
            spoiled[usable],
        )


def taught(drawn: PairDraw, config: PairConfig, *, seed: int, steps: int = STEPS) -> PairNetwork:
    """A network that says what the grades of some stills do to others, in evaluation mode."""
    torch.manual_seed(seed)
    network = PairNetwork(config).train()
    typical = drawn.stills.features[:TYPICAL].float()
    network.mean.copy_(typical.mean(0))
    network.scale.copy_(typical.std(0) + 1e-2)
    loss = partial(_loss, network, drawn)
    descend_each(network.members, loss, seed=seed, steps=steps, rate=RATE, decay=DECAY)
    return network.eval()


def _loss(network: PairNetwork, drawn: PairDraw, member: nn.Module, draw: torch.Generator) -> Tensor:
    """DE2000 to the truth, more of it where nothing would have been nearer, and how much the basis LUTs bend."""
    pairs = drawn.pairs(BATCH, draw, COLOURS_SEEN)
    look = member(_blurred(network.normalised(pairs.sides), draw))
    left = delta_e_rgb(look.apply(pairs.shown), pairs.truth).mean(1)
    nothing = delta_e_rgb(pairs.shown, pairs.truth).mean(1)
    bend = sum(look.lattice.diff(n=2, dim=axis).square().mean() for axis in (1, 2, 3))
    loss: Tensor = left.mean() + HARM_WEIGHT * (left - nothing).clamp(min=0.0).mean() + BEND_WEIGHT * bend
    return loss


def _blurred(sides: Sides, draw: torch.Generator) -> Sides:
    """``sides`` with noise on the features."""
    shot, seen = (
        each + NOISE * torch.randn(each.shape, generator=draw) for each in (sides.features, sides.seen)
    )
    return replace(sides, features=shot, seen=seen)


def _some(rows: Tensor, count: int, draw: torch.Generator) -> Tensor:
    return rows[torch.randint(len(rows), (count,), generator=draw)]


@torch.inference_mode()
def scores_of(network: PairNetwork, drawn: PairDraw, *, single: float) -> dict[str, dict[str, float]]:
    """By kind of grade, and whether the shot is spoiled: mean DE2000 to the truth without the look and with it, and the
    share of pairs that it takes further away. single: as ``PairDraw.pairs`` takes it."""
    draw = torch.Generator().manual_seed(JUDGE_SEED)
    batches = [drawn.pairs(BATCH, draw, COLOURS_SEEN, single) for _ in range(JUDGED_PAIRS // BATCH)]
    without = torch.cat([_missed(pairs.shown, pairs.truth) for pairs in batches])
    found = torch.cat(
        [_missed(mean_of(network.looks(pairs.sides), pairs.shown), pairs.truth) for pairs in batches]
    )
    kinds = torch.cat([pairs.kinds for pairs in batches])
    spoiled = torch.cat([pairs.spoiled for pairs in batches])
    scores = {}
    for place, kind in enumerate(GradeKind):
        for name, shots in (("", ~spoiled), (", spoiled", spoiled)):
            none, look = (values[(kinds == place) & shots] for values in (without, found))
            if len(none):
                scores[f"{kind}{name}"] = harm(none, look)
    return scores


def _missed(colours: Tensor, truth: Tensor) -> Tensor:
    return delta_e_rgb(colours, truth).mean(1)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line of the module docstring."""
    options = options_of(
        "Teach the network that tells what a reference's grade does to a shot.", STEPS, arguments
    )
    course = course_of(options)
    learned, judged = (PairDraw(part.stills, part.pool) for part in (course.taught, course.judged))
    config = PairConfig(course.taught.stills.features.shape[1], fingerprint(default_model().network))
    network = taught(learned, config, seed=options.seed, steps=options.steps)
    digest = save_halved(options.output, network, stored_config(network))
    scores = {
        "one reference": scores_of(network, judged, single=1.0),
        "two to four": scores_of(network, judged, single=0.0),
    }
    course.write_card(SHIPPED, digest, scores, LIMITS)


if __name__ == "__main__":
    main()
