"""Teach the network that says what look one graded still carries, on photographs under known looks.

    python -m lutnet.training.still_train --photos photos/train --luts luts [--stills 98304] -o still.safetensors

The diagnosis that ships stays as it is; what it says of every still is computed once and kept in ``--keep``.
Publishers that it was not trained with, and LUTs whose names hold ``--blind``, only score.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from lutnet.diagnosis.model import default_model
from lutnet.diagnosis.shipped import fingerprint
from lutnet.ops.difference import delta_e_rgb
from lutnet.refinement.look_network import LOOK_ANSWERS, look_of
from lutnet.refinement.still_network import FILM, SHIPPED, StillConfig, StillNetwork, stored_config
from lutnet.training.descent import descend_each
from lutnet.training.grades import GradeKind
from lutnet.training.halved import save_halved
from lutnet.training.look_course import course_of, options_of
from lutnet.training.look_train import bank_of
from lutnet.training.still_material import Stills, graded

STEPS, BATCH, RATE, DECAY = 4000, 128, 1.2e-3, 0.1
COLOURS_SEEN = 32
"""Of the bank, in the colour loss of a step."""

SORT_WEIGHT = 0.5  # of the cross entropy of the sorts, beside a DE of 1
NOISE = 0.1  # of the features while teaching, in their own deviations
TYPICAL = 8192
"""Stills that say how large the features are."""

_AT_ONCE = 64

LIMITS = (
    "For the answers of the diagnosis whose fingerprint it carries, and no other.",
    "Of one picture little can be told: what a film look does, it tells hardly better than nothing; that it is one, in"
    " most pictures.",
    "Taught on documentary and press photographs: a still of a night or of a face lies apart from them, and its content"
    " is then partly taken for its look.",
    "It says a CDL behind a detune: what of a look bends single hues is not found.",
)


@dataclass(frozen=True, eq=False, slots=True)
class Looks:
    """What is taught: the looks of ``stills``, whose film looks are in ``pool``, on the colours of ``bank [P, 3]``."""

    stills: Stills
    pool: Tensor
    bank: Tensor

    def graded(self, rows: Tensor, places: Tensor) -> Tensor:
        """The colours ``places`` of the bank under the looks of ``rows``: ``[len(rows), len(places), 3]``."""
        return self.stills.grades(rows, self.pool).apply(self.plain(rows, places))

    def plain(self, rows: Tensor, places: Tensor) -> Tensor:
        return self.bank[places].expand(len(rows), -1, -1)


def taught(looks: Looks, config: StillConfig, *, seed: int, steps: int = STEPS) -> StillNetwork:
    """A network that says the looks of stills, in evaluation mode; every member has draws of its own."""
    torch.manual_seed(seed)
    network = StillNetwork(config).train()
    typical = looks.stills.features[:TYPICAL].float()
    network.mean.copy_(typical.mean(0))
    network.scale.copy_(typical.std(0) + 1e-2)
    descend_each(
        network.members, partial(_loss, network, looks), seed=seed, steps=steps, rate=RATE, decay=DECAY
    )
    return network.eval()


def _loss(network: StillNetwork, looks: Looks, member: nn.Module, draw: torch.Generator) -> Tensor:
    """DE2000 of the look to the true one on some colours of the bank, and cross entropy of its sort."""
    stills = looks.stills
    rows = torch.randint(len(stills), (min(BATCH, len(stills)),), generator=draw)
    places = torch.randint(len(looks.bank), (COLOURS_SEEN,), generator=draw)
    normal = network.normalised(stills.features[rows].float())
    answers = member(normal + NOISE * torch.randn(normal.shape, generator=draw))
    found = look_of(answers, stills.amounts[rows], looks.plain(rows, places))
    colour = delta_e_rgb(found, looks.graded(rows, places)).mean()
    loss: Tensor = colour + SORT_WEIGHT * cross_entropy(answers[:, LOOK_ANSWERS:], stills.kinds[rows])
    return loss


@torch.inference_mode()
def scores_of(network: StillNetwork, looks: Looks) -> dict[str, dict[str, float]]:
    """By kind of look, mean DE2000 to it without a look and with the network's, and the share of stills whose look is
    missed by more than nothing; and how often a film look is told from the others."""
    stills = looks.stills
    rows = torch.split(torch.arange(len(stills)), _AT_ONCE)
    answers = torch.cat([network(stills.features[part].float()) for part in rows])
    found = torch.cat([_missed(looks, answers[part], part) for part in rows])
    scores = {}
    for place, kind in enumerate(GradeKind):
        of_kind = found[stills.kinds == place]
        if len(of_kind):
            scores[str(kind)] = harm(*of_kind.T)
    told = (answers[:, LOOK_ANSWERS:].argmax(1) == FILM) == (stills.kinds == FILM)
    return {**scores, "film look told": {"share": round(float(told.float().mean()), 3)}}


def harm(without: Tensor, found: Tensor) -> dict[str, float]:
    """Means of differences ``[N]`` without a look and with it, and how often it is the larger one."""
    means = (without.mean(), found.mean(), (found > without).float().mean())
    names = ("without", "with", "worse")
    return {name: round(float(mean), 3) for name, mean in zip(names, means, strict=True)}


def _missed(looks: Looks, answers: Tensor, rows: Tensor) -> Tensor:
    """``[len(rows), 2]``: mean DE2000 on the bank of no look and of the network's, to the true one."""
    every = torch.arange(len(looks.bank))
    plain, truth = looks.plain(rows, every), looks.graded(rows, every)
    found = look_of(answers, looks.stills.amounts[rows], plain)
    return torch.stack([delta_e_rgb(each, truth).mean(-1) for each in (plain, found)], dim=1)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line of the module docstring."""
    options = options_of("Teach the network that tells the look of one still.", STEPS, arguments)
    course = course_of(options)
    bank = bank_of(course.photos)
    learned, judged = (Looks(graded(part.stills), part.pool, bank) for part in (course.taught, course.judged))
    config = StillConfig(learned.stills.features.shape[1], fingerprint(default_model().network))
    network = taught(learned, config, seed=options.seed, steps=options.steps)
    digest = save_halved(options.output, network, stored_config(network))
    course.write_card(SHIPPED, digest, scores_of(network, judged), LIMITS)


if __name__ == "__main__":
    main()
