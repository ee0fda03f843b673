"""Teach the network that says what look one graded still carries, on photographs under known looks.

    python -m lutnet.training.still_train --photos photos/train --luts luts [--stills 65536] -o still.safetensors

The diagnosis that ships stays as it is; what it says of every still is computed once and kept in ``--keep``.
Publishers that it was not trained with, and LUTs whose names hold ``--blind``, only score.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from lutnet.diagnosis.model import default_model
from lutnet.diagnosis.shipped import fingerprint
from lutnet.ops.difference import delta_e_rgb
from lutnet.refinement.look_network import LOOK_ANSWERS, look_of
from lutnet.refinement.still_network import FILM, StillConfig, StillNetwork, stored_config
from lutnet.training.card import write_card
from lutnet.training.descent import descend_each
from lutnet.training.grades import GradeKind, is_for_testing, read_luts
from lutnet.training.halved import save_halved
from lutnet.training.look_train import bank_of
from lutnet.training.photos import PhotoSet, load_photos, split_by_source
from lutnet.training.scene_train import HELD_OUT, SPLIT_SEED
from lutnet.training.still_material import Stills, film_looks, make_up

STEPS, BATCH, RATE, DECAY = 4000, 128, 1.2e-3, 0.1
COLOURS_SEEN = 32
"""Of the bank, in the colour loss of a step."""

SORT_WEIGHT = 0.5  # of the cross entropy of the sorts, beside a DE of 1
NOISE = 0.1  # of the features while teaching, in their own deviations
TYPICAL = 8192
"""Stills that say how large the features are."""

JUDGED, JUDGE_SEED = 2048, 21
_AT_ONCE = 64

LIMITS = (
    "For the answers of the diagnosis whose fingerprint it carries, and no other.",
    "Of one picture little can be told: what a film look does, it tells hardly better than nothing; that it is one, in"
    " most pictures.",
    "Taught on documentary and press photographs: a still of a night or of a face lies apart from them, and its content"
    " is then partly taken for its look.",
    "It says a CDL behind a detune: what of a look bends single hues is not found.",
)


def taught(
    stills: Stills, bank: Tensor, config: StillConfig, *, seed: int, steps: int = STEPS
) -> StillNetwork:
    """A network that says the looks of ``stills``, in evaluation mode; every member has draws of its own."""
    torch.manual_seed(seed)
    network = StillNetwork(config).train()
    typical = stills.features[:TYPICAL].float()
    network.mean.copy_(typical.mean(0))
    network.scale.copy_(typical.std(0) + 1e-2)
    descend_each(
        network.members, partial(_loss, network, stills, bank), seed=seed, steps=steps, rate=RATE, decay=DECAY
    )
    return network.eval()


def _loss(
    network: StillNetwork, stills: Stills, bank: Tensor, member: nn.Module, draw: torch.Generator
) -> Tensor:
    """DE2000 of the look to the true one on some colours of ``bank``, and cross entropy of its sort."""
    rows = torch.randint(len(stills), (min(BATCH, len(stills)),), generator=draw)
    places = torch.randint(len(bank), (COLOURS_SEEN,), generator=draw)
    normal = network.normalised(stills.features[rows].float())
    answers = member(normal + NOISE * torch.randn(normal.shape, generator=draw))
    looks = look_of(answers, stills.amounts[rows], bank[places].expand(len(rows), -1, -1))
    colour = delta_e_rgb(looks, stills.graded[rows][:, places].float()).mean()
    loss: Tensor = colour + SORT_WEIGHT * cross_entropy(answers[:, LOOK_ANSWERS:], stills.kinds[rows])
    return loss


@torch.inference_mode()
def scores_of(network: StillNetwork, stills: Stills, bank: Tensor) -> dict[str, dict[str, float]]:
    """By kind of look, mean DE2000 to it without a look and with the network's, and the share of stills whose look is
    missed by more than nothing; and how often a film look is told from the others."""
    rows = torch.split(torch.arange(len(stills)), _AT_ONCE)
    answers = torch.cat([network(stills.features[part].float()) for part in rows])
    found = torch.cat(
        [_missed(answers[part], stills.amounts[part], stills.graded[part], bank) for part in rows]
    )
    scores = {}
    for place, kind in enumerate(GradeKind):
        none, look = found[stills.kinds == place].T
        if len(none):
            means = (none.mean(), look.mean(), (look > none).float().mean())
            names = ("without", "with", "worse")
            scores[str(kind)] = {name: round(float(mean), 3) for name, mean in zip(names, means, strict=True)}
    told = (answers[:, LOOK_ANSWERS:].argmax(1) == FILM) == (stills.kinds == FILM)
    return {**scores, "film look told": {"share": round(float(told.float().mean()), 3)}}


def _missed(answers: Tensor, amounts: Tensor, graded: Tensor, bank: Tensor) -> Tensor:
    """``[S, 2]``: mean DE2000 on the bank of no look and of the network's, to the true one."""
    colours = bank.expand(len(answers), -1, -1)
    looks = (colours, look_of(answers, amounts, colours))
    return torch.stack([delta_e_rgb(look, graded.float()).mean(-1) for look in looks], dim=1)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line of the module docstring."""
    parser = argparse.ArgumentParser(description="Teach the network that tells the look of one still.")
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--luts", type=Path, required=True)
    parser.add_argument(
        "--blind", nargs="*", default=[], help="LUTs that only score, by parts of their names"
    )
    parser.add_argument("--stills", type=int, default=65536)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder for what the diagnosis says of the stills")
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    photos, held_out = split_by_source(load_photos(options.photos), HELD_OUT, SPLIT_SEED)
    luts = [lut for lut in read_luts(options.luts) if not is_for_testing(lut[0])]
    blind = [lut for lut in luts if any(part in lut[0] for part in options.blind)]
    known = [lut for lut in luts if lut not in blind]
    bank, seed = bank_of(photos), options.seed
    stills = make_up(photos, film_looks(known, seed), bank, options.stills, seed=seed, keep=options.keep)
    config = StillConfig(stills.features.shape[1], fingerprint(default_model().network))
    network = taught(stills, bank, config, seed=seed, steps=options.steps)
    digest = save_halved(options.output, network, stored_config(network))
    judged = make_up(held_out, blind or known, bank, JUDGED, seed=JUDGE_SEED, worn=0.0, keep=options.keep)
    card = card_of(photos, held_out, scores_of(network, judged, bank), options)
    write_card(options.output.with_suffix(".json"), {"sha256": digest, **card})


def card_of(
    photos: PhotoSet, held_out: PhotoSet, scores: dict[str, dict[str, float]], options: argparse.Namespace
) -> dict[str, Any]:
    """The card as JSON values, but for the file's hash."""
    blind = "".join(f" {part}" for part in ["--blind", *options.blind]) if options.blind else ""
    counts = f"--stills {options.stills} --steps {options.steps} --seed {options.seed}"
    return {
        "name": "still",
        "data": {
            "photographs": len(photos),
            "names_sha256": photos.digest,
            "held_out_photographs": len(held_out),
            "held_out_sources": sorted(set(held_out.sources)),
            "stills": options.stills,
            "blind": options.blind,
        },
        "seed": options.seed,
        "command": "python -m lutnet.training.still_train --photos photos/train --luts luts"
        f"{blind} {counts} -o still.safetensors",
        "scores": {"held_out": scores},
        "limits": list(LIMITS),
    }


if __name__ == "__main__":
    main()
